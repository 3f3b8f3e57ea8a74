"""No canary put into the metadata of a PDF survives, and nothing that a reader sees is lost."""

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

from guidance.files.cleaning import clean
from guidance.files.inspection import inspect
from guidance.files.kinds import FileKind
from tests.guidance.files import specimens
from tests.guidance.files.proofs import LIMITS, cleaned
from tests.guidance.files.specimens import CANARY, holds_canary


def info(document: pikepdf.Pdf) -> None:
    """Properties of both kinds."""
    document.docinfo["/Author"] = CANARY
    document.docinfo["/Company"] = CANARY
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = [CANARY]
        metadata["xmp:CreatorTool"] = CANARY


def baggage(document: pikepdf.Pdf) -> None:
    """Private data of programs on the page, and data about a picture."""
    page = document.pages[0].obj
    page["/PieceInfo"] = Dictionary(Illustrator=Dictionary(Private=String(CANARY)))
    page["/LastModified"] = String(CANARY)
    page["/Metadata"] = Stream(document, CANARY.encode())
    page["/Thumb"] = Stream(document, CANARY.encode())
    document.Root["/URI"] = Dictionary(Base=String(f"file:///{CANARY}/"))
    document.Root["/Threads"] = Array([Dictionary(I=Dictionary(Author=String(CANARY)))])


def author_of_a_mark(document: pikepdf.Pdf) -> None:
    """A highlight without words, which still names its author."""
    specimens.annotate(
        document, Subtype=Name.Highlight, T=String(CANARY), Subj=String(CANARY), NM=String(CANARY)
    )


def layer_of_a_program(document: pikepdf.Pdf) -> None:
    """A visible layer that names the program and person behind it."""
    usage = Dictionary(CreatorInfo=Dictionary(Creator=String(CANARY)))
    layer = document.make_indirect(Dictionary(Type=Name.OCG, Name=String("Map"), Usage=usage))
    settings = Dictionary(Creator=String(CANARY))
    document.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=settings)


def photograph_on_the_page(document: pikepdf.Pdf) -> None:
    """A photograph with its camera's data."""
    image = Stream(document, specimens.photograph())
    image["/Type"], image["/Subtype"], image["/Filter"] = Name.XObject, Name.Image, Name.DCTDecode
    image["/Width"], image["/Height"], image["/BitsPerComponent"] = 40, 20, 8
    image["/ColorSpace"] = Name.DeviceRGB
    page = document.pages[0]
    page.Resources["/XObject"] = Dictionary(Im1=document.make_indirect(image))
    page.Contents = Stream(document, b"q 40 0 0 20 0 0 cm /Im1 Do Q")


@pytest.mark.parametrize(
    "change",
    [
        info,
        baggage,
        author_of_a_mark,
        layer_of_a_program,
        photograph_on_the_page,
        lambda d: specimens.act(d, S=Name.URI, URI=String(f"file://server/{CANARY}")),
        lambda d: specimens.act(d, S=Name.GoToR, F=String(rf"\\server\{CANARY}.pdf")),
    ],
)
def test_pdf(change: specimens.PdfChange) -> None:
    result = cleaned(specimens.pdf("Preserve first.", change=change), FileKind.PDF)
    with pikepdf.open(io.BytesIO(result)) as document:
        assert "/Info" not in document.trailer
        assert len(document.pages) == 1


def test_the_earlier_version_of_a_pdf_that_was_edited_is_gone() -> None:
    first = specimens.pdf(f"He lives at {CANARY}", compress_streams=False)
    with pikepdf.open(io.BytesIO(first)) as document:
        number = document.pages[0].Contents.objgen[0]
    start = int(first.rpartition(b"startxref\n")[2].split()[0])
    body = b"BT /F1 12 Tf 72 720 Td (Withheld) Tj ET"
    new = b"%d 0 obj\n<</Length %d>>stream\n%s\nendstream\nendobj\n" % (number, len(body), body)
    table = b"xref\n0 1\n0000000000 65535 f \n%d 1\n%010d 00000 n \n" % (number, len(first))
    root = first.rpartition(b"/Root ")[2].split(b" ")[0]
    tail = b"trailer <</Size 20/Root %s 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        root,
        start,
        len(first) + len(new),
    )
    edited = first + new + table + tail
    assert inspect(io.BytesIO(edited), "a.pdf").text == "Withheld"
    assert CANARY.encode() in edited
    result = clean(FileKind.PDF, edited, limits=LIMITS)
    assert not holds_canary(result)
    assert inspect(io.BytesIO(result), "a.pdf").text == "Withheld"


def test_a_pdf_keeps_its_words_links_and_picture() -> None:
    def change(document: pikepdf.Pdf) -> None:
        photograph_on_the_page(document)
        specimens.act(document, S=Name.URI, URI=String("https://www.gov.uk"))

    data = specimens.pdf("one", "two", change=change)
    result = clean(FileKind.PDF, data, limits=LIMITS)
    assert inspect(io.BytesIO(result), "a.pdf").pages[1] == "two"
    with pikepdf.open(io.BytesIO(result)) as document:
        page = document.pages[0]
        assert str(page.Annots[0].A.URI) == "https://www.gov.uk"
        shown = Image.open(io.BytesIO(page.Resources.XObject.Im1.read_raw_bytes()))
        assert shown.size == (40, 20)
        assert shown.getpixel((3, 10)) > (200,)  # type: ignore[operator]


def test_trailing_bytes_of_a_pdf_are_dropped() -> None:
    cleaned(specimens.pdf() + b"\n" + CANARY.encode(), FileKind.PDF)
