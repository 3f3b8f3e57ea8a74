"""The list of people: who is in it, how it narrows, and what it offers to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.vocabulary import Role
from audit.models import Entry
from forces.models import EmailDomain, Membership, User
from forces.services import end_membership
from tests.guidance.scene import Cast, person, seen_by
from tests.sign_in import client_of


@pytest.fixture
def keeper(cast: Cast) -> Client:
    return client_of(cast.hub_approver)


def page(keeper: Client, query: str = "") -> str:
    answer = keeper.get(f"/people/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def links_of(user: User, text: str) -> set[str]:
    verbs = ("move", "end", "second-factor")
    return {verb for verb in verbs if f"/people/{user.public_id}/{verb}/" in text}


def test_everybody_but_oneself_can_be_moved_ended_and_helped(cast: Cast, keeper: Client) -> None:
    text = page(keeper)
    assert links_of(cast.kent_officer, text) == {"move", "end", "second-factor"}
    assert links_of(cast.hub_approver, text) == set()
    assert cast.hub_approver.email in text


def test_people_whose_end_is_set_are_still_there(cast: Cast, keeper: Client) -> None:
    partner = person("riverside", Role.PARTNER)
    ends_at = timezone.now() + timedelta(days=40)
    partner.memberships.update(ends_at=ends_at)
    text = page(keeper)
    assert partner.email in text
    assert f"until {timezone.localtime(ends_at):%-d %B %Y}" in text


def test_who_left_is_in_a_list_of_their_own_and_can_come_back(cast: Cast, keeper: Client) -> None:
    end_membership(cast.kent_officer, by="system", at=timezone.now())
    assert cast.kent_officer.email not in page(keeper)
    left = page(keeper, "?left=on")
    assert links_of(cast.kent_officer, left) == {"move"}
    assert cast.kent_lead.email not in left
    kent = Membership.objects.get(user=cast.kent_officer).organisation
    EmailDomain.objects.create(domain="kent.example", organisation=kent)
    form = {"organisation": kent.pk, "email": cast.kent_officer.email}
    answer = keeper.post(
        f"/people/{cast.kent_officer.public_id}/move/",
        {**form, "roles": ["officer"], "ceiling": "1"},
    )
    assert answer.status_code == 302
    assert seen_by(User.objects.get(pk=cast.kent_officer.pk)).organisation == "kent"
    assert cast.kent_officer.email in page(keeper)


@pytest.mark.parametrize("words", ["KENT officer", "officer@kent"])
def test_the_list_is_searched_by_name_and_address(cast: Cast, keeper: Client, words: str) -> None:
    text = page(keeper, f"?words={words}")
    assert cast.kent_officer.email in text
    assert cast.essex_officer.email not in text


@pytest.mark.parametrize("query", ["organisation=atlantis", "words=%00", "words=" + "x" * 101])
def test_a_question_that_makes_no_sense_is_told_so(keeper: Client, query: str) -> None:
    answer = keeper.get(f"/people/?{query}")
    assert answer.status_code == 400
    assert b"There is a problem" in answer.content


def test_pages_keep_what_was_asked(
    cast: Cast, keeper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("forces.views.PAGE_SIZE", 2)
    text = page(keeper, "?words=kent&page=1")
    assert "?words=kent&amp;page=2" in text


def test_the_list_costs_the_same_with_more_people(cast: Cast, keeper: Client) -> None:
    counts = []
    page(keeper)  # the names of organisations are kept from now on
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            page(keeper)
        counts.append(len(queries))
        for one in range(5):
            person("kent", Role.OFFICER, name=f"more-{number}-{one}")
    assert counts[0] == counts[1]


def test_a_lost_phone_is_removed_and_another_enrolled(cast: Cast, keeper: Client) -> None:
    user = cast.kent_officer
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    found = client_of(user)
    assert found.get("/").status_code == 200
    path = f"/people/{user.public_id}/second-factor/"
    assert keeper.get(path).status_code == 200
    assert keeper.post(path, {}).status_code == 400
    assert Authenticator.objects.filter(user=user).exists()
    assert keeper.post(path, {"confirmed": "on"}).status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()
    row = Entry.objects.get(event="second-factor-removed")
    assert (row.actor, row.action_object) == (cast.hub_approver.public_id, user.public_id)
    # Whoever found the phone may have found a session with it.
    assert found.get("/")["Location"] == "/accounts/login/?next=/"
    user.refresh_from_db()
    assert not user.has_usable_password()
    weak = client_of(user, second_factor=False)
    assert weak.get("/")["Location"] == "/accounts/2fa/totp/activate/"


def test_two_who_move_one_person_at_once_are_told(
    cast: Cast, keeper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.exceptions import ValidationError

    def refuse(*args: object, **kwargs: object) -> None:
        raise ValidationError("End the current membership first.")

    monkeypatch.setattr("forces.proposals.move_person", refuse)
    path = f"/people/{cast.kent_officer.public_id}/move/"
    kent = Membership.objects.get(user=cast.kent_officer).organisation_id
    EmailDomain.objects.create(domain="kent.example", organisation_id=kent)
    told = {"organisation": kent, "roles": ["author"], "ceiling": "1"}
    answer = keeper.post(path, {**told, "email": cast.kent_officer.email})
    assert answer.status_code == 400
    assert b"End the current membership first." in answer.content
