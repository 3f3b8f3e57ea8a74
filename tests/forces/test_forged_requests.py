"""What a request says of itself is believed only where our own proxy wrote it."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from tests.guidance.scene import Cast
from tests.sign_in import client_of


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "testserver:x"]
)
def test_a_forged_host_is_refused(cast: Cast, host: str) -> None:
    for path in ("/", "/accounts/login/", "/accounts/password/reset/", "/nowhere/"):
        assert Client().get(path, headers={"Host": host}).status_code == 400, path
    answer = Client().post(
        "/accounts/password/reset/", {"email": cast.kent_officer.email}, headers={"Host": host}
    )
    assert answer.status_code == 400
    assert mail.outbox == []


@pytest.mark.parametrize(
    "forged",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Server": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-URL": "/admin/", "X-Rewrite-URL": "/admin/"},
        {"X-Forwarded-Port": "8443"},
    ],
    ids=lambda forged: next(iter(forged)),
)
def test_another_host_for_the_proxy_is_not_read(cast: Cast, forged: dict[str, str]) -> None:
    """The link in the mail leads here, whatever was sent beside the host."""
    Client().post("/accounts/password/reset/", {"email": cast.kent_officer.email}, headers=forged)
    body = str(mail.outbox[0].body)
    assert "http://testserver/accounts/password/reset/key/" in body
    assert "evil.example" not in body
    assert "8443" not in body
    answer = Client().get("/", headers=forged)
    assert answer["Location"] == "/accounts/login/?next=/"


@pytest.mark.parametrize("scheme", ["http", "HTTPS", "https,http", "http,https", "wss", ""])
def test_only_our_proxys_word_for_https_counts(db: None, settings: Settings, scheme: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    answer = Client().get("/accounts/login/", headers={"X-Forwarded-Proto": scheme})
    # Of a list the first counts: that is what the outermost proxy was sent, unless it writes anew.
    expected = 200 if scheme == "https,http" else 301
    assert answer.status_code == expected


def test_a_stolen_cookie_is_worth_nothing_after_sign_out(cast: Cast) -> None:
    owner, thief = client_of(cast.kent_officer), Client()
    stolen = owner.cookies["sessionid"].value
    thief.cookies["sessionid"] = stolen
    assert thief.get("/account/").status_code == 200
    owner.post("/accounts/logout/")
    for path in ("/", "/account/", "/search/?q=x", "/admin/", "/accounts/2fa/"):
        assert thief.get(path)["Location"].startswith("/accounts/login/"), path
    thief.cookies["sessionid"] = stolen
    thief.get("/accounts/login/")
    assert thief.get("/account/").status_code == 302


def test_trace_is_not_answered(cast: Cast) -> None:
    """It would send a request's own headers back, the session's among them."""
    for path in ("/", "/help/", "/accounts/login/", "/scim/v2/Users", "/admin/"):
        for client in (Client(), client_of(cast.kent_officer)):
            answer = client.trace(path, HTTP_X_CANARY="heron-in-the-reeds")
            assert answer.status_code == 405, path
            assert b"heron" not in answer.content
