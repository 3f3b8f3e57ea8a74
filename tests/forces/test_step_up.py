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

from access.vocabulary import Marking, Role
from forces.models import Membership, User
from forces.step_up import LASTS
from forces.strength import add_second_factor, forget_second_factor
from guidance import services
from tests.guidance.scene import Cast, draft, person, published
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
    fresh = client_with_proof_of(administrator, proved_at=now - LASTS + MINUTE)
    assert fresh.get(path).status_code == 200
    old = client_with_proof_of(administrator, proved_at=now - LASTS - MINUTE)
    assert is_asked(old.get(path), back_to=path)
    assert old.get("/people/").status_code == 200


def test_what_an_old_session_sends_is_not_done_and_not_lost(
    cast: Cast, administrator: User
) -> None:
    """The page holds what was sent, and after a proof in another tab takes it."""
    path = f"/people/{cast.kent_officer.public_id}/end/"
    old = client_with_proof_of(administrator, proved_at=timezone.now() - LASTS - MINUTE)
    answer = old.post(path, {"confirmed": "on", "password": "kept-back"})
    assert (answer.status_code, "Location" in answer.headers) == (403, False)
    shown = answer.content.decode()
    assert '<input type="hidden" name="confirmed" value="on">' in shown
    assert "kept-back" not in shown
    assert "next=%2Faccounts%2Fproved%2F" in shown
    assert Membership.objects.get(user=cast.kent_officer).ends_at is None
    session = old.session
    assert "confirmed" not in str(dict(session.items()))
    add_second_factor(session, administrator, at=timezone.now().timestamp())
    session.save()
    assert "Confirmed" in old.get("/accounts/proved/").content.decode()
    assert old.post(path, {"confirmed": "on"}).status_code == 302
    assert Membership.objects.get(user=cast.kent_officer).ends_at is not None


def test_whom_a_page_is_hidden_from_is_not_asked(cast: Cast) -> None:
    """Being asked would tell that there is something."""
    old = client_with_proof_of(cast.kent_officer, proved_at=timezone.now() - LASTS - MINUTE)
    path = f"/people/{cast.essex_officer.public_id}/end/"
    assert old.get(path).status_code == 404


def test_publishing_needs_a_fresh_proof(cast: Cast) -> None:
    """The dialog is fetched by a script: it says what to do instead of leading nowhere."""
    TOTP.activate(cast.kent_lead, "JBSWY3DPEHPK3PXP")
    page = draft(cast.kent_author)
    services.submit(page, by=cast.kent_author)
    state = page.current_workflow_task_state
    path = f"/admin/pages/workflow/action/{page.pk}/approve/{state.pk}/"
    old = client_with_proof_of(cast.kent_lead, proved_at=timezone.now() - LASTS - MINUTE)
    asked, sent = old.get(path), old.post(path, {"agrees": "on", "comment": "Well said."})
    for answer in (asked, sent):
        assert answer.status_code == 200
        assert "Confirm that it is you" in answer.json()["html"]
    assert f"/admin/pages/{page.pk}/edit/" in unquote(asked.json()["html"])
    assert 'name="comment" value="Well said."' in sent.json()["html"]
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
    old = client_with_proof_of(cast.kent_lead, proved_at=timezone.now() - LASTS - MINUTE)
    sent = {"action-workflow-action": "1", "workflow-action-name": "approve"}
    answer = old.post(path, sent)
    assert answer.status_code == 403
    assert 'name="workflow-action-name" value="approve"' in answer.content.decode()
    page.refresh_from_db()
    assert not page.live


def test_sending_a_page_back_needs_none(cast: Cast) -> None:
    """Only what lets more people read is asked about."""
    page = draft(cast.kent_author)
    services.submit(page, by=cast.kent_author)
    state = page.current_workflow_task_state
    old = client_with_proof_of(cast.kent_lead, proved_at=timezone.now() - LASTS - MINUTE)
    path = f"/admin/pages/workflow/action/{page.pk}/reject/{state.pk}/"
    assert "Confirm that it is you" not in old.get(path).json()["html"]


def test_admitting_a_force_needs_it(cast: Cast) -> None:
    TOTP.activate(cast.hub_approver, "JBSWY3DPEHPK3PXP")
    old = client_with_proof_of(cast.hub_approver, proved_at=timezone.now() - LASTS - MINUTE)
    assert old.get("/admin/organisations/").status_code == 200
    answer = old.get("/admin/organisations/new/")
    assert "/accounts/2fa/reauthenticate/" in answer.headers.get("Location", ""), answer


def test_who_has_a_passkey_only_proves_by_passkey(cast: Cast, administrator: User) -> None:
    Authenticator.objects.filter(user=administrator).update(type=Authenticator.Type.WEBAUTHN)
    old = client_with_proof_of(administrator, proved_at=timezone.now() - LASTS - MINUTE)
    answer = old.get(f"/people/{cast.kent_officer.public_id}/end/")
    assert answer.headers["Location"].startswith("/accounts/2fa/passkeys/reauthenticate/?next=")


def test_a_fresh_proof_gives_the_session_a_new_key(cast: Cast, administrator: User) -> None:
    """A key that somebody has copied is worth nothing from then on."""
    secret = "JBSWY3DPEHPK3PXP"
    client = client_with_proof_of(administrator, proved_at=timezone.now() - LASTS - MINUTE)
    copied = client.session.session_key
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    answer = client.post("/accounts/2fa/reauthenticate/?next=/people/add/", {"code": code})
    assert answer["Location"] == "/people/add/"
    assert client.session.session_key != copied
    assert client.get("/people/add/").status_code == 200
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = str(copied)
    assert thief.get("/people/").status_code == 302


def test_withdrawing_needs_a_fresh_proof_and_narrowing_none(cast: Cast) -> None:
    """Narrowing is urgent and lets nobody read more; withdrawing takes guidance out of force."""
    TOTP.activate(cast.kent_lead, "JBSWY3DPEHPK3PXP")  # pragma: allowlist secret
    page = published(cast.kent_author, cast.kent_lead)
    old = client_with_proof_of(cast.kent_lead, proved_at=timezone.now() - LASTS - MINUTE)
    path = f"/admin/guidance/withdraw/{page.pk}/"
    assert is_asked(old.get(path), back_to=path)
    assert old.get(f"/admin/guidance/narrow/{page.pk}/").status_code == 200


def test_a_weak_session_is_led_to_the_second_factor_and_back(cast: Cast) -> None:
    """Every page says so, the one that is not there too: that says nothing of the page."""
    TOTP.activate(cast.kent_officer, "JBSWY3DPEHPK3PXP")  # pragma: allowlist secret
    marking = Marking.OFFICIAL_SENSITIVE
    page = published(cast.kent_author, cast.kent_lead, marking=marking)
    weak = client_of(cast.kent_officer, second_factor=False)
    weak.get("/GD-33333/")
    hidden, absent = (weak.get(f"/{ref}/") for ref in (page.ref, "GD-22222"))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content.replace(page.ref.encode(), b"") == absent.content.replace(
        b"GD-22222", b""
    )
    way = f"/accounts/prove/?next=%2F{page.ref}%2F"
    assert way in hidden.content.decode()
    assert is_asked(weak.get(way), back_to=page.address)
    assert "/accounts/prove/" in weak.get("/").content.decode()
    session = weak.session
    add_second_factor(session, cast.kent_officer, at=timezone.now().timestamp())
    session.save()
    assert page.title in weak.get(page.address).content.decode()
    assert "/accounts/prove/" not in weak.get(page.address).content.decode()


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_a_proof_leads_nowhere_else(cast: Cast, wanted: str) -> None:
    TOTP.activate(cast.kent_officer, "JBSWY3DPEHPK3PXP")  # pragma: allowlist secret
    client = client_of(cast.kent_officer)
    assert is_asked(client.get("/accounts/prove/", {"next": wanted}), back_to="/")
