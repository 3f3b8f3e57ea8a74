"""What is done to people: add, move, end. Each leaves its row in the trail."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from access.policy import Viewer
from access.vocabulary import Marking, Role
from audit.events import Event
from audit.record import record
from forces.models import GroupMembership, Membership, NeedToKnowGroup, Organisation, User

# Who may add, move and end people; nobody may change their own membership.
PEOPLE_ROLES = frozenset({Role.ADMINISTRATOR, Role.HUB_APPROVER})
SYSTEM = "system"


def may_manage_people(viewer: Viewer) -> bool:
    """Whether the people page is there for this viewer, in this session."""
    return viewer.active and viewer.second_factor and bool(viewer.roles & PEOPLE_ROLES)


def refuse_self(viewer: Viewer, user: User) -> None:
    """Nobody gives themselves anything. Raises PermissionDenied."""
    if user.public_id == viewer.person_id:
        raise PermissionDenied("Ask a colleague: nobody changes their own membership.")


@transaction.atomic
def create_person(
    *,
    email: str,
    name: str,
    organisation: Organisation,
    roles: Collection[Role],
    ceiling: Marking = Marking.OFFICIAL,
    by: str = SYSTEM,
    starts_at: datetime | None = None,
    password: str | None = None,
) -> User:
    """Add a person with a first membership.

    Raises ValidationError for an address that is taken or a role the organisation cannot give.
    """
    user = User.objects.create_user(email, name=name, password=password)
    record(Event.PERSON_CREATED, actor=by, action_object=user.public_id)
    _join(user, organisation, roles=roles, ceiling=ceiling, by=by, at=starts_at or timezone.now())
    return user


@transaction.atomic
def move_person(
    user: User,
    *,
    organisation: Organisation,
    roles: Collection[Role],
    ceiling: Marking,
    by: str,
    at: datetime,
) -> Membership:
    """End the current membership and start another at the same moment.

    The old organisation's documents are gone for the person at the next request.
    """
    _end(user, at=at)
    return _join(user, organisation, roles=roles, ceiling=ceiling, by=by, at=at)


@transaction.atomic
def end_membership(user: User, *, by: str, at: datetime) -> None:
    """Somebody leaves: no membership, no sign-in."""
    _end(user, at=at)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(Event.MEMBERSHIP_CHANGED, actor=by, action_object=user.public_id, decision="ended")


@transaction.atomic
def join_group(user: User, group: NeedToKnowGroup, *, by: str, at: datetime) -> None:
    """Put somebody into a need-to-know group."""
    GroupMembership.objects.create(user=user, group=group, starts_at=at)
    record(
        Event.MEMBERSHIP_CHANGED,
        actor=by,
        action_object=user.public_id,
        decision="joined-group",
        detail={"group": group.pk},
    )


def _end(user: User, *, at: datetime) -> None:
    # An earlier start would break the constraint for a membership that has not begun.
    for membership in Membership.objects.select_for_update().filter(user=user, ends_at=None):
        membership.ends_at = max(at, membership.starts_at)
        membership.save(update_fields=["ends_at"])


def _join(
    user: User,
    organisation: Organisation,
    *,
    roles: Collection[Role],
    ceiling: Marking,
    by: str,
    at: datetime,
) -> Membership:
    membership = Membership(
        user=user,
        organisation=organisation,
        roles=sorted(role.value for role in roles),
        marking_ceiling=ceiling.value,
        starts_at=at,
    )
    membership.full_clean()
    membership.save()
    record(
        Event.MEMBERSHIP_CHANGED,
        actor=by,
        action_object=user.public_id,
        decision="joined",
        reason=organisation.slug[:40],
    )
    return membership
