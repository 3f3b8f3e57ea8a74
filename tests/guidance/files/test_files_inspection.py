"""What a file is decides, not its name; what we must not hold is refused in plain words."""

import io
import zipfile
from typing import IO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

from guidance.files.inspection import inspect
from guidance.files.kinds import (
    DOCUMENT_KINDS,
    PICTURE_KINDS,
    FileKind,
    FileRefused,
    Limits,
    Refusal,
)
from tests.guidance.files import specimens
from tests.guidance.files.specimens import picture, repacked, with_body, word


def refusal(data: bytes, name: str, **options: object) -> FileRefused:
    """Inspect and give back the refusal."""
    with pytest.raises(FileRefused) as caught:
        inspect(io.BytesIO(data), name, **options)  # type: ignore[arg-type]
    message = caught.value.message
    assert message.endswith(".")
    assert len(message) > 40, "says what happened and what to do"
    return caught.value


GOOD = [
    (specimens.pdf("Preserve first."), "a.pdf", FileKind.PDF, "application/pdf"),
    (word(), "Aide memoire.docx", FileKind.WORD, FileKind.WORD.content_type),
    (picture("PNG"), "a.PNG", FileKind.PNG, "image/png"),
    (picture("JPEG"), "a.jpeg", FileKind.JPEG, "image/jpeg"),
    (picture("JPEG"), "a.jpg", FileKind.JPEG, "image/jpeg"),
    (picture("WEBP"), "a.webp", FileKind.WEBP, "image/webp"),
    (specimens.TEXT.encode(), "a.txt", FileKind.TEXT, "text/plain; charset=utf-8"),
    (b"\xef\xbb\xbfWith a mark", "a.txt", FileKind.TEXT, "text/plain; charset=utf-8"),
    ("Größe".encode("utf-16"), "a.txt", FileKind.TEXT, "text/plain; charset=utf-8"),
    ("It’s £5".encode("cp1252"), "a.txt", FileKind.TEXT, "text/plain; charset=utf-8"),
]


@pytest.mark.parametrize(("data", "name", "kind", "content_type"), GOOD)
def test_good_files_pass(data: bytes, name: str, kind: FileKind, content_type: str) -> None:
    found = inspect(io.BytesIO(data), name)
    assert (found.kind, found.content_type, found.size) == (kind, content_type, len(data))
    assert found.extension == name.rsplit(".", 1)[1].lower()


def test_text_in_windows_letters_is_read() -> None:
    assert inspect(io.BytesIO("It’s £5".encode("cp1252")), "a.txt").text == "It’s £5"


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (picture("PNG"), "report.pdf", "content is a PNG picture, not a PDF document"),
        (specimens.pdf(), "photo.png", "content is a PDF document, not a PNG picture"),
        (specimens.pdf(), "report.docx", "content is a PDF document"),
        (word(), "report.pdf", "content is a Word document"),
        (picture("JPEG"), "photo.png", "content is a JPEG picture"),
        (picture("WEBP"), "photo.jpg", "content is a WebP picture"),
        (b"only words", "report.pdf", "content is a plain text file"),
        (specimens.pdf(), "notes.txt", "content is a PDF document"),
    ],
)
def test_mislabelled_files_are_refused(data: bytes, name: str, says: str) -> None:
    refused = refusal(data, name)
    assert refused.reason is Refusal.MISLABELLED
    assert says in refused.message


def archive(**files: bytes) -> bytes:
    """A zip of these files; an underscore stands for a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in files.items():
            target.writestr(name.replace("_", "."), content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"<!DOCTYPE html><p>x", "a.txt", "web page"),
        (b"\n  <html>x", "a.txt", "web page"),
        (b"\xef\xbb\xbf<script>alert(1)</script>", "a.txt", "web page"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "web page or drawing"),
        (b"<?xml version='1.0'?><svg/>", "a.txt", "web page or drawing"),
        (b"#!/bin/sh\n", "a.txt", "script"),
        (b"MZ\x90\x00\x03" + bytes(60), "a.pdf", "program"),
        (b"\x7fELF\x02\x01", "a.docx", "program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.docx", "older Office"),
        (b"GIF89a" + bytes(30), "a.png", "GIF"),
        (b"\x00\x00\x00\x1cftypheic", "a.jpg", "HEIC"),
        (b"\x00\x00\x00\x1cftypmp42", "a.jpg", "video"),
        (b"II*\x00\x08\x00", "a.jpg", "TIFF"),
        (b"{\\rtf1 words}", "a.docx", "Rich Text"),
        (b"\x1f\x8b\x08\x00", "a.docx", "archive"),
        (b"Rar!\x1a\x07", "a.docx", "archive"),
        (b"MIME-Version: 1.0\n", "a.txt", "saved e-mail"),
        (archive(plan_txt=b"x"), "a.docx", "archive"),
        (archive(mimetype=b"x", content_xml=b"x"), "a.docx", "OpenDocument"),
        (bytes(range(256)) * 4, "a.txt", "not a kind of file that we take"),
        (bytes(range(256)) * 4, "a.pdf", "not a kind of file that we take"),
        (b"words\x00and more", "a.txt", "not a kind of file that we take"),
    ],
)
def test_other_kinds_are_named_and_refused(data: bytes, name: str, says: str) -> None:
    refused = refusal(data, name)
    assert refused.reason is Refusal.UNKNOWN_KIND
    assert says in refused.message


def test_a_word_document_with_a_password_is_told_from_an_old_one() -> None:
    wrapped = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")
    )
    assert refusal(wrapped, "a.docx").reason is Refusal.PASSWORD


@pytest.mark.parametrize(
    "name", ["report", "report.exe", "report.pdf.exe", "report.html", "a.svg", "a.docm", ".pdf", ""]
)
def test_names_without_a_known_ending_are_refused(name: str) -> None:
    assert refusal(specimens.pdf(), name).reason is Refusal.NAME


@pytest.mark.parametrize("name", ["report\u202efdp.pdf", "a\x00.pdf", "a\n.pdf"])
def test_names_with_hidden_characters_are_refused(name: str) -> None:
    assert refusal(specimens.pdf(), name).reason is Refusal.NAME


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"", "a.pdf").reason is Refusal.EMPTY


class Endless(io.RawIOBase):
    """A stream of 200 MB that counts how much of it was read."""

    def __init__(self, *, size: int | None = None) -> None:
        self.taken = 0
        if size is not None:
            self.size = size

    def read(self, size: int = -1) -> bytes:
        """More of the same."""
        assert size > 0, "never read to the end"
        self.taken += size
        return b"%PDF-1.7 " + bytes(size - 9)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Any place is the same."""
        return offset


@pytest.mark.parametrize("size", [200 * 1024 * 1024, None])
def test_a_file_of_200_mb_is_refused_without_reading_it_all(size: int | None) -> None:
    stream: IO[bytes] = Endless(size=size)  # type: ignore[assignment]
    with pytest.raises(FileRefused, match="the most we take is 20 MB") as caught:
        inspect(stream, "a.pdf")
    assert caught.value.reason is Refusal.TOO_LARGE
    assert stream.taken <= 20 * 1024 * 1024 + 1  # type: ignore[attr-defined]


def test_the_limit_is_an_argument() -> None:
    assert refusal(word(), "a.docx", limits=Limits(size=500)).reason is Refusal.TOO_LARGE


def test_a_picture_is_not_a_document_and_the_other_way_round() -> None:
    refused = refusal(picture("PNG"), "a.png", accepted=DOCUMENT_KINDS)
    assert refused.reason is Refusal.WRONG_KIND
    assert refusal(word(), "a.docx", accepted=PICTURE_KINDS).reason is Refusal.WRONG_KIND


BROKEN = [
    (specimens.pdf()[:400], "a.pdf"),
    (b"%PDF-1.7\n" + bytes(300), "a.pdf"),
    (specimens.pdf().replace(b"xref", b"xxxx"), "a.pdf"),
    (word()[: len(word()) // 2], "a.docx"),
    (b"PK\x03\x04" + bytes(200), "a.docx"),
    (repacked(word(), drop=frozenset({"word/document.xml"})), "a.docx"),
    (repacked(word(), add={"word/document.xml": "<w:document"}), "a.docx"),
    (picture("PNG")[:60], "a.png"),
    (picture("JPEG")[:200], "a.jpg"),
    (picture("JPEG", size=(400, 300))[:-400], "a.jpg"),
    (picture("WEBP")[:20], "a.webp"),
]


@pytest.mark.parametrize(("data", "name"), BROKEN)
def test_broken_files_are_refused(data: bytes, name: str) -> None:
    assert refusal(data, name).reason is Refusal.BROKEN


def run_script(document: pikepdf.Pdf) -> None:
    """Start a script when the document opens."""
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))


def name_script(document: pikepdf.Pdf) -> None:
    """Keep a script in the list of named ones."""
    script = Dictionary(S=Name.JavaScript, JS=Stream(document, b"app.alert(1)"))
    names = Array([String("a"), document.make_indirect(script)])
    document.Root.Names = Dictionary(JavaScript=Dictionary(Names=names))


def hide_layer(document: pikepdf.Pdf) -> None:
    """Switch a layer off."""
    layer = document.make_indirect(Dictionary(Type=Name.OCG, Name=String("draft")))
    document.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))


def sign(document: pikepdf.Pdf) -> None:
    """Carry a signature."""
    signature = Dictionary(Type=Name.Sig, Name=String("A Person"))
    field = Dictionary(FT=Name.Sig, V=document.make_indirect(signature), T=String("s"))
    document.Root.AcroForm = Dictionary(Fields=Array([document.make_indirect(field)]))


def dynamic_form(document: pikepdf.Pdf) -> None:
    """Be a form of the kind that runs programs."""
    document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Stream(document, b"<xdp/>"))


NOT_IN_A_PDF = [
    (run_script, Refusal.ACTIVE_CONTENT),
    (name_script, Refusal.ACTIVE_CONTENT),
    (lambda d: specimens.act(d, S=Name.Launch, F=String("cmd.exe")), Refusal.ACTIVE_CONTENT),
    (lambda d: specimens.act(d, S=Name.SubmitForm, F=String("x")), Refusal.ACTIVE_CONTENT),
    (lambda d: specimens.act(d, S=Name.GoToE), Refusal.ACTIVE_CONTENT),
    (lambda d: specimens.annotate(d, Subtype=Name.RichMedia), Refusal.ACTIVE_CONTENT),
    (dynamic_form, Refusal.ACTIVE_CONTENT),
    (specimens.attach, Refusal.ATTACHMENT),
    (lambda d: specimens.annotate(d, Subtype=Name.FileAttachment), Refusal.ATTACHMENT),
    (
        lambda d: specimens.annotate(d, Subtype=Name.Text, Contents=String("ask him")),
        Refusal.REVIEW_TRACES,
    ),
    (lambda d: specimens.annotate(d, Subtype=Name.Redact), Refusal.HIDDEN_CONTENT),
    (
        lambda d: specimens.annotate(d, Subtype=Name.FreeText, Contents=String("x"), F=2),
        Refusal.HIDDEN_CONTENT,
    ),
    (hide_layer, Refusal.HIDDEN_CONTENT),
    (sign, Refusal.SIGNED),
]


@pytest.mark.parametrize(("change", "reason"), NOT_IN_A_PDF)
def test_a_pdf_that_runs_carries_or_hides_something_is_refused(
    change: specimens.PdfChange, reason: Refusal
) -> None:
    assert refusal(specimens.pdf(change=change), "a.pdf").reason is reason


def test_what_a_pdf_may_do() -> None:
    def links(document: pikepdf.Pdf) -> None:
        specimens.act(document, S=Name.URI, URI=String("https://www.college.police.uk"))
        document.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([document.pages[0].obj]))
        document.pages[0].obj["/Trans"] = Dictionary(Type=Name.Trans, S=Name.Dissolve)
        document.pages[0].obj["/Group"] = Dictionary(S=Name.Transparency)

    assert inspect(io.BytesIO(specimens.pdf(change=links)), "a.pdf").kind is FileKind.PDF


@pytest.mark.parametrize("user", ["", "secret"])
def test_a_protected_pdf_is_refused(user: str) -> None:
    protection = pikepdf.Encryption(owner="owner", user=user)
    assert refusal(specimens.pdf(encryption=protection), "a.pdf").reason is Refusal.PASSWORD


def test_a_pdf_with_too_many_pages_is_refused() -> None:
    data = specimens.pdf("one", "two", "three")
    assert refusal(data, "a.pdf", limits=Limits(pages=2)).reason is Refusal.TOO_COMPLEX


def test_more_text_than_can_be_checked_is_refused() -> None:
    limits = Limits(characters=30)
    for data, name in (
        (b"word " * 10, "a.txt"),
        (word(lambda d: d.add_paragraph("word " * 10)), "a.docx"),
        (specimens.pdf("word " * 10), "a.pdf"),
    ):
        assert refusal(data, name, limits=limits).reason is Refusal.TOO_COMPLEX


RUN = "<w:p><w:r>{properties}<w:t>words</w:t></w:r></w:p>"
TRACKED = 'w:id="1" w:author="A Person" w:date="2026-01-01T00:00:00Z"'
NOT_IN_WORD = [
    (f"<w:p><w:ins {TRACKED}><w:r><w:t>new</w:t></w:r></w:ins></w:p>", Refusal.REVIEW_TRACES),
    (
        f"<w:p><w:del {TRACKED}><w:r><w:delText>old</w:delText></w:r></w:del></w:p>",
        Refusal.REVIEW_TRACES,
    ),
    (f"<w:p><w:pPr><w:pPrChange {TRACKED}/></w:pPr></w:p>", Refusal.REVIEW_TRACES),
    (RUN.format(properties="<w:rPr><w:vanish/></w:rPr>"), Refusal.HIDDEN_CONTENT),
    (
        '<w:p><w:fldSimple w:instr=" INCLUDETEXT &quot;c:\\\\x.docx&quot; "/></w:p>',
        Refusal.ACTIVE_CONTENT,
    ),
    (
        (
            '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DDE'
            "</w:instrText></w:r><w:r><w:instrText>AUTO cmd x</w:instrText></w:r>"
            '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
        ),
        Refusal.ACTIVE_CONTENT,
    ),
]


@pytest.mark.parametrize(("xml", "reason"), NOT_IN_WORD)
def test_a_word_document_that_hides_something_is_refused(xml: str, reason: Refusal) -> None:
    assert refusal(with_body(xml), "a.docx").reason is reason


def test_hidden_by_style_is_hidden_too() -> None:
    style = '<w:style w:type="character" w:styleId="Unseen"><w:rPr><w:vanish/></w:rPr></w:style>'
    data = repacked(
        with_body(RUN.format(properties='<w:rPr><w:rStyle w:val="Unseen"/></w:rPr>')),
        replace={"word/styles.xml": ("</w:styles>", style + "</w:styles>")},
    )
    assert refusal(data, "a.docx").reason is Refusal.HIDDEN_CONTENT


@pytest.mark.parametrize(
    "properties",
    [
        '<w:rPr><w:vanish w:val="0"/></w:rPr>',
        "<w:rPr><w:webHidden/></w:rPr>",
        "<w:rPr><w:b/></w:rPr>",
    ],
)
def test_what_only_looks_hidden_passes(properties: str) -> None:
    data = with_body(RUN.format(properties=properties))
    assert "words" in inspect(io.BytesIO(data), "a.docx").text


W_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def commented(comments: str) -> bytes:
    """A document with a list of comments."""
    return specimens.related(
        word(),
        kind="comments",
        target="comments.xml",
        content=f"<w:comments {W_NAMESPACE}>{comments}</w:comments>".encode(),
        said=f"{WORD_TYPE}.comments+xml",
    )


def test_comments_are_refused_but_an_empty_list_of_them_is_not() -> None:
    data = commented(f"<w:comment {TRACKED}><w:p/></w:comment>")
    assert refusal(data, "a.docx").reason is Refusal.REVIEW_TRACES
    assert inspect(io.BytesIO(commented("")), "a.docx").kind is FileKind.WORD


@pytest.mark.parametrize(
    ("kind", "target", "said", "reason"),
    [
        ("vbaProject", "vbaProject.bin", "application/vnd.ms-office.vbaProject", "macros"),
        ("oleObject", "embeddings/o.bin", "application/x-ole", "another file"),
        ("package", "embeddings/o.xlsx", "application/x-sheet", "another file"),
        ("control", "activeX/a.xml", "application/vnd.ms-office.activeX+xml", "another file"),
        ("aFChunk", "chunk.html", "text/html", "another file"),
        ("image", "media/x.emf", "image/x-emf", "kind that cannot be checked"),
    ],
)
def test_objects_in_a_word_document_are_refused(
    kind: str, target: str, said: str, reason: str
) -> None:
    content = b"\x01\0\0\0" + bytes(36) + b" EMF" + bytes(40)
    data = specimens.related(word(), kind=kind, target=target, content=content, said=said)
    assert reason in refusal(data, "a.docx").message


def test_macros_templates_and_other_office_files_are_refused() -> None:
    main = f"{WORD_TYPE}.document.main+xml"
    for other, says in (
        ("application/vnd.ms-word.document.macroEnabled.main+xml", "macros"),
        (f"{WORD_TYPE}.template.main+xml", "template"),
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            "spreadsheet",
        ),
    ):
        data = repacked(word(), replace={"[Content_Types].xml": (main, other)})
        assert says in refusal(data, "a.docx").message


def test_the_strict_dialect_is_refused_since_its_hidden_parts_have_other_names() -> None:
    spelling = ("schemas.openxmlformats.org/wordprocessingml/2006/main", "purl.oclc.org/ooxml/w")
    data = repacked(word(), replace={"word/document.xml": spelling})
    assert "Strict" in refusal(data, "a.docx").message


def test_declarations_in_word_are_refused() -> None:
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    data = repacked(word(), replace={"word/styles.xml": ("<w:styles", laughs + "<w:styles")})
    assert refusal(data, "a.docx").reason in {Refusal.ACTIVE_CONTENT, Refusal.BROKEN}
    data = repacked(word(), replace={"word/document.xml": ("<w:document", laughs + "<w:document")})
    assert refusal(data, "a.docx").reason is Refusal.ACTIVE_CONTENT


def test_zip_bombs_are_not_unpacked() -> None:
    packed = repacked(word(), add={"word/media/big.bin": bytes(30_000_000)})
    assert len(packed) < 100_000
    assert refusal(packed, "a.docx").reason is Refusal.TOO_COMPLEX
    many = repacked(word(), add={f"word/x{n}.xml": "<x/>" for n in range(50)})
    assert refusal(many, "a.docx", limits=Limits(parts=40)).reason is Refusal.TOO_COMPLEX


def test_pictures_too_large_to_unpack_are_refused() -> None:
    data = picture("PNG", size=(3000, 3000))
    assert refusal(data, "a.png", limits=Limits(pixels=1_000_000)).reason is Refusal.TOO_LARGE


def test_moving_pictures_are_refused() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    assert refusal(out.getvalue(), "a.webp").reason is Refusal.ACTIVE_CONTENT


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"Words\n\nUK SECRET\n\nmore", "a.txt"),
        (specimens.pdf("Words", "more\nSECRET\nwords"), "a.pdf"),
        (specimens.pdf(change=lambda d: specimens.form_field(d, value="SECRET")), "a.pdf"),
        (word(lambda d: d.add_paragraph("SECRET")), "a.docx"),
        (
            word(lambda d: setattr(d.sections[0].header.paragraphs[0], "text", "SECRET\t1")),
            "a.docx",
        ),
        (word(lambda d: setattr(d.core_properties, "category", "SECRET")), "a.docx"),
        (word(lambda d: setattr(d.add_table(1, 1).cell(0, 0), "text", "SECRET")), "a.docx"),
        (picture("JPEG", exif=specimens.exif(words="UK SECRET").tobytes()), "a.jpg"),
        (specimens.labelled_png(Title="TOP SECRET"), "a.png"),
        (word(), "SECRET.docx"),
    ],
)
def test_a_marking_above_official_is_refused_wherever_it_stands(data: bytes, name: str) -> None:
    assert refusal(data, name).reason is Refusal.MARKING


def classified(document: pikepdf.Pdf) -> None:
    """Say so in both kinds of properties."""
    document.docinfo["/Classification"] = "secret"


def described(document: pikepdf.Pdf) -> None:
    """Say so in the newer kind of properties."""
    with document.open_metadata() as metadata:
        metadata["dc:title"] = "SECRET"


@pytest.mark.parametrize("change", [classified, described])
def test_a_marking_in_the_properties_of_a_pdf_is_refused(
    change: specimens.PdfChange,
) -> None:
    assert refusal(specimens.pdf(change=change), "a.pdf").reason is Refusal.MARKING
