"""Evidence and lessons beside the guidance, as far as each reader may see them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guidance import services
from guidance.models import (
    AffectedGuidance,
    Document,
    EvaluationPage,
    GuidancePage,
    LessonPage,
    Term,
)
from portal.frame import forget_names
from tests.guidance.scene import Cast
from tests.portal.publishing import page_of, publish
from tests.sign_in import client_of


@pytest.fixture(autouse=True)
def _names(cast: Cast) -> None:
    forget_names()


def rests_on(*pages: Document) -> list[dict[str, str]]:
    """What guidance stores of evaluations, all read at version 1.0."""
    return [{"ref": page.ref, "version": "1.0"} for page in pages]


def lesson(
    cast: Cast, on: Document, *, title: str, audience: tuple[str, ...] = ("national",)
) -> Document:
    """A lesson that names a guidance."""
    named = [AffectedGuidance(ref=on.ref, place="Step 3")]
    return publish(LessonPage, cast, title=title, audience=audience, affects=named)


def test_the_reader_sees_the_evidence_that_they_may_see(cast: Cast) -> None:
    """With what it found, how sure that is, and whether it has changed since."""
    shown = publish(EvaluationPage, cast, title="A trial", effect="no-effect", effect_rating=3)
    newer = publish(EvaluationPage, cast, title="A survey", effect="reduced", version="2.0")
    old = publish(EvaluationPage, cast, title="A guess", effect="increased")
    services.withdraw(old, by=cast.hub_approver, reason="Its figures were wrong.")
    hidden = publish(EvaluationPage, cast, title="Hidden trial", audience=("hub",))
    page = publish(GuidancePage, cast, evidence_links=rests_on(shown, newer, old, hidden))
    html = page_of(client_of(cast.kent_officer), page.address)
    part = html.partition('id="evidence"')[2].partition("</section>")[0]
    assert "2 evaluations: no evidence of an effect (1); reduced (1)." in part
    assert f'href="{shown.address}"' in part
    assert "Evidence on the effect: strong" in part
    assert "Read here at version 1.0, now 2.0" in part
    assert "Withdrawn or replaced since" in part
    for words in (hidden.ref, "Hidden trial"):
        assert words not in html
    assert "Hidden trial" in page_of(client_of(cast.hub_editor), page.address)


def test_lessons_stand_beside_the_guidance_that_they_change(cast: Cast) -> None:
    """And guidance beside the lesson; a hidden one changes neither the page nor its work."""
    page = publish(GuidancePage, cast, title="The guidance")
    officer = client_of(cast.kent_officer)
    officer.get(page.address)
    alone, work = _asked(officer, page)
    lesson(cast, page, title="Hidden lesson", audience=("hub",))
    assert _asked(officer, page) == (alone, work)
    seen = lesson(cast, page, title="A lesson")
    html, now = _asked(officer, page)
    part = html.partition('id="lessons"')[2].partition("</section>")[0]
    assert f'href="{seen.address}"' in part
    assert "Concerns: Step 3" in part
    assert "Hidden lesson" not in html
    assert now == work <= 12
    back = page_of(officer, seen.address).partition('id="affects"')[2].partition("</section>")[0]
    assert f'href="{page.address}"' in back
    assert "Step 3" in back


def _asked(client: Client, page: Document) -> tuple[str, int]:
    """What the page says, but for the hour, and how many statements it took."""
    with CaptureQueriesContext(connection) as queries:
        html = page_of(client, page.address)
    text = html.partition('class="app-document__side"')[2]
    return text.partition('class="app-opened-at"')[0], len(queries)


def test_the_facts_of_records_practice_and_cost_are_shown(cast: Cast) -> None:
    Term.objects.create(vocabulary="does-it-work", slug="promising", label="Promising")
    Term.objects.create(vocabulary="nesta", slug="nesta-3", label="3: cause shown")
    officer = client_of(cast.kent_officer)
    page = publish(
        GuidancePage,
        cast,
        evidence_capture_step=True,
        retention_class="Six years",
        foi_status="part",
        publication_scheme=True,
    )
    html = page_of(officer, page.address)
    for words in ("Captured before anything is removed", "Six years", "Open in part. In the pub"):
        assert words in html
    found = publish(LessonPage, cast, kind="notable-practice", does_it_work="promising")
    html = page_of(officer, found.address)
    assert "Promising" in html
    assert "Not assessed yet" in html
    older = publish(EvaluationPage, cast, title="The older finding")
    trial = publish(
        EvaluationPage,
        cast,
        nesta_level="nesta-3",
        supersedes=older.ref,
        cost_total=96000,
        cost_each=3200,
        cost_unit="area",
        sites_count=60,
        sites_masked=True,
    )
    html = page_of(officer, trial.address)
    for words in ("3: cause shown", "£96,000", "For each area", "£3,200", "(60 sites, masked)"):
        assert words in html
    assert f'href="{older.address}"' in html
