"""A Word document that runs, carries or hides something is refused."""

import io

import pytest

from guidance.files.inspection import inspect
from guidance.files.kinds import FileKind, Limits, Refusal
from tests.guidance.files import specimens
from tests.guidance.files.proofs import refusal
from tests.guidance.files.specimens import repacked, with_body, word

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
