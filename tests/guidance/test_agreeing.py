"""The second person reads who will see the page in the dialog in which they agree to it."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from access.vocabulary import Marking
from guidance import services
from guidance.models import AudienceTerm, Term
from guidance.templatetags.approval_facts import approval_facts
from tests.guidance.scene import Cast, draft, need_to_know, published
from tests.sign_in import client_of


def dialog(cast: Cast, page: Any, action: str = "approve") -> str:
    """What the Force hub lead of Kent is asked."""
    state = page.current_workflow_task_state
    answer = client_of(cast.kent_lead).get(
        f"/admin/pages/workflow/action/{page.pk}/{action}/{state.pk}/"
    )
    assert answer.status_code == 200
    return str(answer.json()["html"])


def test_the_dialog_names_marking_audience_and_count(cast: Cast) -> None:
    page = draft(cast.kent_author, audience=("region:ersou",))
    services.submit(page, by=cast.kent_author)
    asked = dialog(cast, page)
    for words in (
        "OFFICIAL",
        "Region: ersou",
        # Kent's author, lead and officer, Essex's officer.
        "about 2 forces, 4 people",
        "No group: everybody of the audience",
        "as soon as it is approved",
        "agree with its marking and with who will see it",
    ):
        assert words in asked, words
    assert "Who will see it" not in dialog(cast, page, action="reject")


def test_the_facts_are_those_of_the_revision(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    group = need_to_know("one", "Protection desk")
    Term.objects.create(vocabulary="handling", slug="x", label="RECIPIENTS ONLY")
    page.groups.set([group])
    page.marking, page.handling = Marking.OFFICIAL_SENSITIVE, ["x"]
    page.audience.set(AudienceTerm.objects.filter(pk__in=("own", "national")))
    page.visible_from = timezone.now() + timedelta(days=3)
    page.save_revision(user=cast.kent_author)
    facts = dict(approval_facts(page))
    assert facts["Marking"] == "OFFICIAL-SENSITIVE, RECIPIENTS ONLY"
    assert facts["Audience"] == "All forces, and the hub; My own force"
    assert facts["Need to know"] == "Only members of: Protection desk"
    # Nobody is in the group; its author reads it all the same.
    assert facts["That is"].startswith("about 1 force, 1 person")
    assert facts["Visible"].startswith("from ")


def test_more_people_than_today_are_told_of(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    assert "Take care" not in dict(approval_facts(page))
    page.audience.set(AudienceTerm.objects.filter(pk="national"))
    page.save_revision(user=cast.kent_author)
    page.refresh_from_db()
    assert "More people than today" in dict(approval_facts(page))["Take care"]
