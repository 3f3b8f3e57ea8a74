"""A lead sees how the own force's pages were asked for, and nobody else does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.vocabulary import Marking, Role
from audit.events import Event
from audit.models import Entry
from forces.models import User
from forces.single_sign_on import views
from portal.frame import SHORTCUT_COOKIE
from portal.oversight.reading import MANY_PAGES, Unusual, reading_of
from portal.reading import recent
from tests.guidance.scene import Cast, draft, person, published, seen_by
from tests.sign_in import client_of

PATH = "/oversight/reading/"
# Noon in London, so that nothing below is at night by accident.
NOON = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("Europe/London"))


def noted(event: Event, *, by: User, ref: str, at: datetime, reason: str = "audience") -> None:
    Entry.objects.create(
        event=event,
        actor=by.public_id,
        action_object=ref,
        reason=reason,
        recorded_at=at,
        policy_version="1",
    )


@pytest.fixture
def page(cast: Cast) -> Any:
    sensitive = Marking.OFFICIAL_SENSITIVE.value
    return published(cast.kent_author, cast.kent_lead, marking=sensitive, title="About quillonvane")


def unusual(lead: User) -> list[Unusual]:
    return reading_of(seen_by(lead), at=NOON + timedelta(days=1)).unusual


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUTHOR])
def test_for_everybody_else_it_does_not_exist(cast: Cast, role: Role) -> None:
    client = client_of(person("kent", role, name="somebody"))
    assert client.get(PATH).status_code == 404
    assert PATH not in client.get("/forces/kent/").content.decode()


def test_a_refusal_reaches_the_owners_lead_without_a_title(cast: Cast, page: Any) -> None:
    for _ in range(3):
        client_of(cast.essex_officer).get(f"/{page.ref}/")
    lead = client_of(cast.kent_lead)
    assert PATH in lead.get("/forces/kent/").content.decode()
    told = lead.get(PATH).content.decode()
    assert page.ref in told
    assert "3 times" in told
    assert "by 1 person" in told
    assert "quillonvane" not in told
    other = client_of(person("essex", Role.APPROVER)).get(PATH).content.decode()
    assert page.ref not in other


def test_ordinary_reading_is_not_shown(cast: Cast, page: Any) -> None:
    noted(Event.SENSITIVE_READING, by=cast.kent_officer, ref=page.ref, at=NOON)
    # Essex is of the same region.
    noted(Event.SENSITIVE_READING, by=cast.essex_officer, ref=page.ref, at=NOON)
    assert unusual(cast.kent_lead) == []


def test_another_region_and_none(cast: Cast, page: Any) -> None:
    rail = person("btp", Role.OFFICER)
    for reader in (cast.met_officer, rail):
        noted(Event.SENSITIVE_READING, by=reader, ref=page.ref, at=NOON)
    found = unusual(cast.kent_lead)
    assert {(one.person, one.other_region) for one in found} == {
        (cast.met_officer.public_id, True),
        (rail.public_id, True),
    }
    assert not any(one.at_night or one.many for one in found)


@pytest.mark.parametrize(
    ("hour", "minute", "shown"), [(21, 59, False), (22, 0, True), (5, 59, True), (6, 0, False)]
)
def test_the_night_by_the_clock_on_the_wall(
    cast: Cast, page: Any, hour: int, minute: int, shown: bool
) -> None:
    for day in (NOON, NOON.replace(month=6)):
        at = day.replace(hour=hour, minute=minute)
        noted(Event.SENSITIVE_READING, by=cast.kent_officer, ref=page.ref, at=at)
        viewer = seen_by(cast.kent_lead)
        found = reading_of(viewer, at=at + timedelta(hours=1)).unusual
        assert bool(found) is shown


def test_many_pages_in_a_day(cast: Cast) -> None:
    pages = [draft(cast.kent_author) for _ in range(MANY_PAGES)]
    for one in pages[1:]:
        noted(Event.SENSITIVE_READING, by=cast.kent_officer, ref=one.ref, at=NOON)
        # The same page twice is one page.
        noted(Event.SENSITIVE_READING, by=cast.kent_officer, ref=one.ref, at=NOON)
    assert unusual(cast.kent_lead) == []
    noted(Event.SENSITIVE_READING, by=cast.kent_officer, ref=pages[0].ref, at=NOON)
    assert [(one.many, one.pages) for one in unusual(cast.kent_lead)] == [(True, MANY_PAGES)]


def test_what_is_long_past_is_not_shown(cast: Cast, page: Any) -> None:
    at = timezone.now() - timedelta(days=40)
    noted(Event.REFUSAL, by=cast.essex_officer, ref=page.ref, at=at)
    assert reading_of(seen_by(cast.kent_lead), at=timezone.now()).refusals == []


def test_readers_are_told_what_leads_see(settings: Settings) -> None:
    """Before they sign in, too; and each cookie by the name that it has here."""
    settings.CSRF_COOKIE_NAME = "__Host-csrftoken"
    page = Client().get("/privacy/").content.decode()
    assert "unusual reading of its OFFICIAL-SENSITIVE pages" in page
    assert "<code>__Host-csrftoken</code>" in page
    for cookie in (settings.SESSION_COOKIE_NAME, recent.COOKIE, SHORTCUT_COOKIE, views.COOKIE):
        assert f"<code>{cookie}</code>" in page
    assert "Reading is recorded" in Client().get("/accounts/login/").content.decode()
