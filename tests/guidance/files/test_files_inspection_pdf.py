"""A PDF that runs, carries or hides something is refused."""

import io

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

from guidance.files.inspection import inspect
from guidance.files.kinds import FileKind, Limits, Refusal
from tests.guidance.files import specimens
from tests.guidance.files.proofs import refusal


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
