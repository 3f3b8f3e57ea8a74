"""Platform x action: what is understood, whose card it is, and that a hidden one is no card."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.vocabulary import Marking, Role, State
from audit.models import Entry
from forces.models import User
from guidance.models import AudienceTerm, Document, ForceSection, PlatformPage
from search.analysis import words_of
from search.answers import Meant, meant_by
from search.engines.base import Engine
from search.indexing import rebuild
from search.thesaurus import thesaurus
from tests.channels.answers import ask, warm
from tests.guidance.scene import FILLED, Cast, approve_all, person
from tests.sign_in import client_of

MOST_STATEMENTS = 9
PURPOSES = ("preservation", "content-removal-terms", "content-removal-law", "emergency-disclosure")


def route(purpose: str) -> tuple[str, dict[str, Any]]:
    return (
        "route",
        {
            "purpose": purpose,
            "channel": "portal",
            "who_may_use": "The digital desk",
            "legal_basis": "Request",
            "needs": ["Username"],
            "typical_hours": "Two hours",
            "all_hours": True,
            "notes": "",
        },
    )


def platform(cast: Cast, *, title: str = "Snapchat", slug: str = "snapchat", **fields: Any) -> str:
    """A published entry with four routes; its reference."""
    from guidance import services

    audience = fields.pop("audience", ("national",))
    today = timezone.localdate()
    facts = {
        "expires_on_date": today + timedelta(days=9),
        "last_verified_on_date": today,
        "platform_type": "photo-story-messaging",
        "routes": [route(purpose) for purpose in PURPOSES],
    }
    filled = {key: value for key, value in FILLED.items() if hasattr(PlatformPage, key)}
    page = PlatformPage(
        title=title, platform_slug=slug, owner=cast.hub_editor, **{**filled, **facts, **fields}
    )
    page.audience.set(AudienceTerm.objects.filter(pk__in=audience))
    ForceSection.objects.get(organisation_id="hub").add_child(instance=page)
    page.save_revision(user=cast.hub_editor, clean=False)
    services.submit(page, by=cast.hub_editor)
    approve_all(page, cast.hub_approver)
    ref: str = page.ref
    return ref


def search(user: User, words: str, **more: str) -> str:
    return client_of(user).get("/search/", {"q": words, **more}).content.decode()


@pytest.mark.parametrize(
    ("typed", "purposes", "name"),
    [
        ("snapchat preservation", ("preservation",), "snapchat"),
        ("snap presevation", ("preservation",), "snapchat"),
        ("insta takedown", ("content-removal-law", "content-removal-terms"), "instagram"),
        ("edr WhatsApp!", ("emergency-disclosure",), "whatsapp"),
        ("exigent request whats app", ("emergency-disclosure",), "whatsapp"),
        ("how do I preserve a tik tok account", ("preservation",), "tiktok"),
        ("twitter trusted flagger", ("trusted-flagger",), "x"),
        ("x subscriber check", ("user-data",), "x"),
    ],
)
def test_officers_words_are_understood(typed: str, purposes: tuple[str, ...], name: str) -> None:
    meant = meant_by(words_of(typed), known=thesaurus())
    assert meant is not None
    assert meant.purposes == purposes
    assert name in meant.names


@pytest.mark.parametrize("typed", ["", "preservation", "preserve the", "snapchat", "knife " * 13])
def test_without_both_nothing_is_meant(typed: str) -> None:
    assert meant_by(words_of(typed), known=thesaurus()) is None


def test_every_purpose_has_its_words_and_no_other_is_named() -> None:
    from guidance.routes import PURPOSES as ALL
    from search.answers import _purposes

    # Nobody looks in a hurry for what is not done through the press.
    assert set(_purposes()) == set(ALL) - {"press-no"}
    assert meant_by(["preservation", "kent"], known=thesaurus()) == Meant(
        ("preservation",), frozenset({"kent"})
    )


@pytest.fixture
def snapchat(cast: Cast, index: Engine) -> str:
    """Snapchat's entry of the hub, for all forces."""
    ref = platform(cast, other_names=["Ghost Box"])
    rebuild()
    return ref


def test_the_card_stands_above_the_list_and_in_no_count(cast: Cast, snapchat: str) -> None:
    html = search(cast.kent_officer, "snap presevation")
    card = f'href="/platforms/{snapchat}/preservation/"'
    assert html.count(card) == 1
    assert html.index(card) < html.index('class="search-count"')
    for fact in ("The digital desk", "Two hours", "at all hours", "Law enforcement portal"):
        assert fact in html
    assert "<strong>1 result</strong>" in html
    assert (
        client_of(cast.kent_officer).get(f"/platforms/{snapchat}/preservation/").status_code == 200
    )
    both = search(cast.kent_officer, "ghost box takedown")
    assert both.count(f'href="/platforms/{snapchat}/content-removal-') == 2
    assert "Capture it first." in both
    assert "Life first." in search(cast.kent_officer, "snap edr")


@pytest.mark.parametrize(
    "more", [{"page": "2"}, {"type": "lesson"}, {"published_from": "2026-01-01"}]
)
def test_a_narrowed_search_and_a_later_page_have_no_card(
    cast: Cast, snapchat: str, more: dict[str, str]
) -> None:
    assert "search-answer" not in search(cast.kent_officer, "snap preservation", **more)


def test_an_entry_that_expired_or_nobody_checked_says_so(cast: Cast, snapchat: str) -> None:
    entry = PlatformPage.visible.filter(ref=snapchat)
    entry.update(expires_on_date=timezone.localdate())
    assert "Expired: confirm first" in search(cast.kent_officer, "snap preservation")
    entry.update(expires_on_date=timezone.localdate() + timedelta(days=2))
    Document.visible.filter(ref=snapchat).update(last_verified_on_date=None)
    assert "Not checked: confirm first" in search(cast.kent_officer, "snap preservation")


def test_what_was_withdrawn_is_no_answer(cast: Cast, snapchat: str) -> None:
    Document.visible.filter(ref=snapchat).update(state=State.WITHDRAWN)
    assert "search-answer" not in search(cast.kent_officer, "snap preservation")


def test_a_hidden_entry_is_as_absent_with_the_same_work(cast: Cast, index: Engine) -> None:
    """Hidden by its audience, by its marking, and not there at all: one answer, one work."""
    rebuild()
    path = "/search/?q=bereal+preservation"
    officer = client_of(cast.kent_officer)
    warm(officer, path)
    absent = ask(officer, path)
    assert absent.statements <= MOST_STATEMENTS
    hidden = platform(cast, title="Bereal", slug="bereal", audience=("force:essex",))
    rebuild()
    assert ask(officer, path) == absent
    card = f"/platforms/{hidden}/preservation/"
    assert card in search(cast.essex_officer, "bereal preservation")
    Document.visible.filter(ref=hidden).update(marking=Marking.OFFICIAL_SENSITIVE.value)
    rebuild()
    assert ask(officer, path) == absent


def test_the_page_with_a_card_keeps_its_statements(cast: Cast, snapchat: str) -> None:
    officer = client_of(cast.kent_officer)
    officer.get("/search/")
    with CaptureQueriesContext(connection) as queries:
        html = officer.get("/search/?q=snap+preservation").content.decode()
    assert "search-answer" in html
    assert len(queries) <= MOST_STATEMENTS


def test_a_sensitive_card_marks_the_page_and_is_counted_in_the_trail(
    cast: Cast, snapchat: str
) -> None:
    Document.visible.filter(ref=snapchat).update(marking=Marking.OFFICIAL_SENSITIVE.value)
    html = search(cast.kent_lead, "snap preservation")
    assert "search-answer" in html
    assert html.count("app-marking--sensitive") == 2
    assert Entry.objects.filter(event="search").latest("pk").detail["sensitive_shown"] >= 1


def test_a_partner_has_no_card_of_the_police(cast: Cast, snapchat: str) -> None:
    assert "search-answer" not in search(person("riverside", Role.PARTNER), "snap preservation")
