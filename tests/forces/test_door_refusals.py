"""What is refused before anybody is known stands in the trail: once, and without a word of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from audit.models import Entry
from forces import door_refusals
from forces.models import PersonSession
from tests.guidance.scene import Cast
from tests.sign_in import client_of

SENT = "quillonvane"


@pytest.fixture(autouse=True)
def counts() -> None:
    """A fresh window."""
    cache.clear()


def wrong_key(client: Client) -> int:
    headers = {"authorization": f"Bearer {SENT}"}
    return client.get("/scim/v2/Users", headers=headers).status_code


def forged_host(client: Client) -> int:
    return client.get(f"/{SENT}/", headers={"host": f"{SENT}.example"}).status_code


def dead_cookie(client: Client) -> int:
    client.cookies[configured.SESSION_COOKIE_NAME] = SENT
    return client.get("/").status_code


def bad_token(client: Client) -> int:
    return client.get(f"/join/{SENT}/").status_code


@pytest.mark.parametrize(
    ("refused", "status", "reason"),
    [
        (wrong_key, 401, "scim-key"),
        (forged_host, 400, "host"),
        (dead_cookie, 302, "no-such-session"),
        (bad_token, 404, "invitation-token"),
    ],
)
def test_a_refusal_at_the_door_is_recorded_once(
    db: None, refused: Callable[[Client], int], status: int, reason: str
) -> None:
    assert [refused(Client()) for _ in range(3)] == [status] * 3
    row = Entry.objects.get(event="door-refused")
    assert (row.reason, row.actor) == (reason, "")
    assert SENT not in str(Entry.objects.values().get(pk=row.pk))


def test_a_stolen_cookie_after_sign_out_is_seen(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    stolen = client.cookies[configured.SESSION_COOKIE_NAME].value
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies[configured.SESSION_COOKIE_NAME] = stolen
    assert thief.get("/")["Location"].startswith("/accounts/login/")
    assert Entry.objects.get(event="door-refused").reason == "no-such-session"


def test_a_session_that_ran_out_by_itself_is_no_refusal(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    PersonSession.objects.update(expire_date="2026-01-01T00:00Z")
    assert client.get("/").status_code == 302
    assert Client().get("/").status_code == 302
    assert not Entry.objects.filter(event="door-refused").exists()


def test_whoever_meets_a_limit_is_named_with_the_view_and_not_the_words(
    cast: Cast, settings: Settings
) -> None:
    settings.LIMITS = {"search": (("GET",), "1/m")}
    client = client_of(cast.kent_officer)
    statuses = [client.get(f"/search/?q={SENT}").status_code for _ in range(3)]
    assert statuses[1:] == [429, 429]
    row = Entry.objects.get(event="door-refused")
    assert (row.actor, row.reason) == (cast.kent_officer.public_id, "limit")
    assert row.action_object == "search"
    assert SENT not in str(Entry.objects.values().get(pk=row.pk))


def test_a_flood_from_many_addresses_does_not_fill_the_trail(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door_refusals, "_IN_ALL", "5/10m/key")
    for number in range(8):
        Client(REMOTE_ADDR=f"192.0.2.{number}").get(f"/join/{SENT}/")
    assert Entry.objects.filter(event="door-refused").count() == 5
