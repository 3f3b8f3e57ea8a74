"""Guessing is slow: for a person, whether there is one or not, and for a second factor."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from forces.models import User
from tests.guidance.scene import Cast

PASSWORD = "a long enough password of nobody"
SECRET = "JBSWY3DPEHPK3PXP"
GUESSES = 6


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


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


def test_mail_to_one_address_is_limited(officer: User, mailoutbox: list[object]) -> None:
    for _ in range(GUESSES + 4):
        Client().post("/accounts/password/reset/", {"email": officer.email})
    assert 0 < len(mailoutbox) <= GUESSES
