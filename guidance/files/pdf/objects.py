"""Opens a PDF strictly and walks over everything in it."""

import io
from collections.abc import Iterator

import pikepdf

from guidance.files.kinds import FileRefused, Refusal

AS_NEW_PDF = "Open it, print it to a new PDF, and upload that."
# What pikepdf and the library under it raise on a file that is not as it should be.
FAULTS = (pikepdf.PdfError, ValueError, TypeError, KeyError, IndexError, RuntimeError)


def open_strictly(data: bytes) -> pikepdf.Pdf:
    """The document, without guessing at what a damaged one may have said."""
    try:
        return pikepdf.open(io.BytesIO(data), attempt_recovery=False)
    except pikepdf.PasswordError as error:
        raise locked() from error
    except FAULTS as error:
        raise broken() from error


def containers(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary and stream, those written inside others included."""
    yield from _within(pdf.trailer)
    for item in pdf.objects:
        yield from _within(item)


def _within(root: pikepdf.Object) -> Iterator[pikepdf.Object]:
    waiting = [root]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            yield item
            children = [child for _, child in item.items()]
        elif isinstance(item, pikepdf.Array):
            children = list(item)
        else:
            continue
        waiting += [
            child
            for child in children
            if isinstance(child, pikepdf.Object) and not child.is_indirect
        ]


def name_of(item: pikepdf.Object, key: str) -> str:
    """The name under a key, such as “/Link”, or nothing."""
    value = item.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def string_of(item: pikepdf.Object, key: str) -> str:
    """The text under a key, or nothing."""
    value = item.get(key)
    return str(value) if isinstance(value, pikepdf.String | str) else ""


def broken() -> FileRefused:
    """The refusal of a PDF that does not open."""
    return FileRefused(
        Refusal.BROKEN,
        f"The PDF is broken or incomplete. {AS_NEW_PDF}",
    )


def locked() -> FileRefused:
    """The refusal of a PDF with a password or with rights switched off."""
    return FileRefused(
        Refusal.PASSWORD,
        "The PDF is protected with a password or against copying, so nobody could search it here. "
        "Save a copy without protection and upload that.",
    )
