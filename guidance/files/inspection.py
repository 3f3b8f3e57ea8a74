"""Finds out what an uploaded file really is, and refuses what we must not hold."""

import unicodedata
from pathlib import PurePosixPath
from typing import IO

from guidance.files import extraction, pictures, signatures
from guidance.files.kinds import (
    Extracted,
    FileKind,
    FileRefused,
    Inspected,
    Limits,
    Refusal,
)
from guidance.files.markings import refuse_marked
from guidance.files.pdf import checks as pdf_checks
from guidance.files.size import DEFAULT_LIMITS, read_within
from guidance.files.word import checks as word_checks

_EVERY_EXTENSION = {extension for kind in FileKind for extension in kind.extensions}


def inspect(
    stream: IO[bytes],
    name: str,
    *,
    limits: Limits = DEFAULT_LIMITS,
    accepted: frozenset[FileKind] = frozenset(FileKind),
) -> Inspected:
    """Say what the file is and what it says, or raise FileRefused.

    The content decides; the name must agree with it. Nothing is changed: see `cleaning`.
    """
    return inspect_bytes(read_within(stream, limits=limits), name, limits=limits, accepted=accepted)


def inspect_bytes(
    data: bytes,
    name: str,
    *,
    limits: Limits = DEFAULT_LIMITS,
    accepted: frozenset[FileKind] = frozenset(FileKind),
) -> Inspected:
    """The same for bytes already read within the limit."""
    kind = identify(data, name, limits=limits, accepted=accepted)
    extracted = extraction.extract(kind, data, limits=limits)
    refuse_marked(extracted, name=name)
    return report(kind, extracted, name=name, size=len(data))


def identify(data: bytes, name: str, *, limits: Limits, accepted: frozenset[FileKind]) -> FileKind:
    """Say what the file is, having opened it and found nothing in it that we refuse."""
    extension = extension_of(name)
    kind = signatures.recognise(data)
    if kind is FileKind.WORD:
        word_checks.refuse_other_archives(data, limits=limits)
    _refuse_mislabelled(kind, extension, data)
    if kind not in accepted:
        raise _wrong_kind(kind, accepted)
    _open_for_real(kind, data, limits)
    return kind


def report(kind: FileKind, extracted: Extracted, *, name: str, size: int) -> Inspected:
    """Put together what was found out."""
    return Inspected(
        kind=kind,
        content_type=kind.content_type,
        extension=extension_of(name),
        size=size,
        text=extracted.text,
        pages=extracted.pages,
        unread_pages=extracted.unread_pages,
    )


def extension_of(name: str) -> str:
    """The ending of the name, or a refusal where it has none that we know."""
    if any(unicodedata.category(character) in {"Cc", "Cf"} for character in name):
        raise FileRefused(
            Refusal.NAME,
            "The name of the file holds hidden characters. Rename it with plain letters and "
            "upload it again.",
        )
    extension = PurePosixPath(name.replace("\\", "/")).suffix.lower().lstrip(".")
    if extension in _EVERY_EXTENSION:
        return extension
    endings = ", ".join(sorted(f".{extension}" for extension in _EVERY_EXTENSION))
    ends = f"ends in “.{extension}”" if extension else "has no ending such as “.pdf”"
    raise FileRefused(
        Refusal.NAME,
        f"The name of the file {ends}. We take files that end in {endings}. "
        "Save it as one of those and upload it again.",
    )


def _refuse_mislabelled(kind: FileKind, extension: str, data: bytes) -> None:
    if extension in kind.extensions:
        return
    called = next(each for each in FileKind if extension in each.extensions)
    if kind is FileKind.TEXT:
        # Bytes that are no text at all are better called unknown than mislabelled.
        extraction.extract(kind, data, limits=DEFAULT_LIMITS)
    raise FileRefused(
        Refusal.MISLABELLED,
        f"The name says “.{extension}”, but the content is {kind.label}, not {called.label}. "
        f"If that is what you mean to share, rename it to end in “.{kind.extensions[0]}” and "
        "upload it again.",
    )


def _wrong_kind(kind: FileKind, accepted: frozenset[FileKind]) -> FileRefused:
    wanted = " or ".join(each.label for each in FileKind if each in accepted)
    return FileRefused(
        Refusal.WRONG_KIND,
        f"This is {kind.label}, and only {wanted} is taken here. Save it as that and upload it "
        "again, or add it to the page as a file or picture.",
    )


def _open_for_real(kind: FileKind, data: bytes, limits: Limits) -> None:
    if kind is FileKind.PDF:
        pdf_checks.refuse_unsafe(data, limits=limits)
    elif kind is FileKind.WORD:
        word_checks.refuse_unsafe(data, limits=limits)
    elif kind is not FileKind.TEXT:
        pictures.refuse_broken(data, kind=kind, limits=limits)
