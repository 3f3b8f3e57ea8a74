"""Reads a document written elsewhere: the file in, the fields of a draft out."""

from pathlib import PurePath

from guidance.files.admission import ReceivedFile
from guidance.files.kinds import FileKind
from guidance.importing import plain_text
from guidance.importing.outline import ImportedDraft, draft_from

IMPORTED_KINDS = frozenset({FileKind.TEXT, FileKind.WORD})


def read_document(file: ReceivedFile) -> ImportedDraft:
    """Turn an inspected and cleaned text or Word file into title, summary and blocks.

    Raises FileRefused where it holds no text that could become a page.
    """
    received = file.received
    name = PurePath(file.name or "document").stem.replace("_", " ").replace("-", " ").strip()
    if received.inspected.kind is FileKind.WORD:
        # Here, since few workers ever import a document, and all would hold its library.
        from guidance.importing import word

        pieces, notes = word.pieces_of(received.data)
        return draft_from(pieces, name=name, notes=notes)
    return draft_from(plain_text.pieces_of(received.data.decode()), name=name)
