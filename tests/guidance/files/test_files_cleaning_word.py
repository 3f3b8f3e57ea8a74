"""No canary put into a Word document's hidden parts survives; what a reader sees stays."""

import io
import zipfile

import docx
import pytest
from docx.document import Document as WordDocument
from PIL import Image

from guidance.files.cleaning import clean
from guidance.files.inspection import inspect
from guidance.files.kinds import FileKind, FileRefused
from tests.guidance.files import specimens
from tests.guidance.files.proofs import LIMITS, cleaned, named
from tests.guidance.files.specimens import CANARY, picture, related, repacked, word

W_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def properties(document: WordDocument) -> None:
    """Everything that Word's own properties can say."""
    for name in ("author", "last_modified_by", "title", "subject", "keywords", "comments"):
        setattr(document.core_properties, name, CANARY)
    document.add_paragraph("Preserve first, then refer.")


def test_word_properties_and_thumbnail() -> None:
    result = cleaned(word(properties), FileKind.WORD)
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        assert not [name for name in archive.namelist() if name.startswith("docProps")]
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


CUSTOM = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties">'
    f"{CANARY}</Properties>"
)
PEOPLE = f'<w:people {W_NAMESPACE}><w:person w:author="{CANARY}"/></w:people>'
XML = f"<x>{CANARY}</x>"


@pytest.mark.parametrize(
    ("kind", "target", "content"),
    [
        ("custom-properties", "custom.xml", CUSTOM),
        ("people", "people.xml", PEOPLE),
        ("customXml", "customXml/item9.xml", XML),
        ("glossaryDocument", "glossary/document.xml", XML),
        ("printerSettings", "printerSettings1.bin", CANARY),
        ("webSettings", "web.xml", XML),
        ("recipientData", "recipients.xml", XML),
        ("somethingNew", "new.xml", XML),
    ],
)
def test_parts_no_reader_sees_are_left_behind(kind: str, target: str, content: str) -> None:
    data = related(
        word(), kind=kind, target=target, content=content.encode(), said="application/xml"
    )
    cleaned(data, FileKind.WORD)


def in_settings(xml: str) -> bytes:
    """A document with something among its settings."""
    return repacked(word(), replace={"word/settings.xml": ("</w:settings>", xml + "</w:settings>")})


@pytest.mark.parametrize(
    "data",
    [
        in_settings(f'<w:docVars><w:docVar w:name="a" w:val="{CANARY}"/></w:docVars>'),
        in_settings(f'<w:rsids><w:rsid w:val="{CANARY}"/></w:rsids>'),
        in_settings(f'<w:mailMerge><w:connectString w:val="{CANARY}"/></w:mailMerge>'),
        specimens.with_body(f'<w:p w:rsidR="{CANARY}" w:rsidRDefault="{CANARY}"/>'),
        specimens.with_body(f'<w:permStart w:id="1" w:ed="{CANARY}"/><w:permEnd w:id="1"/>'),
        specimens.with_body(f"<!-- {CANARY} --><?mso {CANARY}?><w:p/>"),
        specimens.with_body(
            f'<w:sdt><w:sdtPr><w:alias w:val="{CANARY}"/><w:tag w:val="{CANARY}"/>'
            f'<w:dataBinding w:xpath="{CANARY}"/></w:sdtPr>'
            "<w:sdtContent><w:p/></w:sdtContent></w:sdt>"
        ),
        specimens.with_body(
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> ADDIN ZOT'
            f'</w:instrText></w:r><w:r><w:instrText>ERO {{"user":"{CANARY}"}}</w:instrText></w:r>'
            '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>(Smith, 2020)</w:t></w:r>'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        ),
        specimens.with_body(f'<w:p><w:fldSimple w:instr=" ADDIN {CANARY}"/></w:p>'),
        specimens.with_body(
            '<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" '
            f'href="file:///{CANARY}"/></w:pict></w:r></w:p>'
        ),
    ],
    ids=named,
)
def test_traces_inside_the_parts_that_stay(data: bytes) -> None:
    cleaned(data, FileKind.WORD)


@pytest.mark.parametrize("address", [rf"file:///C:\{CANARY}\plan.docx", rf"\\server\{CANARY}"])
def test_a_link_into_a_private_disk_becomes_plain_text(address: str) -> None:
    relation = (
        '<Relationship Id="rIdX" TargetMode="External" Type="http://schemas.openxmlformats.org/'
        f'officeDocument/2006/relationships/hyperlink" Target="{address}"/></Relationships>'
    )
    data = repacked(
        specimens.with_body(
            '<w:p><w:hyperlink r:id="rIdX" w:tooltip="c:\\x"><w:r><w:t>the plan</w:t></w:r>'
            "</w:hyperlink></w:p>"
        ),
        replace={"word/_rels/document.xml.rels": ("</Relationships>", relation)},
    )
    result = cleaned(data, FileKind.WORD)
    assert "the plan" in inspect(io.BytesIO(result), "a.docx").text


def test_the_template_on_the_authors_disk_is_forgotten() -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" TargetMode="External" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/attachedTemplate" '
        f'Target="file:///C:/Staff/{CANARY}/Normal.dotm"/></Relationships>'
    )
    template = (
        '<w:attachedTemplate xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships" r:id="rId1"/>'
    )
    data = repacked(in_settings(template), add={"word/_rels/settings.xml.rels": rels})
    cleaned(data, FileKind.WORD)


def test_printer_settings_go_with_the_element_that_names_them() -> None:
    settings = (
        '<w:sectPr><w:printerSettings xmlns:r="http://schemas.openxmlformats.org/officeDocument/'
        '2006/relationships" r:id="rIdX"/></w:sectPr>'
    )
    data = related(
        specimens.with_body(f"<w:p><w:pPr>{settings}</w:pPr></w:p>"),
        kind="printerSettings",
        target="printerSettings1.bin",
        content=CANARY.encode(),
        said="application/vnd.openxmlformats-officedocument.wordprocessingml.printerSettings",
    )
    cleaned(data, FileKind.WORD)


CHART = (
    '<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http:'
    '//schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships"><c:chart><a:t>Removals by month</a:t>'
    "<c:v>42</c:v></c:chart>"
    '<c:externalData r:id="rId1"/></c:chartSpace>'
)
CHART_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/package" Target="../embeddings/book.xlsx"/></Relationships>'
)


def test_a_chart_stays_and_the_workbook_behind_it_goes() -> None:
    data = related(
        word(),
        kind="chart",
        target="charts/chart1.xml",
        content=CHART.encode(),
        said="application/vnd.openxmlformats-officedocument.drawingml.chart+xml",
    )
    data = repacked(
        data,
        add={
            "word/charts/_rels/chart1.xml.rels": CHART_RELATIONS,
            "word/embeddings/book.xlsx": CANARY,
        },
    )
    result = cleaned(data, FileKind.WORD)
    assert inspect(io.BytesIO(result), "a.docx").text.endswith("Removals by month\n42")
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        assert "word/charts/chart1.xml" in archive.namelist()
        assert not [name for name in archive.namelist() if "embeddings" in name]


def test_a_drawing_made_of_code_goes_and_the_plain_picture_beside_it_stays() -> None:
    data = word(lambda document: document.add_picture(io.BytesIO(picture("PNG"))))
    twin = (
        '<a:extLst><a:ext uri="x"><asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/'
        'drawing/2016/SVG/main" r:embed="rIdX"/></a:ext></a:extLst></a:blip>'
    )
    part = "word/document.xml"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        blip = archive.read(part).decode().partition("<a:blip ")[2].partition("/>")[0]
    data = repacked(data, replace={part: (f"<a:blip {blip}/>", f"<a:blip {blip}>{twin}")})
    svg = f"<svg><script>{CANARY}</script></svg>".encode()
    data = related(data, kind="image", target="media/x.svg", content=svg, said="image/svg+xml")
    result = cleaned(data, FileKind.WORD)
    assert len(docx.Document(io.BytesIO(result)).inline_shapes) == 1
    assert b"svgBlip" not in specimens.everything_in(result)


def test_an_object_that_cannot_be_kept_is_refused_and_never_left_dangling() -> None:
    body = specimens.with_body(
        '<w:p><w:r><w:drawing><x:new xmlns:x="urn:x" r:id="rIdX"/></w:drawing></w:r></w:p>'
    )
    data = related(body, kind="brandNew", target="new.xml", content=b"<x/>", said="application/xml")
    with pytest.raises(FileRefused, match="object that cannot be checked"):
        clean(FileKind.WORD, data, limits=LIMITS)


def with_photograph(document: WordDocument) -> None:
    """A photograph among the words, with its name on the author's disk."""
    document.add_picture(io.BytesIO(specimens.photograph()))
    shape = document.inline_shapes[0]._inline
    shape.docPr.set("descr", rf"C:\Users\{CANARY}\me.jpg")
    shape.graphic.graphicData.pic.nvPicPr.cNvPr.set("name", f"{CANARY}.jpg")


def test_a_photograph_in_a_word_document_loses_its_camera_and_its_name() -> None:
    result = cleaned(word(with_photograph), FileKind.WORD)
    document = docx.Document(io.BytesIO(result))
    assert len(document.inline_shapes) == 1
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        [name] = [name for name in archive.namelist() if "media" in name]
        assert Image.open(io.BytesIO(archive.read(name))).size == (40, 20)


def rich(document: WordDocument) -> None:
    """One of each thing a reader sees."""
    document.add_heading("Before you refer", level=1)
    document.add_paragraph("Capture it.", style="List Bullet")
    document.add_paragraph("Then ask.", style="List Number")
    document.add_table(1, 2).cell(0, 1).text = "in a cell"
    document.add_picture(io.BytesIO(picture("PNG")))
    document.sections[0].header.paragraphs[0].text = "OFFICIAL"
    document.sections[0].footer.paragraphs[0].text = "Page"


def test_a_word_document_keeps_everything_a_reader_sees() -> None:
    before = word(rich)
    after = clean(FileKind.WORD, before, limits=LIMITS)
    assert inspect(io.BytesIO(after), "a.docx").text == inspect(io.BytesIO(before), "a.docx").text
    document = docx.Document(io.BytesIO(after))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style]
    assert styles[:3] == ["Heading 1", "List Bullet", "List Number"]
    assert document.sections[0].header.paragraphs[0].text == "OFFICIAL"
    assert len(document.inline_shapes) == 1
