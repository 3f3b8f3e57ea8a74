"""Documents named by reference: the version that was read, and one answer for hidden and absent."""

from wagtail.test.utils.form_data import inline_formset

from access.vocabulary import Role
from guidance.models import EvaluationPage, GuidancePage, LessonPage
from tests.guidance.editor_sent import sent
from tests.guidance.scene import Cast, person
from tests.portal.publishing import publish

ABSENT = "EV-22222"


def test_evidence_is_kept_with_the_version_that_was_read(cast: Cast) -> None:
    shown = publish(EvaluationPage, cast, version="1.1")
    form = sent(GuidancePage(), cast.kent_author, evidence_links=f"{shown.ref.lower()}\n")
    assert "evidence_links" not in form.errors
    assert form.cleaned_data["evidence_links"] == [{"ref": shown.ref, "version": "1.1"}]
    told = f"{shown.ref} version 1.0"
    form = sent(GuidancePage(), cast.kent_author, evidence_links=told)
    assert form.cleaned_data["evidence_links"] == [{"ref": shown.ref, "version": "1.0"}]
    assert form["evidence_links"].value() == told


def test_a_hidden_evaluation_is_answered_like_none(cast: Cast) -> None:
    """One of the hub's own, and guidance, which is no evaluation."""
    hidden = publish(EvaluationPage, cast, audience=("hub",))
    other = publish(GuidancePage, cast)
    told = set()
    for ref in (hidden.ref, other.ref, ABSENT):
        form = sent(GuidancePage(), cast.kent_author, evidence_links=ref)
        told.add(str(form.errors["evidence_links"]).replace(ref, "REF"))
        form = sent(EvaluationPage(), cast.kent_author, supersedes=ref)
        told.add(str(form.errors["supersedes"]).replace(ref, "REF").replace("supersedes", "x"))
    assert len({one.replace("evidence_links", "x") for one in told}) == 1
    assert "There is no page REF of the right kind that you may see." in told.pop()
    form = sent(GuidancePage(), cast.kent_author, evidence_links="see the evaluation")
    assert "is no reference" in str(form.errors["evidence_links"])


def test_what_was_named_before_stays_when_it_is_hidden_from_the_next_editor(cast: Cast) -> None:
    hidden = publish(EvaluationPage, cast, audience=("hub",))
    before = [{"ref": hidden.ref, "version": "1.0"}]
    page = GuidancePage(evidence_links=before)
    form = sent(page, cast.kent_author, evidence_links=f"{hidden.ref} version 1.0")
    assert form.cleaned_data["evidence_links"] == before


def test_the_line_of_a_lesson_that_names_no_guidance_says_so(cast: Cast) -> None:
    shown = publish(GuidancePage, cast)
    hidden = publish(GuidancePage, cast, audience=("hub",))
    author = person("kent", Role.AUTHOR, name="second")
    told = []
    for ref in (shown.ref.lower(), hidden.ref, "GD-22222"):
        line = {"ref": ref, "place": "Step 3"}
        form = sent(LessonPage(), author, affects=inline_formset([line]))
        (error,) = form.formsets["affects"].errors
        told.append(str(error).replace(ref, "REF"))
    assert told[0] == ""
    assert told[1] == told[2]
    assert "There is no page REF" in told[1]
