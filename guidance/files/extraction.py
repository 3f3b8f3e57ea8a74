"""The words of a file, by page where it has pages, within stated limits."""

from collections.abc import Mapping

from guidance.files import pictures, plain
from guidance.files.kinds import Extracted, FileKind, Limits
from guidance.files.pdf.text import properties as pdf_properties
from guidance.files.pdf.text import read as read_pdf
from guidance.files.word.text import properties as word_properties
from guidance.files.word.text import read as read_word


def extract(kind: FileKind, data: bytes, *, limits: Limits) -> Extracted:
    """Read the words, and what the file says of itself; a picture has only the latter."""
    if kind is FileKind.PDF:
        return read_pdf(data, limits=limits)
    if kind is FileKind.WORD:
        return read_word(data, limits=limits)
    if kind is FileKind.TEXT:
        return plain.read(data, limits=limits)
    return Extracted(text="", properties=pictures.properties(data, kind=kind))


def properties(kind: FileKind, data: bytes, *, limits: Limits) -> Mapping[str, str]:
    """What the file says of itself, which cleaning takes away."""
    if kind is FileKind.PDF:
        return pdf_properties(data)
    if kind is FileKind.WORD:
        return word_properties(data, limits=limits)
    return {} if kind is FileKind.TEXT else pictures.properties(data, kind=kind)
