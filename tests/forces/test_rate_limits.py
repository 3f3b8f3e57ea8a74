"""Guessing is slow: for a person, whether there is one or not, and for a second factor."""

from __future__ import annotations

import re
import time
from types import SimpleNamespace

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from audit.models import Entry
from forces.models import User
from tests.guidance.scene import Cast

PASSWORD = "a long enough password of nobody"
SECRET = "JBSWY3DPEHPK3PXP"
GUESSES = 6
FIVE_MINUTES = 5 * 60


@pytest.fixture
def officer(cast: Cast) -> User:
    cast.kent_officer.set_password(PASSWORD)
    cast.kent_officer.save()
    return cast.kent_officer


def post_sign_in(client: Client, email: str, password: str, *, place: str = "10.0.0.1") -> bytes:
    answer = client.post(
        "/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=place
    )
    return _told(answer)


def _told(answer: object) -> bytes:
    assert isinstance(answer, HttpResponse)
    body = re.sub(rb'value="[^"]*"', b"", answer.content)
    return str(answer.status_code).encode() + body


def test_a_password_cannot_be_guessed_from_many_places(officer: User) -> None:
    for number in range(GUESSES):
        post_sign_in(Client(), officer.email, f"wrong password {number}", place=f"10.0.0.{number}")
    client = Client()
    post_sign_in(client, officer.email, PASSWORD, place="10.0.1.1")
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_many_people_cannot_be_tried_from_one_place(officer: User) -> None:
    for number in range(12):
        post_sign_in(Client(), f"somebody-{number}@kent.example", "wrong password entirely")
    client = Client()
    post_sign_in(client, officer.email, PASSWORD)
    assert client.get("/")["Location"].startswith("/accounts/login/")


def test_the_limit_tells_nothing_about_who_is_there(officer: User) -> None:
    answers = [
        [
            post_sign_in(Client(), email, "wrong password entirely", place=f"10.{place}.0.{number}")
            for number in range(GUESSES + 2)
        ]
        for place, email in enumerate((officer.email, "nobody@kent.example"))
    ]
    assert answers[0] == answers[1]
    assert len(set(answers[0])) == 2, "first wrong, then too many"


def test_a_second_factor_cannot_be_guessed(officer: User) -> None:
    TOTP.activate(officer, SECRET)
    client = Client()
    post_sign_in(client, officer.email, PASSWORD)
    for _ in range(GUESSES):
        client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    code = format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert client.get("/")["Location"].startswith("/accounts/login/")


def code_now() -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return str(format_hotp_value(hotp_value(SECRET, counter)))


@pytest.mark.parametrize("codes", [50, pytest.param(1000, marks=pytest.mark.soak)])
def test_wrong_codes_are_refused_and_shut_nobody_out_for_good(
    officer: User, monkeypatch: pytest.MonkeyPatch, codes: int
) -> None:
    """A thief with the password tries; five minutes later its owner comes in from elsewhere."""
    TOTP.activate(officer, SECRET)
    thief = Client(REMOTE_ADDR="10.0.0.1")
    post_sign_in(thief, officer.email, PASSWORD)
    right = code_now()
    for number in range(codes):
        code = f"{number:06}" if f"{number:06}" != right else "999999"
        address = f"10.0.{number % 250}.1"
        answer = thief.post("/accounts/2fa/authenticate/", {"code": code}, REMOTE_ADDR=address)
        assert answer.status_code == 200, "the form again"
    rows = Entry.objects.filter(event="sign-in-failed", action_object=officer.public_id)
    assert [(row.reason, row.actor) for row in rows] == [("second-factor-totp", "")] * 5
    assert thief.get("/")["Location"].startswith("/accounts/login/")

    later = time.time() + FIVE_MINUTES + 1
    monkeypatch.setattr(ratelimit, "time", SimpleNamespace(time=lambda: later, monotonic=time.time))
    owner = Client()
    post_sign_in(owner, officer.email, PASSWORD, place="10.9.9.9")
    owner.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert owner.get("/").status_code == 200


def test_a_forged_address_does_not_hide_who_guesses(officer: User, settings: Settings) -> None:
    """Only what our own proxy appended counts; what stands before it was written by the asker."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(12):
        forged = {"X-Forwarded-For": f"10.7.{number}.1, 192.0.2.7"}
        data = {"login": f"somebody-{number}@kent.example", "password": "wrong password entirely"}
        Client().post("/accounts/login/", data, headers=forged)
    answers = {}
    for place in ("192.0.2.7", "192.0.2.8"):
        client = Client()
        headers = {"X-Forwarded-For": f"10.8.0.1, {place}"}
        client.post(
            "/accounts/login/", {"login": officer.email, "password": PASSWORD}, headers=headers
        )
        answers[place] = client.session.get("_auth_user_id")
    assert answers["192.0.2.7"] is None, "the guesser's own address"
    assert answers["192.0.2.8"] == str(officer.pk), "the neighbour behind the same proxy"


def test_without_a_proxy_the_header_is_not_read(officer: User) -> None:
    for number in range(12):
        data = {"login": f"somebody-{number}@kent.example", "password": "wrong password entirely"}
        Client().post("/accounts/login/", data, headers={"X-Forwarded-For": f"10.7.{number}.1"})
    client = Client()
    data = {"login": officer.email, "password": PASSWORD}
    client.post("/accounts/login/", data, headers={"X-Forwarded-For": "10.9.9.9"})
    assert client.session.get("_auth_user_id") is None


@pytest.mark.parametrize(
    ("path", "data", "most"),
    [
        ("/accounts/password/reset/", {"email": "somebody-{}@kent.example"}, 20),
        ("/join/", {"email": "somebody-{}@kent.example"}, 20),
    ],
)
def test_one_place_asks_for_so_many_people_and_no_more(
    officer: User, path: str, data: dict[str, str], most: int
) -> None:
    statuses = [
        Client()
        .post(path, {name: value.format(number) for name, value in data.items()})
        .status_code
        for number in range(most + 2)
    ]
    assert set(statuses[:most]) <= {200, 302}
    assert statuses[most:] == [429, 429]


def test_mail_to_one_address_is_limited(officer: User, mailoutbox: list[object]) -> None:
    for _ in range(GUESSES + 4):
        Client().post("/accounts/password/reset/", {"email": officer.email})
    assert 0 < len(mailoutbox) <= GUESSES
