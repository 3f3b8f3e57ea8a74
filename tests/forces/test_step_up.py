"""A fresh second factor before access changes and publishing; a weak or old session is asked."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client
from django.utils import timezone

from access.vocabulary import Role
from forces.models import Membership, User
from forces.step_up import TO_OPEN, TO_SEND
from forces.strength import add_second_factor, forget_second_factor
from guidance import services
from tests.guidance.scene import Cast, draft, person
from tests.sign_in import client_of

MINUTE = timedelta(minutes=1)


def client_with_proof_of(user: User, *, proved_at: datetime) -> Client:
    client = client_of(user)
    session = client.session
    forget_second_factor(session)
    add_second_factor(session, user, at=proved_at.timestamp())
    session.save()
    return client


@pytest.fixture
def administrator(cast: Cast) -> User:
    user = person("hub", Role.ADMINISTRATOR)
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    return user


def is_asked(answer: Any, *, back_to: str) -> bool:
    where = unquote(answer.headers.get("Location", ""))
    return answer.status_code == 302 and where == f"/accounts/2fa/reauthenticate/?next={back_to}"


def test_access_is_not_changed_by_an_old_session(cast: Cast, administrator: User) -> None:
    path = f"/people/{cast.kent_officer.public_id}/end/"
    now = timezone.now()
    fresh = client_with_proof_of(administrator, proved_at=now - TO_OPEN + MINUTE)
    assert fresh.get(path).status_code == 200
    old = client_with_proof_of(administrator, proved_at=now - TO_OPEN - MINUTE)
    assert is_asked(old.get(path), back_to=path)
    assert old.get("/people/").status_code == 200


def test_what_an_old_session_sends_is_not_done_and_said_so(cast: Cast, administrator: User) -> None:
    path = f"/people/{cast.kent_officer.public_id}/end/"
    old = client_with_proof_of(administrator, proved_at=timezone.now() - TO_SEND - MINUTE)
    answer = old.post(path, {"sure": "on"})
    assert is_asked(answer, back_to=path)
    assert Membership.objects.get(user=cast.kent_officer).ends_at is None
    shown = old.get(answer.headers["Location"]).content.decode()
    assert "Nothing was changed" in shown


def test_a_form_that_took_its_time_is_still_taken(cast: Cast, administrator: User) -> None:
    path = f"/people/{cast.kent_officer.public_id}/second-factor/"
    slow = client_with_proof_of(administrator, proved_at=timezone.now() - TO_SEND + MINUTE)
    assert slow.post(path, {}).status_code != 302


def test_whom_a_page_is_hidden_from_is_not_asked(cast: Cast) -> None:
    """Being asked would tell that there is something."""
    old = client_with_proof_of(cast.kent_officer, proved_at=timezone.now() - TO_SEND)
    path = f"/people/{cast.essex_officer.public_id}/end/"
    assert old.get(path).status_code == 404


def test_publishing_needs_a_fresh_proof(cast: Cast) -> None:
    """The dialog is fetched by a script: it says what to do instead of leading nowhere."""
    TOTP.activate(cast.kent_lead, "JBSWY3DPEHPK3PXP")
    page = draft(cast.kent_author)
    services.submit(page, by=cast.kent_author)
    state = page.current_workflow_task_state
    path = f"/admin/pages/workflow/action/{page.pk}/approve/{state.pk}/"
    old = client_with_proof_of(cast.kent_lead, proved_at=timezone.now() - TO_SEND - MINUTE)
    for answer in (old.get(path), old.post(path, {"agrees": "on"})):
        assert answer.status_code == 200
        assert "Confirm that it is you" in answer.json()["html"]
        assert f"/admin/pages/{page.pk}/edit/" in unquote(answer.json()["html"])
    page.refresh_from_db()
    assert not page.live

    fresh = client_with_proof_of(cast.kent_lead, proved_at=timezone.now())
    assert "I have read this page" in fresh.get(path).json()["html"]
    fresh.post(path, {"agrees": "on"})
    page.refresh_from_db()
    assert page.live


def test_publishing_from_the_editor_needs_it_too(cast: Cast) -> None:
    TOTP.activate(cast.kent_lead, "JBSWY3DPEHPK3PXP")
    page = draft(cast.kent_author)
    services.submit(page, by=cast.kent_author)
    path = f"/admin/pages/{page.pk}/edit/"
    old = client_with_proof_of(cast.kent_lead, proved_at=timezone.now() - TO_SEND - MINUTE)
    sent = {"action-workflow-action": "1", "workflow-action-name": "approve"}
    assert is_asked(old.post(path, sent), back_to=path)
    page.refresh_from_db()
    assert not page.live


def test_sending_a_page_back_needs_none(cast: Cast) -> None:
    """Only what lets more people read is asked about."""
    page = draft(cast.kent_author)
    services.submit(page, by=cast.kent_author)
    state = page.current_workflow_task_state
    old = client_with_proof_of(cast.kent_lead, proved_at=timezone.now() - TO_SEND - MINUTE)
    path = f"/admin/pages/workflow/action/{page.pk}/reject/{state.pk}/"
    assert "Confirm that it is you" not in old.get(path).json()["html"]


def test_admitting_a_force_needs_it(cast: Cast) -> None:
    TOTP.activate(cast.hub_approver, "JBSWY3DPEHPK3PXP")
    old = client_with_proof_of(cast.hub_approver, proved_at=timezone.now() - TO_SEND)
    assert old.get("/admin/organisations/").status_code == 200
    answer = old.get("/admin/organisations/new/")
    assert "/accounts/2fa/reauthenticate/" in answer.headers.get("Location", ""), answer


def test_who_has_a_passkey_only_proves_by_passkey(cast: Cast, administrator: User) -> None:
    Authenticator.objects.filter(user=administrator).update(type=Authenticator.Type.WEBAUTHN)
    old = client_with_proof_of(administrator, proved_at=timezone.now() - TO_SEND)
    answer = old.get(f"/people/{cast.kent_officer.public_id}/end/")
    assert answer.headers["Location"].startswith("/accounts/2fa/passkeys/reauthenticate/?next=")


def test_a_fresh_proof_gives_the_session_a_new_key(cast: Cast, administrator: User) -> None:
    """A key that somebody has copied is worth nothing from then on."""
    secret = "JBSWY3DPEHPK3PXP"
    client = client_with_proof_of(administrator, proved_at=timezone.now() - TO_SEND - MINUTE)
    copied = client.session.session_key
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    answer = client.post("/accounts/2fa/reauthenticate/?next=/people/add/", {"code": code})
    assert answer["Location"] == "/people/add/"
    assert client.session.session_key != copied
    assert client.get("/people/add/").status_code == 200
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = str(copied)
    assert thief.get("/people/").status_code == 302
