"""Sessions: how long they last, whose they are, and how they are ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from access.vocabulary import Marking
from audit.models import Entry
from forces.models import PersonSession, User
from forces.services import end_membership, remove_second_factor
from forces.sessions import (
    IDLE,
    IDLE_AFTER_SENSITIVE,
    NOTED_EVERY,
    SessionStore,
    begin,
    device_words,
    expires_at,
    forget_expired,
    sessions_of,
)
from tests.guidance.scene import Cast, published
from tests.sign_in import client_of

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
A_DAY = timedelta(hours=12)


@pytest.mark.parametrize(
    ("data", "seen_after", "expected"),
    [
        ({}, timedelta(0), IDLE),
        ({}, timedelta(hours=5), timedelta(hours=6)),
        ({"has_read_sensitive": True}, timedelta(0), IDLE_AFTER_SENSITIVE),
        ({"has_read_sensitive": True}, timedelta(hours=5), timedelta(hours=5, minutes=15)),
        ({}, timedelta(hours=11, minutes=30), A_DAY),
        ({}, timedelta(hours=13), A_DAY),
        ({"_session_expiry": 60}, timedelta(0), timedelta(seconds=60)),
        ({"_session_expiry": 0}, timedelta(0), IDLE),
    ],
)
def test_the_earlier_of_two_limits(
    data: dict[str, Any], seen_after: timedelta, expected: timedelta
) -> None:
    assert expires_at(data, started_at=START, seen_at=START + seen_after) == START + expected


def row_of(client: Client) -> PersonSession:
    return PersonSession.objects.get(session_key=client.session.session_key)


def backdate(client: Client, *, by: timedelta) -> None:
    row = row_of(client)
    PersonSession.objects.filter(pk=row.pk).update(
        seen_at=row.seen_at - by, expire_date=row.expire_date - by
    )


def test_a_session_knows_whose_it_is(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    row = row_of(client)
    assert row.user == cast.kent_officer
    assert row.expire_date - row.seen_at == IDLE
    assert row.ref not in row.session_key


def test_left_alone_it_ends(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    assert client.get("/").status_code == 200
    backdate(client, by=IDLE + timedelta(seconds=1))
    assert client.get("/").headers["Location"].startswith("/accounts/login/")


def test_use_puts_the_end_off_and_is_noted_once_a_minute(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    backdate(client, by=NOTED_EVERY * 2)
    before = row_of(client)
    client.get("/help/")
    noted = row_of(client)
    assert noted.seen_at > before.seen_at
    assert noted.expire_date - noted.seen_at == IDLE
    client.get("/help/")
    assert row_of(client).seen_at == noted.seen_at


def test_twelve_hours_are_the_end_however_busy(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    session = client.session
    session["started_at"] = (timezone.now() - A_DAY + timedelta(minutes=5)).timestamp()
    session.save()
    backdate(client, by=NOTED_EVERY * 2)
    client.get("/")
    assert row_of(client).expire_date < timezone.now() + timedelta(minutes=6)


def test_a_new_key_gives_no_more_time(cast: Cast) -> None:
    """A changed password gives the session a new key."""
    store = SessionStore()
    begin(store, user_agent="", now=timezone.now() - timedelta(hours=3))
    store.create()
    store.cycle_key()
    started = PersonSession.objects.get(session_key=store.session_key).started_at
    assert timezone.now() - started >= timedelta(hours=3)


def test_a_sensitive_page_shortens_it(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead, marking=Marking.OFFICIAL_SENSITIVE.value)
    plain = published(cast.kent_author, cast.kent_lead)
    client = client_of(cast.kent_officer)
    client.get(f"/{plain.ref}/")
    assert row_of(client).expire_date - row_of(client).seen_at == IDLE
    assert client.get(f"/{page.ref}/").status_code == 200
    assert row_of(client).expire_date - row_of(client).seen_at == IDLE_AFTER_SENSITIVE


@pytest.mark.parametrize("key", ["", "x", "a" * 40, "a\0b" * 12, "' OR 1=1 --" * 3, "é" * 40])
def test_a_forged_cookie_is_nobody(db: None, key: str) -> None:
    assert SessionStore(key).load() == {}


def test_ones_own_are_listed_and_ended(cast: Cast) -> None:
    here, there, third = (client_of(cast.kent_officer) for _ in range(3))
    stranger = client_of(cast.essex_officer)
    listed = here.get("/account/").content.decode()
    assert row_of(there).ref in listed
    assert row_of(stranger).ref not in listed
    assert row_of(there).session_key not in listed

    here.post("/account/sessions/end/", {"session": row_of(there).ref})
    assert there.get("/").status_code == 302
    assert third.get("/").status_code == 200
    here.post("/account/sessions/end/")
    assert third.get("/").status_code == 302
    assert here.get("/").status_code == 200
    assert stranger.get("/").status_code == 200
    ended = Entry.objects.filter(event="session-ended").values_list("actor", "detail")
    assert list(ended) == [(cast.kent_officer.public_id, {"ended": 1})] * 2


def test_anothers_session_is_not_ended_and_not_told_of(cast: Cast) -> None:
    here, stranger = client_of(cast.kent_officer), client_of(cast.essex_officer)
    answers = []
    for ref in (row_of(stranger).ref, "0" * 16):
        answer = here.post("/account/sessions/end/", {"session": ref}, follow=True)
        answers.append("There was no such session any more." in answer.content.decode())
    assert answers == [True, True]
    assert stranger.get("/").status_code == 200


def test_a_session_that_was_ended_does_not_come_back(cast: Cast) -> None:
    """A request that was on its way when it was ended must not write it again."""
    client = client_of(cast.kent_officer)
    store = SessionStore(client.session.session_key)
    store.load()
    PersonSession.objects.all().delete()
    store.note_use(now=timezone.now() + NOTED_EVERY * 2)
    assert not PersonSession.objects.exists()


@pytest.mark.parametrize("way", ["leaves", "lost phone"])
def test_who_leaves_or_loses_the_phone_is_out_everywhere(cast: Cast, way: str) -> None:
    clients = [client_of(cast.kent_officer), client_of(cast.kent_officer)]
    if way == "leaves":
        end_membership(cast.kent_officer, by="system", at=timezone.now())
    else:
        remove_second_factor(cast.kent_officer, by="system")
    assert [client.get("/").status_code for client in clients] == [302, 302]
    assert not sessions_of(User.objects.get(pk=cast.kent_officer.pk), at=timezone.now())


def test_what_has_expired_is_forgotten(cast: Cast) -> None:
    old, new = client_of(cast.kent_officer), client_of(cast.kent_officer)
    key = new.session.session_key
    backdate(old, by=IDLE * 2)
    assert forget_expired() == 1
    assert list(PersonSession.objects.values_list("session_key", flat=True)) == [key]


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/131.0 Safari/537.36 Edg/131.0",
            "Edge / Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) Chrome/131.0 Mobile Safari/537.36",
            "Chrome / Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1",
            "Safari / iPhone",
        ),
        ("curl/8.0 <script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_so_that_its_owner_knows_it(user_agent: str, words: str) -> None:
    assert device_words(user_agent) == words
