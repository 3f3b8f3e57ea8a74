"""Passwords, codes and recovery codes: what is taken, how often, and after which proof."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from forces.models import User
from tests.forces.test_sign_in import PASSWORD, SECRET, code_now, post_sign_in, with_password
from tests.forces.test_way_in import set_first_password
from tests.guidance.scene import Cast
from tests.sign_in import client_of

NO_LIMITS: dict[str, str] = {}
ODD = "  Ünter-der-Brücke ☂ " + "x" * 50
CHANGE = "/accounts/password/change/"


def enrolled(user: User) -> User:
    TOTP.activate(user, SECRET)
    return with_password(user)


def change(client: Client, old: str, new: str) -> Any:
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})


def test_a_change_needs_the_old_one_and_takes_a_long_new_one(cast: Cast) -> None:
    """Signs, blanks and all: it is kept as typed, and a missing blank is another password."""
    user = enrolled(cast.kent_officer)
    assert change(client_of(user), "not the old password", ODD).status_code == 200
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert change(client_of(user), PASSWORD, ODD).status_code == 302
    user.refresh_from_db()
    assert user.check_password(ODD)
    assert not user.check_password(ODD.strip())
    assert not user.check_password(ODD.casefold())


@pytest.mark.parametrize(
    "password",
    [
        "Metropolitan-Police-2027!",
        "knowledge portal 12",
        "PolicePolicePolice",
        "Official-Sensitive9",
    ],
)
def test_words_of_the_field_are_no_password(password: str) -> None:
    with pytest.raises(ValidationError, match="words of policing"):
        validate_password(password)
    validate_password(f"{password} under seven lanterns")


def test_the_field_is_masked_and_takes_what_a_manager_pastes(cast: Cast) -> None:
    page = Client().get("/accounts/login/").content.decode()
    assert 'type="password"' in page
    assert 'autocomplete="current-password"' in page
    changing = client_of(enrolled(cast.kent_officer)).get(CHANGE).content.decode()
    assert changing.count('autocomplete="new-password"') == 2
    for text in (page, changing):
        assert "onpaste" not in text
        assert 'autocomplete="off"' not in text


def test_a_code_works_once(cast: Cast) -> None:
    """Somebody who saw it typed is too late."""
    user = enrolled(cast.kent_officer)
    code, reached = code_now(), []
    for client in (Client(), Client()):
        post_sign_in(client, user.email)
        answer = client.post("/accounts/2fa/authenticate/", {"code": code})
        reached.append(answer.status_code)
    assert reached == [302, 200]


def test_recovery_codes_stand_in_once(cast: Cast) -> None:
    """Ten, each with more than a million values, and none twice."""
    user = enrolled(cast.kent_officer)
    codes = RecoveryCodes.activate(user).get_unused_codes()
    assert len(set(codes)) == len(codes) == 10
    assert min(map(len, codes)) >= 8
    reached = []
    for client in (Client(), Client()):
        post_sign_in(client, user.email)
        answer = client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        reached.append(answer.status_code)
    assert reached == [302, 200]
    assert len(RecoveryCodes.activate(user).get_unused_codes()) == 9


def test_a_reset_is_no_way_round_the_second_factor(cast: Cast) -> None:
    """The mail gives a new password, and the code is asked for as before."""
    user = enrolled(cast.kent_officer)
    client = Client()
    set_first_password(client, user)
    post_sign_in(client, user.email)
    assert client.get("/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_factors_are_changed_after_a_fresh_proof_only(cast: Cast, settings: Settings) -> None:
    """An open session of an hour ago adds and removes nothing."""
    user = enrolled(cast.kent_officer)
    client = client_of(user)
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [
        {**record, "at": time.time() - 3600} for record in records
    ]
    session.save()
    for path in ("totp/deactivate/", "passkeys/add/", "recovery-codes/generate/"):
        answer = client.get(f"/accounts/2fa/{path}")
        assert answer.status_code == 302, path
        assert "reauthenticate" in answer["Location"], path


def test_signing_out_is_offered_on_each_page(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    for path in ("/", "/search/", "/account/", "/help/"):
        assert "/accounts/logout/" in client.get(path).content.decode(), path
