"""Who speaks for whom, who is reminded, and who loses access when nobody does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from access.vocabulary import Role
from audit.models import Entry
from forces import confirmation
from forces.models import Membership, RolloutPhase, User
from tests.guidance.scene import Cast, person, seen_by
from tests.sign_in import client_of

EVERY, NOTICE = confirmation.EVERY, confirmation.NOTICE
DAY = timedelta(days=1)


def began(ago: timedelta, *users: User) -> None:
    """As if these had been members for so long, and everybody else since today."""
    now = timezone.now()
    Membership.objects.update(starts_at=now, confirmed_at=None, reminded_at=None)
    Membership.objects.filter(user__in=users).update(starts_at=now - ago)


def membership_of(user: User) -> Membership:
    return Membership.objects.select_related("user", "organisation").get(user=user)


@pytest.fixture
def lead(cast: Cast) -> Client:
    return client_of(cast.kent_lead)


def listed(user: User) -> set[str]:
    rows = confirmation.memberships_for(seen_by(user), at=timezone.now())
    return {row.user.email for row in rows}


def test_a_lead_speaks_for_officers_and_authors_of_the_own_force(cast: Cast) -> None:
    assert listed(cast.kent_lead) == {cast.kent_author.email, cast.kent_officer.email}
    other_lead = person("kent", Role.APPROVER, name="other")
    assert other_lead.email not in listed(cast.kent_lead), "another lead is the hub's"
    everybody = listed(cast.hub_approver)
    assert {cast.kent_lead.email, other_lead.email, cast.essex_officer.email} <= everybody
    assert cast.hub_approver.email not in everybody, "nobody speaks for themselves"
    for nobody in (cast.kent_author, cast.hub_editor, person("oversight", Role.AUDITOR)):
        assert listed(nobody) == set()
        assert client_of(nobody).get("/people/review/").status_code == 404


@pytest.mark.parametrize("action", [confirmation.confirm, confirmation.end_access])
def test_what_is_not_theirs_to_say_is_refused(cast: Cast, action: Any) -> None:
    viewer, now = seen_by(cast.kent_lead), timezone.now()
    for user in (cast.kent_lead, cast.essex_officer, cast.hub_editor):
        with pytest.raises(PermissionDenied):
            action([membership_of(user)], viewer=viewer, at=now)
    assert User.objects.filter(is_active=False).count() == 0


def test_answers_are_taken_and_recorded(cast: Cast, lead: Client) -> None:
    began(80 * DAY, cast.kent_author, cast.kent_officer, cast.essex_officer)
    page = lead.get("/people/review/").content.decode()
    assert "lapses on" in page
    kept, ended = membership_of(cast.kent_author), membership_of(cast.kent_officer)
    foreign = membership_of(cast.essex_officer)
    answers = {f"answer-{kept.pk}": "confirm", f"answer-{ended.pk}": "end"}
    sent = {**answers, f"answer-{foreign.pk}": "end"}
    answer = lead.post("/people/review/", sent, follow=True)
    assert "Confirmed: 1. Ended: 1." in answer.content.decode()
    assert "lapses on" not in answer.content.decode()
    assert not User.objects.get(pk=cast.kent_officer.pk).is_active
    assert User.objects.get(pk=cast.essex_officer.pk).is_active
    rows = Entry.objects.filter(event="membership-changed", actor=cast.kent_lead.public_id)
    assert [row.decision for row in rows.order_by("pk")] == ["confirmed", "ended"]


def test_a_reminder_goes_once_to_those_who_can_answer(cast: Cast) -> None:
    began(EVERY - NOTICE - DAY, cast.kent_author)
    assert confirmation.remind() == 0
    began(EVERY - NOTICE + DAY, cast.kent_author)
    assert confirmation.remind() == 1
    assert confirmation.remind() == 0


def test_a_reminder_names_nobody(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    began(EVERY, cast.kent_author)
    with django_capture_on_commit_callbacks(execute=True):
        confirmation.remind()
    leads, concerned = mail.outbox[:2], mail.outbox[2:]
    assert {one.to[0] for one in leads} == {cast.kent_lead.email, cast.hub_approver.email}
    assert [one.to[0] for one in concerned] == [cast.kent_author.email]
    assert "your access ends in about two weeks" in str(concerned[0].body)
    told = "".join(one.subject + str(one.body) for one in mail.outbox).lower()
    for hidden in (cast.kent_author.name, cast.kent_author.email, "kent"):
        assert hidden.lower() not in told


def test_a_lead_whose_page_is_shut_gets_no_mail(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    RolloutPhase.objects.update(opens_at=timezone.now() + DAY)
    began(EVERY, cast.kent_author)
    with django_capture_on_commit_callbacks(execute=True):
        confirmation.remind()
    told = {one.to[0] for one in mail.outbox}
    assert told == {cast.hub_approver.email, cast.kent_author.email}


def test_a_long_list_is_cut_into_pages(
    cast: Cast, lead: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forces.confirmation_views.PAGE_SIZE", 1)
    first, second = (
        lead.get(f"/people/review/?page={number}").content.decode() for number in (1, 2)
    )
    assert "Page 1 of 2" in first
    assert (cast.kent_author.email in first) != (cast.kent_author.email in second)


def test_the_home_of_a_lead_says_what_waits(cast: Cast, lead: Client) -> None:
    began(EVERY - DAY, cast.kent_author, cast.essex_officer)
    page = lead.get("/").content.decode()
    assert "1 person loses access soon" in page
    assert "/people/review/" in page
    assert "/people/review/" in lead.get("/forces/kent/").content.decode()
    for user in (cast.kent_officer, cast.kent_author):
        assert "loses access" not in client_of(user).get("/").content.decode()


def test_a_lead_removes_a_lost_factor_of_the_own_people(cast: Cast, lead: Client) -> None:
    TOTP.activate(cast.kent_officer, "JBSWY3DPEHPK3PXP")
    path = f"/people/{cast.kent_officer.public_id}/second-factor/"
    assert path in lead.get("/people/review/").content.decode()
    assert lead.get(path).status_code == 200
    assert lead.post(path, {"confirmed": "on"})["Location"] == "/people/review/"
    assert not Authenticator.objects.filter(user=cast.kent_officer).exists()
    row = Entry.objects.get(event="second-factor-removed")
    assert (row.actor, row.action_object) == (
        cast.kent_lead.public_id,
        cast.kent_officer.public_id,
    )
    other_lead = person("kent", Role.APPROVER, name="other")
    for user in (cast.essex_officer, other_lead, cast.hub_approver, cast.kent_lead):
        assert lead.get(f"/people/{user.public_id}/second-factor/").status_code == 404, user
    somebody = client_of(cast.kent_author)
    assert somebody.get(path).status_code == 404


def moments_later(user: User, *, reminded: timedelta, now: datetime) -> None:
    Membership.objects.filter(user=user).update(reminded_at=now - reminded)


def test_nobody_loses_access_without_two_weeks_of_notice(cast: Cast) -> None:
    """Not even where the reminder came late, as on the day this was put in."""
    began(3 * EVERY, cast.kent_author)
    assert confirmation.end_lapsed() == 0
    confirmation.remind()
    assert confirmation.end_lapsed() == 0
    moments_later(cast.kent_author, reminded=NOTICE + DAY, now=timezone.now())
    assert confirmation.end_lapsed() == 1
    assert not User.objects.get(pk=cast.kent_author.pk).is_active
    assert Entry.objects.filter(decision="lapsed", actor="system").count() == 1
    assert confirmation.end_lapsed() == 0


def test_who_was_confirmed_meanwhile_stays(cast: Cast) -> None:
    began(2 * EVERY, cast.kent_author)
    moments_later(cast.kent_author, reminded=NOTICE + DAY, now=timezone.now())
    viewer, now = seen_by(cast.kent_lead), timezone.now()
    confirmation.confirm([membership_of(cast.kent_author)], viewer=viewer, at=now)
    assert confirmation.end_lapsed() == 0
    Membership.objects.filter(user=cast.kent_author).update(confirmed_at=now - EVERY)
    moments_later(cast.kent_author, reminded=2 * EVERY, now=now)
    assert confirmation.end_lapsed() == 0, "last quarter's reminder is no notice of this one's"
    assert confirmation.remind() == 1


def test_the_last_who_looks_after_people_stays(cast: Cast) -> None:
    began(2 * EVERY, cast.hub_approver)
    moments_later(cast.hub_approver, reminded=NOTICE + DAY, now=timezone.now())
    assert confirmation.end_lapsed() == 0
    person("hub", Role.ADMINISTRATOR)
    assert confirmation.end_lapsed() == 1
