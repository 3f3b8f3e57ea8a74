"""What ends with a membership, who comes back, and who may not be the one to decide."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from access.policy import ANONYMOUS
from access.vocabulary import Marking, Role
from audit.models import Entry
from forces.models import (
    BreakGlassGrant,
    GroupMembership,
    Membership,
    Organisation,
    User,
)
from forces.services import end_membership, join_group, move_person, remove_second_factor
from tests.guidance.scene import LONG_AGO, Cast, need_to_know, person, seen_by
from tests.sign_in import client_of

NOTHING: frozenset[str] = frozenset()


def moved(user: User, organisation: str, *roles: Role, by: str = "system") -> None:
    move_person(
        user,
        organisation=Organisation.objects.get(slug=organisation),
        roles=roles or (Role.OFFICER,),
        ceiling=Marking.OFFICIAL_SENSITIVE,
        by=by,
        at=timezone.now(),
    )


def with_extras(user: User, *, by: User) -> User:
    """In a group, and with one grant that runs and one that has yet to begin."""
    group = need_to_know("witnesses")
    join_group(user, group, by=by.public_id, at=LONG_AGO)
    now = timezone.now()
    for ref, days in (("GD-22222", -1), ("GD-22223", 1)):
        BreakGlassGrant.objects.create(
            user=user,
            document_ref=ref,
            reason="Court order",
            granted_by=by,
            starts_at=now + timedelta(days=days),
            ends_at=now + timedelta(days=9),
        )
    assert seen_by(user).groups == {"witnesses"}
    assert seen_by(user).grants == {"GD-22222"}
    return user


def test_a_move_ends_groups_and_grants(cast: Cast) -> None:
    user = with_extras(cast.kent_officer, by=cast.hub_approver)
    moved(user, "essex")
    for days in (0, 2):
        viewer = seen_by(user, at=timezone.now() + timedelta(days=days))
        assert (viewer.organisation, viewer.groups, viewer.grants) == ("essex", NOTHING, NOTHING)


def test_another_role_in_the_same_organisation_ends_nothing_else(cast: Cast) -> None:
    user = with_extras(cast.kent_officer, by=cast.hub_approver)
    moved(user, "kent", Role.AUTHOR)
    viewer = seen_by(user)
    assert viewer.roles == {Role.AUTHOR}
    assert viewer.groups == {"witnesses"}
    assert viewer.grants == {"GD-22222"}


def test_who_leaves_and_comes_back_starts_with_nothing(cast: Cast) -> None:
    user = with_extras(cast.kent_officer, by=cast.hub_approver)
    end_membership(user, by="system", at=timezone.now())
    assert seen_by(User.objects.get(pk=user.pk)) == ANONYMOUS
    moved(user, "kent")
    viewer = seen_by(User.objects.get(pk=user.pk))
    assert (viewer.active, viewer.organisation) == (True, "kent")
    assert (viewer.groups, viewer.grants) == (NOTHING, NOTHING)


def test_a_membership_that_lapsed_takes_its_groups_along(cast: Cast) -> None:
    user = with_extras(cast.kent_officer, by=cast.hub_approver)
    user.memberships.update(ends_at=timezone.now() - timedelta(days=1))
    moved(user, "essex")
    assert seen_by(user).groups == set()


@pytest.mark.parametrize(("starts", "ends"), [(-9, 9), (5, 30), (5, 9)])
def test_a_dated_membership_ends_by_a_move_as_well(cast: Cast, starts: int, ends: int) -> None:
    now = timezone.now()
    user = person("riverside", Role.PARTNER)
    user.memberships.update(
        starts_at=now + timedelta(days=starts), ends_at=now + timedelta(days=ends)
    )
    moved(user, "kent")
    for days in (0, 6, 20):
        assert seen_by(user, at=timezone.now() + timedelta(days=days)).organisation == "kent"


def test_a_dated_membership_ends_when_somebody_leaves(cast: Cast) -> None:
    user = person("riverside", Role.PARTNER)
    user.memberships.update(ends_at=timezone.now() + timedelta(days=9))
    end_membership(user, by="system", at=timezone.now())
    membership = user.memberships.get()
    assert not membership.is_current(at=timezone.now())


def test_a_refused_move_leaves_everything_as_it_was(cast: Cast) -> None:
    user = with_extras(cast.kent_officer, by=cast.hub_approver)
    before = seen_by(user)
    rows = Entry.objects.count()
    with pytest.raises(ValidationError):
        moved(user, "essex", Role.HUB_EDITOR)
    assert seen_by(user) == before
    assert Entry.objects.count() == rows


def test_the_trail_tells_roles_and_ceiling_before_and_after(cast: Cast) -> None:
    user = cast.kent_officer
    moved(user, "essex", Role.AUTHOR, Role.APPROVER)
    rows = Entry.objects.filter(event="membership-changed", action_object=user.public_id)
    told = [(row.decision, row.reason, row.detail) for row in rows.order_by("pk")]
    assert told[-2:] == [
        ("ended", "kent", {"roles": "officer", "ceiling": 2}),
        ("joined", "essex", {"roles": "approver/author", "ceiling": 2}),
    ]


def test_nobody_decides_about_themselves(cast: Cast) -> None:
    user = cast.hub_approver
    group = need_to_know("witnesses")
    me = user.public_id
    with pytest.raises(PermissionDenied):
        moved(user, "hub", Role.ADMINISTRATOR, by=me)
    with pytest.raises(PermissionDenied):
        end_membership(user, by=me, at=timezone.now())
    with pytest.raises(PermissionDenied):
        join_group(user, group, by=me, at=timezone.now())
    with pytest.raises(PermissionDenied):
        remove_second_factor(user, by=me)
    assert seen_by(user).roles == {Role.HUB_APPROVER}
    assert seen_by(user).groups == set()


def test_a_partner_whose_time_is_over_is_told_so(cast: Cast) -> None:
    user = person("riverside", Role.PARTNER)
    client = client_of(user)
    assert client.get("/").status_code == 200
    user.memberships.update(ends_at=timezone.now())
    answer = client.get("/")
    assert (answer.status_code, answer["Cache-Control"]) == (403, "private, no-store")
    assert b"belong to no organisation" in answer.content


def test_a_session_from_before_does_not_come_back_with_the_person(cast: Cast) -> None:
    user = cast.kent_officer
    left_open = client_of(user)
    assert left_open.get("/").status_code == 200
    end_membership(user, by="system", at=timezone.now())
    moved(user, "kent")
    assert left_open.get("/")["Location"].startswith("/accounts/login/")


def test_a_leaver_cannot_sign_in_again(cast: Cast) -> None:
    user = cast.kent_officer
    user.set_password("a long enough password")
    user.save()
    end_membership(user, by="system", at=timezone.now())
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": "a long enough password"})
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Membership, {"marking_ceiling": 3}),
        (Membership, {"marking_ceiling": 0}),
        (Membership, {"ends_at": LONG_AGO - timedelta(days=1)}),
        (GroupMembership, {"ends_at": LONG_AGO - timedelta(days=1)}),
        (BreakGlassGrant, {"ends_at": LONG_AGO}),
        (User, {"email": "Officer@Kent.Example"}),
    ],
)
def test_the_database_itself_refuses_what_makes_no_sense(
    cast: Cast, model: type[Model], values: dict[str, object]
) -> None:
    user = with_extras(cast.kent_officer, by=cast.hub_approver)
    mine = {"pk": user.pk} if model is User else {"user": user}
    rows = model._default_manager.filter(**mine)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**values)
