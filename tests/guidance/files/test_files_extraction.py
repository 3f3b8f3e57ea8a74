"""The words of a file are read in order and by page, headers apart from them."""

import io

import pytest
from docx.document import Document as WordDocument

from guidance.files.extraction import extract
from guidance.files.inspection import inspect
from guidance.files.kinds import FileKind, Limits
from tests.guidance.files import specimens
from tests.guidance.files.proofs import named
from tests.guidance.files.specimens import related, with_body, word

LIMITS = Limits()


def test_pdf_by_page() -> None:
    found = inspect(io.BytesIO(specimens.pdf("One\nline", "", "Three")), "a.pdf")
    assert found.pages == ("One\nline", "", "Three")
    assert found.unread_pages == (2,)
    assert found.text.split("\f")[2] == "Three"


def test_words_in_form_fields_and_text_boxes_of_a_pdf_are_read() -> None:
    data = specimens.pdf(change=lambda d: specimens.form_field(d, value="filled in"))
    assert "filled in" in inspect(io.BytesIO(data), "a.pdf").text


def everything(document: WordDocument) -> None:
    """Words in every place."""
    document.add_heading("Heading", level=1)
    document.add_paragraph("First paragraph.")
    table = document.add_table(2, 2)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = f"cell {number}"
    document.add_paragraph("After the table.")
    document.sections[0].header.paragraphs[0].text = "running header"
    document.sections[0].footer.paragraphs[0].text = "running footer"


def test_word_in_reading_order_with_headers_apart() -> None:
    found = extract(FileKind.WORD, word(everything), limits=LIMITS)
    assert found.text.splitlines() == [
        "Heading",
        "First paragraph.",
        "cell 0",
        "cell 1",
        "cell 2",
        "cell 3",
        "After the table.",
    ]
    assert {"running header", "running footer"} <= set(found.lines_apart)


BOX = (
    '<w:p><w:r><w:t>before </w:t></w:r><w:r><mc:AlternateContent xmlns:mc="http://schemas.'
    'openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps"><w:txbxContent>'
    "<w:p><w:r><w:t>in the box</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback>"
    "<w:txbxContent><w:p><w:r><w:t>in the box</w:t></w:r></w:p></w:txbxContent></mc:Fallback>"
    "</mc:AlternateContent></w:r><w:r><w:t>after</w:t></w:r></w:p>"
)


def test_a_text_box_is_read_once_and_apart_from_its_paragraph() -> None:
    lines = extract(FileKind.WORD, with_body(BOX), limits=LIMITS).text.splitlines()
    assert lines[-2:] == ["before after", "in the box"]


def test_tabs_breaks_and_hyphens() -> None:
    run = "<w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:noBreakHyphen/>"
    xml = f"<w:p><w:r>{run}</w:r></w:p>"
    assert extract(FileKind.WORD, with_body(xml), limits=LIMITS).text.endswith("a\tb\nc-")


def test_footnotes_are_read() -> None:
    note = (
        '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        '<w:footnote w:id="2"><w:p><w:r><w:t>a note</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    said = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    data = related(
        word(), kind="footnotes", target="footnotes.xml", content=note.encode(), said=said
    )
    assert extract(FileKind.WORD, data, limits=LIMITS).text.endswith("a note")


def test_a_watermark_is_read_as_a_header() -> None:
    shape = (
        '<v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textpath string="DRAFT"/></v:shape>'
    )
    xml = f"<w:p><w:r><w:pict>{shape}</w:pict></w:r></w:p>"
    assert "DRAFT" in extract(FileKind.WORD, with_body(xml), limits=LIMITS).lines_apart


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\rc", "a\nb\nc"),
        ("caf\u0065\u0301".encode(), "café"),
        ("a\u00adb\ufeff".encode(), "ab"),
    ],
    ids=named,
)
def test_plain_text_is_tidied(data: bytes, text: str) -> None:
    assert extract(FileKind.TEXT, data, limits=LIMITS).text == text
