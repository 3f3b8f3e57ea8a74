"""Takes out of a file what its author did not mean to share, and gives back new bytes.

Machine baggage is stripped: authors, dates, devices, places, thumbnails, edit traces, links into
somebody's own disk. Whatever an author must decide about (comments, tracked changes, hidden
text, attachments) is refused by the inspection instead, so nothing that can be read is lost.
"""

from guidance.files import pictures, plain
from guidance.files.kinds import FileKind, Limits
from guidance.files.pdf.cleaning import clean as clean_pdf
from guidance.files.word.cleaning import clean as clean_word


def clean(kind: FileKind, data: bytes, *, limits: Limits) -> bytes:
    """The same content without its metadata."""
    if kind is FileKind.PDF:
        return clean_pdf(data)
    if kind is FileKind.WORD:
        return clean_word(data, limits=limits)
    if kind is FileKind.TEXT:
        return plain.clean(data)
    return pictures.clean(data, kind=kind, limits=limits)
