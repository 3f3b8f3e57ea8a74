"""No canary put into metadata survives cleaning, and nothing that a reader sees is lost."""

import io
import zipfile

import docx
import pikepdf
import pytest
from docx.document import Document as WordDocument
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageCms

from guidance.files import jpeg
from guidance.files.cleaning import clean
from guidance.files.inspection import inspect
from guidance.files.kinds import FileKind, FileRefused, Limits
from tests.guidance.files import specimens
from tests.guidance.files.specimens import CANARY, holds_canary, picture, related, repacked, word

LIMITS = Limits()
W_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def cleaned(data: bytes, kind: FileKind) -> bytes:
    """Clean a file that held a canary, and prove that it opens and holds none."""
    assert holds_canary(data), "the specimen must hold what is to be stripped"
    result = clean(kind, data, limits=LIMITS)
    assert not holds_canary(result)
    inspect(io.BytesIO(result), f"a.{kind.extensions[0]}")
    return result


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
    ],
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


def test_cleaning_twice_gives_the_same_bytes() -> None:
    for kind, data in (
        (FileKind.WORD, word(rich)),
        (FileKind.PDF, specimens.pdf(change=info)),
        (FileKind.PNG, specimens.labelled_png(Author=CANARY)),
        (FileKind.TEXT, b"\xef\xbb\xbfa\r\nb"),
    ):
        once = clean(kind, data, limits=LIMITS)
        assert clean(kind, once, limits=LIMITS) == once
        assert clean(kind, data, limits=LIMITS) == once


def test_pictures() -> None:
    cleaned(specimens.photograph(), FileKind.JPEG)
    cleaned(specimens.labelled_png(Author=CANARY, Software=CANARY), FileKind.PNG)
    cleaned(picture("WEBP", exif=specimens.exif().tobytes(), xmp=CANARY.encode()), FileKind.WEBP)
    cleaned(picture("PNG") + CANARY.encode(), FileKind.PNG)


@pytest.mark.parametrize("kind", [FileKind.JPEG, FileKind.PNG, FileKind.WEBP])
def test_a_picture_keeps_its_pixels(kind: FileKind) -> None:
    result = clean(kind, picture(kind.upper()), limits=LIMITS)
    image = Image.open(io.BytesIO(result)).convert("RGB")
    red, blue = image.getpixel((3, 10)), image.getpixel((36, 10))
    assert isinstance(red, tuple)
    assert isinstance(blue, tuple)
    assert red[0] > 200 > 60 > red[2]
    assert blue[2] > 200 > 60 > blue[0]


def test_a_photograph_held_upright_stays_upright() -> None:
    image = Image.open(io.BytesIO(cleaned(specimens.photograph(orientation=6), FileKind.JPEG)))
    assert image.size == (20, 40)
    assert not image.getexif()
    top = image.convert("RGB").getpixel((10, 3))
    assert isinstance(top, tuple)
    assert top[0] > 200


def test_a_colour_profile_is_applied_and_dropped() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in (FileKind.JPEG, FileKind.PNG, FileKind.WEBP):
        data = picture(kind.upper(), icc_profile=profile)
        result = clean(kind, data, limits=LIMITS)
        assert "icc_profile" not in Image.open(io.BytesIO(result)).info


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_every_mode(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (5, 5)).save(out, "PNG")
    result = Image.open(io.BytesIO(clean(FileKind.PNG, out.getvalue(), limits=LIMITS)))
    assert (result.mode, result.size) == (mode, (5, 5))


def test_transparency_stays() -> None:
    out = io.BytesIO()
    Image.new("P", (5, 5)).save(out, "PNG", transparency=0)
    result = Image.open(io.BytesIO(clean(FileKind.PNG, out.getvalue(), limits=LIMITS)))
    assert result.convert("RGBA").getpixel((1, 1)) == (0, 0, 0, 0)


def test_a_print_picture_gets_screen_colours() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (5, 5), (0, 255, 255, 0)).save(out, "JPEG")
    result = Image.open(io.BytesIO(clean(FileKind.JPEG, out.getvalue(), limits=LIMITS)))
    assert result.mode == "RGB"


def test_text_loses_what_is_not_seen() -> None:
    data = "\ufeffa\u200b b\u202e\r\nc".encode()
    assert clean(FileKind.TEXT, data, limits=LIMITS) == b"a b\nc"


def test_a_jpeg_stream_is_stripped_without_touching_its_pixels() -> None:
    data = specimens.photograph()
    bare = jpeg.without_metadata(data)
    assert not holds_canary(bare)
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(bare))
    assert before.tobytes() == after.tobytes()
    progressive = picture("JPEG", size=(64, 64), progressive=True, exif=specimens.exif().tobytes())
    assert Image.open(io.BytesIO(jpeg.without_metadata(progressive))).size == (64, 64)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 20, 150, 400])
def test_a_cut_off_jpeg_stream_is_refused(length: int) -> None:
    with pytest.raises(jpeg.BrokenJpegError):
        jpeg.without_metadata(picture("JPEG")[:length])


def test_a_jpeg_2000_stream_loses_its_boxes_of_words() -> None:
    signature = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
    words = b"\x00\x00\x00\x13xml " + CANARY.encode()
    code = b"\x00\x00\x00\x00jp2ccode"
    data = signature + words + code
    assert jpeg.without_jpeg2000_metadata(data) == signature + code
    assert jpeg.without_jpeg2000_metadata(b"\xff\x4fbare") == b"\xff\x4fbare"
    with pytest.raises(jpeg.BrokenJpegError):
        jpeg.without_jpeg2000_metadata(signature + b"\x00\x00\xff\xffxml ")
