"""What a hostile provider, or somebody on the way, tries: refused, recorded, nobody let in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests
from django.test import Client
from django.utils import timezone

from forces.models import EmailDomain, IdentityProvider, Invitation, Organisation
from forces.services import tie_force_account
from forces.single_sign_on.claims import RefusedError, claims_in, uid_of
from tests.forces.single_sign_on.conftest import BACK, Visit, last_refusal, onward_in
from tests.guidance.scene import Cast
from tests.services.identity_provider.process import CLIENT_ID, Provider, key_in_pem

Visiting = Callable[[], Visit]
NOW = int(timezone.now().timestamp())


@pytest.fixture(autouse=True)
def sam(cast: Cast, kent: IdentityProvider) -> None:
    """Somebody who could sign in, if all were well."""
    uid = uid_of(kent, subject="sam")
    tie_force_account(cast.kent_author, provider=kent, uid=uid, by="system")


@pytest.mark.parametrize(
    ("reason", "claims"),
    [
        ("tenant", {"tid": "another-tenant"}),
        ("tenant", {"tid": None}),
        ("tenant", {"tid": ["tenant-of-kent"]}),
        ("nonce", {"nonce": "another"}),
        ("token", {"nonce": None}),
        ("token", {"iss": "https://login.example/another"}),
        ("token", {"aud": "another-client"}),
        ("token", {"aud": ["another-client"]}),
        ("authorised-party", {"aud": [CLIENT_ID, "another-client"]}),
        ("authorised-party", {"azp": "another-client"}),
        ("token", {"exp": NOW - 3600}),
        ("token", {"exp": None}),
        ("token", {"sub": None}),
        ("auth-time", {"auth_time": NOW - 13 * 3600}),
        ("auth-time", {"auth_time": NOW + 3600}),
        ("auth-time", {"auth_time": None}),
        ("auth-time", {"auth_time": "now"}),
        ("auth-time", {"auth_time": True}),
        ("email-unverified", {"email_verified": False}),
        ("email-unverified", {"email_verified": None}),
        ("email-unverified", {"email_verified": "true"}),
        ("email-unverified", {"email": None}),
        ("email-domain", {"email": "chief@essex.police.example"}),
        ("email-domain", {"email": "sam@kent.police.example.evil.example"}),
        ("email-domain", {"email": "sam@kent.police.example@evil.example"}),
    ],
)
def test_a_token_of_which_one_claim_is_wrong_opens_nothing(
    visit: Visiting, kents_provider: Provider, reason: str, claims: dict[str, Any]
) -> None:
    EmailDomain.objects.create(
        domain="essex.police.example", organisation=Organisation.objects.get(slug="essex")
    )
    kents_provider.claim("sam", **claims)
    attempt = visit()
    answer = attempt.sign_in("sam")
    assert answer.status_code == 403
    assert "You are not signed in" in answer.content.decode()
    assert last_refusal() == reason
    assert "_auth_user_id" not in attempt.browser.session
    assert not Invitation.objects.exists()


def test_nobody_is_locked_out_by_refusals(visit: Visiting, kents_provider: Provider) -> None:
    attempt = visit()
    kents_provider.claim("sam", nonce="another")
    refusals = [attempt.sign_in("sam").status_code for _ in range(12)]
    assert refusals == [403] * 12
    kents_provider.forget()
    assert attempt.sign_in("sam").status_code == 200
    assert "_auth_user_id" in attempt.browser.session


def test_the_same_subject_of_another_provider_is_somebody_else(
    visit: Visiting, kent: IdentityProvider, hostile_provider: Provider
) -> None:
    """Kent's provider is another one now: who was tied to the old one is a stranger."""
    IdentityProvider.objects.update(issuer=hostile_provider.issuer)
    attempt = Visit(Client(), hostile_provider)
    assert "Your lead has been asked" in attempt.sign_in("sam").content.decode()
    assert "_auth_user_id" not in attempt.browser.session


def test_an_answer_of_another_provider_is_not_taken(
    visit: Visiting, kents_provider: Provider, hostile_provider: Provider
) -> None:
    """The hostile one knows our address, and the state of a victim whom it sent on."""
    attempt = visit()
    onward = attempt.onward()
    hostile = onward.replace(kents_provider.issuer, hostile_provider.issuer)
    back = hostile_provider.sign_in(hostile, subject="sam")
    assert attempt.browser.get(back).status_code == 403
    assert last_refusal() == "token"
    named = attempt.onward()
    state = parse_qs(urlsplit(named).query)["state"][0]
    told = urlencode({"state": state, "code": "x", "iss": hostile_provider.issuer})
    assert attempt.browser.get(f"{BACK}?{told}").status_code == 403
    assert last_refusal() == "not-asked-for"


def test_a_code_works_once_and_in_one_browser(visit: Visiting, kents_provider: Provider) -> None:
    victim, thief = visit(), visit()
    back = kents_provider.sign_in(victim.onward(), subject="sam")
    assert thief.browser.get(back).status_code == 403
    assert last_refusal() == "not-asked-for"
    assert victim.browser.get(back).status_code == 302
    assert victim.browser.get(back).status_code == 403, "the state is used up"
    # And with a state of the thief's own: the code is for another challenge and another nonce.
    back = kents_provider.sign_in(visit().onward(), subject="sam")
    code = parse_qs(urlsplit(back).query)["code"][0]
    state = parse_qs(urlsplit(thief.onward()).query)["state"][0]
    answer = thief.browser.get(f"{BACK}?{urlencode({'code': code, 'state': state})}")
    assert answer.status_code == 403
    assert last_refusal() == "token"
    assert "_auth_user_id" not in thief.browser.session


def test_what_is_asked_is_not_the_callers_to_choose(visit: Visiting) -> None:
    """Neither by the address nor by the form."""
    browser = visit().browser
    chosen = urlencode({"scope": "admin", "auth_params": "nonce=x&max_age=99999999&prompt=none"})
    answer = browser.post(f"/accounts/force/?{chosen}", {"force": "kent", "process": "connect"})
    asked = parse_qs(urlsplit(onward_in(answer)).query)
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert asked["max_age"] == ["43200"]
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["nonce"][0]) >= 32
    assert "prompt" not in asked


def test_nobody_is_led_away_afterwards(visit: Visiting) -> None:
    answer = visit().sign_in("sam", next="https://evil.example/")
    assert [address for address, _ in answer.redirect_chain] == ["/"]


def test_a_provider_that_is_down_or_ended_is_said_plainly(
    visit: Visiting, kent: IdentityProvider, tmp_path: Path
) -> None:
    attempt = visit()
    onward = attempt.onward()
    IdentityProvider.objects.update(issuer="http://127.0.0.1:9")
    answer = attempt.browser.post("/accounts/force/", {"force": "kent"})
    assert answer.status_code == 503
    assert "Try again in a few minutes" in answer.content.decode()
    state = parse_qs(urlsplit(onward).query)["state"][0]
    assert attempt.browser.get(f"{BACK}?code=x&state={state}").status_code == 503
    IdentityProvider.objects.update(ended_at=timezone.now())
    assert attempt.browser.get(f"{BACK}?code=x&state={state}").status_code == 404
    answer = attempt.browser.post("/accounts/force/", {"force": "kent"})
    assert answer.status_code == 400
    assert "No force signs in this way yet" in answer.content.decode()


def test_who_stops_at_the_provider_is_told_so(visit: Visiting) -> None:
    attempt = visit()
    state = parse_qs(urlsplit(attempt.onward()).query)["state"][0]
    answer = attempt.browser.get(f"{BACK}?error=access_denied&state={state}")
    assert "Nothing has happened here" in answer.content.decode()
    assert last_refusal() == "cancelled"


@pytest.mark.parametrize("alg", ["HS256", "none"])
def test_a_token_signed_with_what_everybody_knows_is_refused(
    kent: IdentityProvider, kents_provider: Provider, alg: str
) -> None:
    """The public key as a shared secret, or no signature at all."""
    keys = requests.get(f"{kents_provider.issuer}/.well-known/jwks.json", timeout=10).json()
    claims = {
        "iss": kent.issuer,
        "aud": CLIENT_ID,
        "sub": "sam",
        "nonce": "n",
        "iat": NOW,
        "exp": NOW + 60,
    }
    secret: str = keys["keys"][0]["n"] if alg == "HS256" else ""
    headers = {"kid": keys["keys"][0]["kid"]}
    token = jwt.encode(claims, secret, algorithm=alg, headers=headers)
    with pytest.raises(RefusedError, match="token"):
        claims_in(token, keys=keys, provider=kent)
    forged = jwt.encode(claims, key_in_pem(), algorithm="RS256", headers=headers)
    with pytest.raises(RefusedError, match="token"):
        claims_in(forged, keys=keys, provider=kent)
