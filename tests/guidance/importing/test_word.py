"""Styles, numbering, bold lines and tables of a Word document become blocks."""

import io

from docx.document import Document as WordDocument
from docx.shared import Inches

from guidance.importing.outline import ImportedDraft, draft_from
from guidance.importing.word import pieces_of
from tests.guidance.files.specimens import picture, repacked, with_body, word

SENTENCE = "Capture the post before anybody asks for it to be removed, and note who captured it."


def parts(data: bytes) -> list[tuple[str, str]]:
    """What each piece was taken for."""
    return [(piece.part.value, piece.text) for piece in pieces_of(data)[0]]


def imported(data: bytes) -> ImportedDraft:
    """The draft that a document becomes."""
    pieces, notes = pieces_of(data)
    return draft_from(pieces, name="a file", notes=notes)


def guide(document: WordDocument) -> None:
    """A short guide that uses styles as it should."""
    document.add_heading("Before you refer", level=0)
    document.add_heading("When to use this", level=1)
    document.add_paragraph(SENTENCE)
    document.add_paragraph("Address of the post", style="List Bullet")
    document.add_paragraph("Name of the account", style="List Bullet")
    document.add_heading("Steps", level=2)
    document.add_paragraph("Capture", style="List Number")
    document.add_paragraph("Preserve", style="List Number")


def test_styles() -> None:
    draft = imported(word(guide))
    assert draft.title == "Before you refer"
    assert draft.summary == SENTENCE
    assert draft.blocks == (
        {"type": "heading", "value": "When to use this"},
        {"type": "paragraph", "value": f"<p>{SENTENCE}</p>"},
        {"type": "list", "value": ["Address of the post", "Name of the account"]},
        {"type": "heading", "value": "Steps"},
        {"type": "paragraph", "value": "<ol><li>Capture</li><li>Preserve</li></ol>"},
    )


def test_lists_by_numbering_without_a_style() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="90"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>'
        '</w:abstractNum><w:num w:numId="91"><w:abstractNumId w:val="90"/></w:num></w:numbering>'
    )
    item = (
        '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="{}"/></w:numPr></w:pPr>'
        "<w:r><w:t>item</w:t></w:r></w:p>"
    )
    data = repacked(
        with_body(item.format(91) + item.format(77) + item.format(0)),
        replace={"word/numbering.xml": ("</w:numbering>", numbering)},
    )
    assert parts(data)[-3:] == [("numbered", "item"), ("bullet", "item"), ("paragraph", "item")]


def emphasis(document: WordDocument) -> None:
    """Bold and italic words, a bold line, and a line break."""
    document.add_paragraph().add_run("What to do first").bold = True
    paragraph = document.add_paragraph("Capture ")
    paragraph.add_run("before").bold = True
    paragraph.add_run(" & <not>").italic = True
    paragraph.add_run(" after\nit.")
    whole = document.add_paragraph()
    whole.add_run("A whole sentence in bold stays a sentence.").bold = True


def test_emphasis_stays_and_a_bold_line_is_a_heading() -> None:
    pieces = pieces_of(word(emphasis))[0]
    assert [piece.part.value for piece in pieces] == ["heading", "paragraph", "paragraph"]
    assert pieces[1].html == "Capture <b>before</b><i> &amp; &lt;not&gt;</i> after<br/>it."
    assert pieces[2].html == "<b>A whole sentence in bold stays a sentence.</b>"


def test_links_to_the_web_stay() -> None:
    link = (
        '<Relationship Id="rIdX" TargetMode="External" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/hyperlink" Target="{}"/></Relationships>'
    )
    body = with_body(
        '<w:p><w:hyperlink r:id="rIdX"><w:r><w:t>the law</w:t></w:r></w:hyperlink></w:p>'
    )
    for target, html in (
        ("https://www.legislation.gov.uk", '<a href="https://www.legislation.gov.uk">the law</a>'),
        ("javascript:alert(1)", "the law"),
    ):
        rels = "word/_rels/document.xml.rels"
        data = repacked(body, replace={rels: ("</Relationships>", link.format(target))})
        assert pieces_of(data)[0][-1].html == html


def everything_else(document: WordDocument) -> None:
    """A table with a wide cell, and a picture."""
    guide(document)
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Both columns"
    table.cell(1, 0).text, table.cell(1, 1).text = "left", "right"
    document.add_picture(io.BytesIO(picture("PNG")), width=Inches(1))


def test_tables_become_lists_and_pictures_are_named_as_missing() -> None:
    draft = imported(word(everything_else))
    assert draft.blocks[-1] == {"type": "list", "value": ["Both columns", "left – right"]}
    assert any("Tables became lists" in note for note in draft.notes)
    assert any("Pictures are not imported (1 found)" in note for note in draft.notes)
