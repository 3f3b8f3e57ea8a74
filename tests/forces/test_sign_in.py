"""Signing in: second factor first, strength of this session, one way in, no way to sign up."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from access.vocabulary import Marking, Role
from audit.models import Entry
from forces.models import Organisation, RolloutPhase, User
from forces.services import end_membership, move_person
from tests.guidance.scene import Cast, published
from tests.sign_in import client_of

PASSWORD = "a long enough password of nobody"
SECRET = "JBSWY3DPEHPK3PXP"


def code_now() -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    code: str = format_hotp_value(hotp_value(SECRET, counter))
    return code


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def post_sign_in(client: Client, email: str, password: str = PASSWORD) -> HttpResponse:
    return client.post(  # type: ignore[return-value]
        "/accounts/login/", {"login": email, "password": password}
    )


def test_every_address_leads_a_visitor_to_sign_in_and_back(cast: Cast) -> None:
    for path in ("/", "/search/?q=x", "/GD-22222/", "/admin/", "/people/"):
        response = Client().get(path)
        assert response.status_code == 302, path
        assert response["Location"].startswith("/accounts/login/?next=")
        assert response["Cache-Control"] == "private, no-store"


def test_nobody_gets_in_without_enrolling_a_second_factor(cast: Cast) -> None:
    user = with_password(cast.kent_officer)
    client = Client()
    post_sign_in(client, user.email)
    response = client.get("/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/2fa/totp/activate/")


def test_enrolling_lets_the_same_session_in_and_encrypts_the_secret(
    cast: Cast, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    user = with_password(cast.kent_officer)
    client = Client()
    post_sign_in(client, user.email)
    response = client.get("/accounts/2fa/totp/activate/")
    assert response.status_code == 200, response.headers
    page = response.content.decode()
    secret = client.session["mfa.totp.secret"]
    assert secret in page
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert answer.status_code == 302
    stored = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in stored
    assert client.get("/").status_code == 200
    assert Entry.objects.filter(event="enrolment", actor=user.public_id).exists()


def test_password_alone_does_not_sign_in_who_has_a_second_factor(cast: Cast) -> None:
    user = with_password(cast.kent_officer)
    TOTP.activate(user, SECRET)
    client = Client()
    post_sign_in(client, user.email)
    assert client.get("/")["Location"].startswith("/accounts/login/")
    client.post("/accounts/2fa/authenticate/", {"code": code_now()})
    assert client.get("/").status_code == 200


def test_the_strength_of_this_session_counts_not_the_person(cast: Cast) -> None:
    page = published(
        cast.kent_author, cast.kent_lead, marking=Marking.OFFICIAL_SENSITIVE, title="Secret tactic"
    )
    user = cast.kent_officer
    TOTP.activate(user, SECRET)
    assert client_of(user).get(page.address).status_code == 200
    assert client_of(user, second_factor=False).get(page.address).status_code == 404


def test_wrong_password_and_unknown_address_answer_alike(cast: Cast) -> None:
    with_password(cast.kent_officer)
    answers = []
    for email in (cast.kent_officer.email, "nobody@kent.example"):
        response = post_sign_in(Client(), email, "wrong password entirely")
        body = re.sub(rb'name="csrfmiddlewaretoken" value="[^"]+"', b"", response.content)
        answers.append((response.status_code, body.replace(email.encode(), b"EMAIL")))
    assert answers[0] == answers[1]


def test_password_reset_tells_nothing_and_mails_only_who_is_there(cast: Cast) -> None:
    answers = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in (cast.kent_officer.email, "nobody@kent.example")
    ]
    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (302, "/accounts/password/reset/done/")
    }
    assert [message.to for message in mail.outbox] == [[cast.kent_officer.email]]


@pytest.mark.parametrize("path", ["/accounts/signup/", "/accounts/email/"])
def test_nobody_signs_up(cast: Cast, path: str) -> None:
    before = User.objects.count()
    response = Client().post(path, {"email": "new@kent.example", "password1": PASSWORD})
    assert response.status_code in (302, 405)
    assert User.objects.count() == before


@pytest.mark.parametrize("path", ["/admin/login/", "/admin/login/?next=/admin/"])
def test_wagtails_own_sign_in_is_not_there(cast: Cast, path: str) -> None:
    for client in (Client(), client_of(cast.hub_editor)):
        response = client.post(path, {"username": "x", "password": "y"})
        assert response.status_code == 302
        assert response["Location"].startswith("/accounts/login/")


def test_an_unadmitted_force_sees_the_waiting_page(cast: Cast) -> None:
    RolloutPhase.objects.update(opens_at=timezone.now().replace(year=2090))
    response = client_of(cast.kent_officer).get("/search/?q=x")
    assert response.status_code == 403
    assert b"not open yet" in response.content


def test_a_move_takes_effect_in_an_open_session(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    client = client_of(cast.kent_officer)
    assert client.get(page.address).status_code == 200
    move_person(
        cast.kent_officer,
        organisation=Organisation.objects.get(slug="essex"),
        roles=[Role.OFFICER],
        ceiling=Marking.OFFICIAL_SENSITIVE,
        by="system",
        at=timezone.now(),
    )
    assert client.get(page.address).status_code == 404


def test_leaving_takes_effect_in_an_open_session(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    assert client.get("/").status_code == 200
    end_membership(cast.kent_officer, by="system", at=timezone.now())
    assert client.get("/").status_code == 302


def test_an_author_who_moves_loses_the_old_section_at_once(cast: Cast) -> None:
    client = client_of(cast.kent_author)
    assert client.get("/admin/").status_code == 200
    move_person(
        cast.kent_author,
        organisation=Organisation.objects.get(slug="essex"),
        roles=[Role.OFFICER],
        ceiling=Marking.OFFICIAL,
        by="system",
        at=timezone.now(),
    )
    assert client.get("/admin/").status_code == 404
