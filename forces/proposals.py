"""Two people give a role that approves, watches or looks after others, and change a door."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.dateparse import parse_datetime

from access.policy import Viewer
from access.vocabulary import Marking, Role
from audit.events import Event
from audit.record import record
from forces import door_changes
from forces.giving import needs_two, require_own_address, roles_to_give
from forces.models import Organisation, Proposal, User
from forces.services import create_person, may_manage_groups, may_manage_people, move_person
from forces.viewers import viewer_for

CHANGED = "This has changed meanwhile. Look at the list again."


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What somebody is given: where, in which roles, up to which marking, until when."""

    organisation: Organisation
    roles: Collection[Role]
    ceiling: Marking
    ends_at: datetime | None = None

    @property
    def facts(self) -> dict[str, Any]:
        """As a proposal keeps it."""
        return {
            "roles": sorted(role.value for role in self.roles),
            "ceiling": self.ceiling.value,
            "ends_at": self.ends_at.isoformat() if self.ends_at else "",
        }

    @property
    def words(self) -> dict[str, Any]:
        """As the services take it."""
        return {
            "organisation": self.organisation,
            "roles": self.roles,
            "ceiling": self.ceiling,
            "ends_at": self.ends_at,
        }


@transaction.atomic
def add_person(place: Place, *, email: str, name: str, by: User, viewer: Viewer) -> Proposal | None:
    """Add somebody, or propose to: the proposal, or None where it is done.

    Raises PermissionDenied for a role that the viewer has no say in, and ValidationError for an
    address that is not the organisation's, or is taken.
    """
    _require_say(place, viewer=viewer)
    require_own_address(place.organisation, email)
    if not needs_two(place.organisation, roles=place.roles):
        create_person(email=email, name=name, **place.words, by=by.public_id)
        return None
    facts = {**place.facts, "email": email, "name": name}
    return _propose(Proposal.Kind.ADDED, place.organisation, facts=facts, by=by)


@transaction.atomic
def move(
    user: User, place: Place, *, email: str, by: User, viewer: Viewer, at: datetime
) -> Proposal | None:
    """Move somebody, or propose to: the proposal, or None where it is done.

    Raises as `add_person` does, and PermissionDenied for oneself.
    """
    _require_say(place, viewer=viewer)
    if user == by:
        raise PermissionDenied("Ask a colleague: nobody changes their own membership.")
    require_own_address(place.organisation, email)
    if not needs_two(place.organisation, roles=place.roles):
        move_person(user, **place.words, email=email, by=by.public_id, at=at)
        return None
    facts = {**place.facts, "email": email, "name": user.name}
    return _propose(Proposal.Kind.MOVED, place.organisation, facts=facts, by=by, subject=user)


def _require_say(place: Place, *, viewer: Viewer) -> None:
    if not place.roles or set(place.roles) - roles_to_give(viewer, place.organisation):
        raise PermissionDenied


@transaction.atomic
def change_door(door: door_changes.Door, *, changed: Collection[str], by: User) -> Proposal | None:
    """Propose to save a provider or domain as it stands here; None where it is done.

    Ending one opens nothing, and must not wait: one person does it.
    """
    if door_changes.only_ends(door, changed=changed):
        door_changes.save_ended(door, by=by)
        return None
    facts = door_changes.facts_of(door, changed=changed)
    kind = Proposal.Kind(str(door._meta.model_name))
    return _propose(kind, door.organisation, facts=facts, by=by)


def _propose(
    kind: Proposal.Kind,
    organisation: Organisation,
    *,
    facts: dict[str, Any],
    by: User,
    subject: User | None = None,
) -> Proposal:
    made: Proposal = Proposal.objects.create(
        kind=kind, organisation=organisation, facts=facts, proposed_by=by, subject=subject
    )
    _record(made, decision="proposed", by=by)
    return made


def open_to(viewer: Viewer, *, at: datetime) -> list[Proposal]:
    """The changes that wait and that this viewer has a say in, the oldest first."""
    if not may_manage_people(viewer):
        return []
    waiting = Proposal.objects.filter(state=Proposal.State.WAITING)
    rows = waiting.select_related("organisation", "proposed_by", "subject").order_by("made_at")
    return [one for one in rows if one.is_open(at=at) and _has_say(viewer, one)]


def may_confirm(viewer: Viewer, proposal: Proposal) -> bool:
    """Whether this viewer is the second person: entitled, not the first, and not whom it serves."""
    subject = proposal.subject.public_id if proposal.subject else ""
    is_another = viewer.person_id not in (proposal.proposed_by.public_id, subject)
    return is_another and _has_say(viewer, proposal)


def _has_say(viewer: Viewer, proposal: Proposal) -> bool:
    if not proposal.is_about_a_person:
        return may_manage_groups(viewer)
    given = {Role(role) for role in proposal.facts["roles"]}
    return given <= roles_to_give(viewer, proposal.organisation)


@transaction.atomic
def confirm(proposal: Proposal, *, by: User, viewer: Viewer, at: datetime) -> None:
    """Let a proposal count. Raises PermissionDenied unless the viewer is the second person.

    Raises ValidationError where it has been answered, is too old, where the first person may not
    propose it any more, or where what it would change has changed.
    """
    held = _held(proposal)
    if not may_confirm(viewer, held):
        raise PermissionDenied("Ask a colleague: nobody confirms what they proposed or gain by.")
    proposer = viewer_for(held.proposed_by, second_factor=True, at=at)
    if not held.is_open(at=at) or not _has_say(proposer, held):
        raise ValidationError(CHANGED)
    _close(held, Proposal.State.CONFIRMED, by=by, at=at)
    if held.is_about_a_person:
        _give(held, by=by, at=at)
    else:
        door_changes.save_proposed(held, by=by)


def _give(proposal: Proposal, *, by: User, at: datetime) -> None:
    facts, email = proposal.facts, proposal.facts["email"]
    require_own_address(proposal.organisation, email)
    place = Place(
        organisation=proposal.organisation,
        roles=[Role(role) for role in facts["roles"]],
        ceiling=Marking(facts["ceiling"]),
        ends_at=parse_datetime(facts["ends_at"]) if facts["ends_at"] else None,
    )
    if proposal.subject is None:
        create_person(email=email, name=facts["name"], **place.words, by=by.public_id)
    else:
        move_person(proposal.subject, **place.words, email=email, by=by.public_id, at=at)


@transaction.atomic
def decline(proposal: Proposal, *, by: User, viewer: Viewer, at: datetime) -> None:
    """Decline a proposal, or withdraw one's own. Raises PermissionDenied without a say in it."""
    held = _held(proposal)
    if not _has_say(viewer, held):
        raise PermissionDenied
    if held.state == Proposal.State.WAITING:
        _close(held, Proposal.State.DECLINED, by=by, at=at)


def _held(proposal: Proposal) -> Proposal:
    """Two who answer at once take turns."""
    rows = Proposal.objects.select_for_update(of=("self",))
    held: Proposal = rows.select_related("organisation", "proposed_by", "subject").get(
        pk=proposal.pk
    )
    return held


def _close(proposal: Proposal, state: Proposal.State, *, by: User, at: datetime) -> None:
    proposal.state, proposal.decided_by, proposal.decided_at = state, by, at
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    _record(proposal, decision=state.value, by=by)


def _record(proposal: Proposal, *, decision: str, by: User) -> None:
    if proposal.is_about_a_person:
        told = {"roles": "/".join(proposal.facts["roles"]), "ceiling": proposal.facts["ceiling"]}
        if proposal.subject is not None:
            told["person"] = proposal.subject.public_id
    else:
        told = door_changes.words_of(proposal.facts)
    record(
        Event.ACCESS_CHANGE,
        actor=by.public_id,
        action_object=proposal.ref,
        decision=decision,
        reason=proposal.organisation.slug[:40],
        detail={"kind": Proposal.Kind(proposal.kind).value, **told},
    )
