"""The words of a PDF, page by page."""

import io
import logging
import re
import struct
import zlib
from collections.abc import Iterator

import pikepdf
import pypdf
from pypdf.errors import PyPdfError

from guidance.files.kinds import Extracted, Limits
from guidance.files.pdf.objects import FAULTS, broken, containers, name_of, open_strictly, string_of
from guidance.files.plain import edges, tidy, too_long

# pypdf raises all of these on fonts and streams that other readers forgive. Such a page counts
# as unread, as a scan does, and the editor is told so.
_UNREADABLE = (
    PyPdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    OverflowError,
    struct.error,
    zlib.error,
)
_XMP_VALUE = re.compile(
    r"<(?P<tag>[\w:.-]{1,80})[^<>]{0,200}>(?P<inner>[^<>]{1,2000})<"
    r"|(?P<attribute>[\w:.-]{1,80})=[\"'](?P<quoted>[^\"'<>]{1,2000})[\"']"
)
_NOT_LAYOUT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def read(data: bytes, *, limits: Limits) -> Extracted:
    """The text of each page, the words in form fields and text boxes, and the properties."""
    pages = tuple(_pages(data, limits=limits))
    with open_strictly(data) as pdf:
        try:
            written_over = list(_words_over_pages(pdf))
            said = dict(_properties(pdf))
        except FAULTS as error:
            raise broken() from error
    text = "\f".join(pages)
    if written_over:
        text = f"{text}\n" + "\n".join(written_over)
    apart = [line for page in pages for line in edges(page.splitlines())]
    return Extracted(text=text, pages=pages, lines_apart=(*apart, *written_over), properties=said)


def properties(data: bytes) -> dict[str, str]:
    """Only what the document says of itself."""
    with open_strictly(data) as pdf:
        try:
            return dict(_properties(pdf))
        except FAULTS as error:
            raise broken() from error


def _pages(data: bytes, *, limits: Limits) -> Iterator[str]:
    # pypdf reports every oddity of a file to the log, with words from the file.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        numbers = range(len(reader.pages))
    except _UNREADABLE as error:
        raise broken() from error
    total = 0
    for number in numbers:
        page = _page(reader, number)
        total += len(page)
        if total > limits.characters:
            raise too_long(limits)
        yield page


def _page(reader: pypdf.PdfReader, number: int) -> str:
    try:
        text = reader.pages[number].extract_text()
    except _UNREADABLE:
        return ""
    lines = (line.strip() for line in tidy(_NOT_LAYOUT.sub(" ", text)).splitlines())
    return "\n".join(line for line in lines if line)


def _words_over_pages(pdf: pikepdf.Pdf) -> Iterator[str]:
    for item in containers(pdf):
        if name_of(item, "/Subtype") == "/FreeText":
            yield tidy(string_of(item, "/Contents"))
        elif "/FT" in item and "/V" in item:
            yield tidy(string_of(item, "/V"))


def _properties(pdf: pikepdf.Pdf) -> Iterator[tuple[str, str]]:
    if "/Info" in pdf.trailer:
        for key in pdf.docinfo.keys():  # noqa: SIM118 - only this knows all the keys
            yield str(key).lstrip("/"), string_of(pdf.docinfo, key)
    described = pdf.Root.get("/Metadata")
    if isinstance(described, pikepdf.Stream):
        packet = described.read_bytes().decode("utf-8", errors="replace")
        for number, found in enumerate(_XMP_VALUE.finditer(packet)):
            said = (found["inner"] or found["quoted"]).strip()
            if said:
                yield f"{found['tag'] or found['attribute']} {number}", said
