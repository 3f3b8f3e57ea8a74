"""Signing out ends the session here, and leads on to where the provider ends its own."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from pytest_django import Settings

from forces.models import IdentityProvider, User
from forces.services import tie_force_account
from forces.single_sign_on.claims import uid_of
from tests.forces.single_sign_on.conftest import Visit, onward_in
from tests.guidance.scene import Cast
from tests.services.identity_provider.process import CLIENT_ID, Provider
from tests.sign_in import client_of

Visiting = Callable[[], Visit]


@pytest.fixture
def inside(cast: Cast, visit: Visiting, kent: IdentityProvider) -> Client:
    User.objects.filter(pk=cast.kent_officer.pk).update(email="sam@kent.police.example")
    uid = uid_of(kent, subject="sam")
    tie_force_account(cast.kent_officer, provider=kent, uid=uid, by="system")
    there = visit()
    there.sign_in("sam")
    assert there.browser.session.get("_auth_user_id")
    return there.browser


def test_whoever_came_by_the_force_signs_out_there_too(
    inside: Client, kents_provider: Provider
) -> None:
    answer = inside.post("/accounts/logout/")
    onward = urlsplit(onward_in(answer))
    assert f"{onward.scheme}://{onward.netloc}" == kents_provider.issuer
    assert parse_qs(onward.query) == {
        "client_id": [CLIENT_ID],
        "post_logout_redirect_uri": ["http://testserver/accounts/login/"],
    }
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert inside.get("/").status_code == 302
    assert requests.get(onward.geturl(), timeout=10).status_code == 200


def test_whoever_came_by_password_goes_nowhere_else(cast: Cast, kent: IdentityProvider) -> None:
    answer = client_of(cast.kent_officer).post("/accounts/logout/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")


def test_a_provider_that_is_down_holds_nobody_up(inside: Client) -> None:
    IdentityProvider.objects.update(issuer="http://127.0.0.1:9")
    assert_signs_out_here(inside)


def test_nobody_is_sent_on_over_http(inside: Client, settings: Settings) -> None:
    settings.SSO_INSECURE_ISSUERS = False
    assert_signs_out_here(inside)


def assert_signs_out_here(browser: Client) -> None:
    answer = browser.post("/accounts/logout/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert browser.get("/").status_code == 302
