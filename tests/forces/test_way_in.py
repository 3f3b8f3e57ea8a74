"""The whole way in through the forms: first password, second factor, and on to the page wanted."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from cryptography.fernet import Fernet
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from access.vocabulary import Marking
from audit.models import Entry
from forces.adapters import MFAAdapter
from forces.models import RolloutPhase, User
from tests.guidance.scene import Cast, lay_out_scene, published
from tests.sign_in import client_of

PASSWORD = "a long enough password of nobody"


def code_of(secret: str) -> str:
    code: str = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    return code


def set_first_password(client: Client, user: User) -> None:
    """By the mail that the reset page sends."""
    client.post("/accounts/password/reset/", {"email": user.email})
    found = re.search(
        r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", str(mail.outbox[-1].body)
    )
    assert found is not None
    form = client.get(found[1], follow=True)
    there = form.redirect_chain[-1][0]
    answer = client.post(there, {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 302


def sign_in(client: Client, user: User, *, wanted: str) -> None:
    login = client.get(wanted)["Location"]
    answer = client.post(login, {"login": user.email, "password": PASSWORD, "next": wanted})
    assert (answer.status_code, answer["Location"]) == (302, wanted)


def enrol(client: Client) -> str:
    answer = client.get("/accounts/2fa/totp/activate/")
    assert answer.status_code == 200, answer.headers
    secret: str = client.session["mfa.totp.secret"]
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    assert client.get(answer["Location"]).status_code == 200
    return secret


@pytest.mark.django_db(transaction=True)
def test_from_the_invitation_to_the_page_first_asked_for() -> None:
    lay_out_scene()
    cast = Cast()
    page = published(
        cast.kent_author, cast.kent_lead, marking=Marking.OFFICIAL_SENSITIVE, title="Wanted page"
    )
    client = Client()
    user = cast.kent_officer
    set_first_password(client, user)
    sign_in(client, user, wanted=page.address)
    assert client.get(page.address)["Location"] == "/accounts/2fa/totp/activate/"
    secret = enrol(client)
    # The last page of enrolment leads home.
    assert client.get("/")["Location"] == page.address
    assert "Wanted page" in client.get(page.address).content.decode()
    assert client.get("/").status_code == 200, "only once"
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored
    assert Entry.objects.filter(event="enrolment", actor=user.public_id, reason="totp").exists()


@pytest.mark.django_db(transaction=True)
def test_who_gives_the_second_factor_up_enrols_again() -> None:
    lay_out_scene()
    cast = Cast()
    page = published(cast.kent_author, cast.kent_lead, marking=Marking.OFFICIAL_SENSITIVE)
    client = Client()
    user = cast.kent_officer
    set_first_password(client, user)
    sign_in(client, user, wanted="/")
    client.get("/")
    enrol(client)
    assert client.get(page.address).status_code == 200
    answer = client.post("/accounts/2fa/totp/deactivate/")
    assert answer.status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()
    assert client.get(page.address)["Location"] == "/accounts/2fa/totp/activate/"
    row = Entry.objects.filter(event="second-factor-removed", reason="totp").get()
    assert (row.actor, bool(row.request_id)) == (user.public_id, True)


def test_a_weak_session_of_an_unadmitted_force_waits_as_well(cast: Cast) -> None:
    user = cast.kent_officer
    Authenticator.objects.create(user=user, type="totp", data={"secret": MFAAdapter().encrypt("A")})
    RolloutPhase.objects.update(opens_at=timezone.now().replace(year=2090))
    answer = client_of(user, second_factor=False).get("/search/?q=x")
    assert answer.status_code == 403
    assert b"not open yet" in answer.content


@pytest.mark.parametrize("path", ["//evil.example/", "/\\evil.example/", "/%5Cevil.example/"])
def test_the_way_back_stays_on_this_site(cast: Cast, path: str) -> None:
    user = cast.kent_officer
    user.set_password(PASSWORD)
    user.save()
    answer = Client().post(
        "/accounts/login/", {"login": user.email, "password": PASSWORD, "next": path}
    )
    assert answer.status_code == 302
    assert not answer["Location"].startswith(("//", "/\\", "http"))


def test_the_same_hashing_for_known_unknown_and_unset(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where time would tell, the work is compared: one hash of a password each."""
    cast.kent_officer.set_password(PASSWORD)
    cast.kent_officer.save()
    hashed: list[str] = []
    original = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return original(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    counts = []
    for email in (cast.kent_officer.email, cast.met_officer.email, "nobody@kent.example"):
        hashed.clear()
        Client().post("/accounts/login/", {"login": email, "password": "wrong password entirely"})
        counts.append(len(hashed))
    assert counts[0] == counts[2]
    assert counts[1] == counts[2]


def test_keys_are_rotated_by_putting_a_new_one_first() -> None:
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    adapter = MFAAdapter()
    with override_settings(MFA_SECRET_KEYS=[old]):
        stored = adapter.encrypt("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in stored
    with override_settings(MFA_SECRET_KEYS=[new, old]):
        assert adapter.decrypt(stored) == "JBSWY3DPEHPK3PXP"
        written_now = adapter.encrypt("JBSWY3DPEHPK3PXP")
    with override_settings(MFA_SECRET_KEYS=[new]):
        assert adapter.decrypt(written_now) == "JBSWY3DPEHPK3PXP"


@pytest.mark.parametrize(
    "path",
    [
        "/admin/password_reset/",
        "/admin/account/",
        "/admin/users/",
        "/accounts/confirm-email/",
        "/accounts/login/code/confirm/",
        "/accounts/social/connections/",
    ],
)
def test_doors_of_wagtail_and_allauth_that_this_site_has_not(cast: Cast, path: str) -> None:
    for client in (Client(), client_of(cast.hub_editor)):
        answer = client.get(path)
        is_ours = answer.status_code == 302 and answer["Location"].startswith(
            ("/accounts/login/", "/account/")
        )
        assert answer.status_code == 404 or is_ours, (path, answer)
