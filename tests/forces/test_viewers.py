"""Who is asking: facts from the database, at every request, in a constant number of statements."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.policy import ANONYMOUS
from access.vocabulary import Marking, Role
from forces.models import (
    BreakGlassGrant,
    Membership,
    Organisation,
    RolloutPhase,
    User,
)
from forces.services import create_person, end_membership, join_group, move_person
from forces.viewers import viewer_for, viewers_of_everyone
from tests.guidance.scene import LONG_AGO, Cast, need_to_know, person, seen_by


def test_the_facts_of_an_officer(cast: Cast) -> None:
    viewer = seen_by(cast.kent_officer)
    assert (viewer.organisation, viewer.region, viewer.phase) == ("kent", "ersou", 1)
    assert viewer.roles == {Role.OFFICER}
    assert viewer.audience_terms == {"national", "force:kent", "region:ersou"}


def test_special_forces_belong_to_no_region(cast: Cast) -> None:
    assert seen_by(person("btp", Role.OFFICER)).audience_terms == {"national", "force:btp"}


def test_two_statements_whatever_somebody_has(cast: Cast) -> None:
    user = cast.kent_officer
    now = timezone.now()
    for number in range(3):
        group = need_to_know(f"g{number}")
        join_group(user, group, by="system", at=LONG_AGO)
        BreakGlassGrant.objects.create(
            user=user,
            document_ref=f"GD-2222{number + 2}",
            reason="Court order",
            granted_by=cast.hub_approver,
            starts_at=LONG_AGO,
            ends_at=now + timedelta(days=1),
        )
    fresh = User.objects.get(pk=user.pk)
    with CaptureQueriesContext(connection) as queries:
        viewer = viewer_for(fresh, second_factor=True, at=now)
    assert len(queries) == 2
    assert viewer.groups == {"g0", "g1", "g2"}
    assert viewer.grants == {"GD-22222", "GD-22223", "GD-22224"}


def test_everyone_in_two_statements_and_as_alone(cast: Cast) -> None:
    now = timezone.now()
    with CaptureQueriesContext(connection) as queries:
        everyone = {viewer.person_id: viewer for viewer in viewers_of_everyone(now)}
    assert len(queries) == 2
    assert len(everyone) == User.objects.count()
    for user in User.objects.all():
        assert everyone[user.public_id] == viewer_for(user, second_factor=True, at=now)


def test_a_move_counts_from_its_moment(cast: Cast) -> None:
    essex = Organisation.objects.get(slug="essex")
    now = timezone.now()
    move_person(
        cast.kent_officer,
        organisation=essex,
        roles=[Role.OFFICER],
        ceiling=Marking.OFFICIAL,
        by="system",
        at=now,
    )
    before = seen_by(cast.kent_officer, at=now - timedelta(microseconds=1))
    after = seen_by(cast.kent_officer, at=now)
    assert (before.organisation, after.organisation) == ("kent", "essex")


def test_a_leaver_is_nobody(cast: Cast) -> None:
    end_membership(cast.kent_officer, by="system", at=timezone.now())
    assert seen_by(User.objects.get(pk=cast.kent_officer.pk)) == ANONYMOUS


def test_ended_groups_and_grants_do_not_count(cast: Cast) -> None:
    now = timezone.now()
    group = need_to_know("over", ends_at=now)
    join_group(cast.kent_officer, group, by="system", at=LONG_AGO)
    BreakGlassGrant.objects.create(
        user=cast.kent_officer,
        document_ref="GD-22222",
        reason="Court order",
        granted_by=cast.hub_approver,
        starts_at=LONG_AGO,
        ends_at=now,
    )
    viewer = seen_by(cast.kent_officer, at=now)
    assert (viewer.groups, viewer.grants) == (frozenset(), frozenset())


@pytest.mark.parametrize(("opens", "admitted"), [(-1, True), (1, False)])
def test_a_force_is_admitted_when_its_phase_opens(cast: Cast, opens: int, admitted: bool) -> None:
    RolloutPhase.objects.update(opens_at=timezone.now() + timedelta(days=opens))
    assert seen_by(cast.kent_officer).admitted is admitted
    assert seen_by(cast.hub_editor).admitted is True


def test_a_force_without_a_phase_is_not_admitted(cast: Cast) -> None:
    Organisation.objects.filter(slug="kent").update(phase=None)
    assert seen_by(cast.kent_officer).admitted is False


def test_an_ended_organisation_is_not_admitted(cast: Cast) -> None:
    Organisation.objects.filter(slug="kent").update(ended_at=timezone.now())
    assert seen_by(cast.kent_officer).admitted is False


def test_one_open_membership_at_a_time(cast: Cast) -> None:
    essex = Organisation.objects.get(slug="essex")
    second = Membership(user=cast.kent_officer, organisation=essex, roles=["officer"])
    with pytest.raises(ValidationError):
        second.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


@pytest.mark.parametrize(
    ("organisation", "role"),
    [
        ("kent", Role.HUB_EDITOR),
        ("kent", Role.AUDITOR),
        ("hub", Role.AUTHOR),
        ("oversight", Role.HUB_EDITOR),
        ("riverside", Role.OFFICER),
    ],
)
def test_roles_belong_to_kinds_of_organisation(cast: Cast, organisation: str, role: Role) -> None:
    with pytest.raises(ValidationError):
        create_person(
            email="x@x.example",
            name="X",
            organisation=Organisation.objects.get(slug=organisation),
            roles=[role],
        )
    assert not User.objects.filter(email="x@x.example").exists()


def test_a_role_that_got_in_past_the_services_counts_for_nothing(cast: Cast) -> None:
    cast.kent_officer.memberships.update(roles=["officer", "hub-editor", "auditor", "rumour"])
    assert seen_by(cast.kent_officer).roles == {Role.OFFICER}
    Organisation.objects.filter(slug="kent").update(kind="partner")
    assert seen_by(cast.kent_officer).roles == set()


def test_nobody_is_a_superuser(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=cast.hub_editor.pk).update(is_superuser=True)


def test_nobody_grants_to_themselves(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        BreakGlassGrant.objects.create(
            user=cast.hub_approver,
            document_ref="GD-22222",
            reason="Because",
            granted_by=cast.hub_approver,
            ends_at=timezone.now() + timedelta(days=1),
        )
