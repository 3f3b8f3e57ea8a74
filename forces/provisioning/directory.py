"""What happens when a force's directory says that somebody joins, changes or leaves.

A joiner asks for access, and a lead lets them in; a leaver is out at once.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from access.vocabulary import Role
from audit.events import Event
from audit.record import record
from forces.giving import organisation_of
from forces.invitations import OPEN, ask_for
from forces.models import (
    DirectoryKey,
    DirectoryPerson,
    EmailDomain,
    Invitation,
    Membership,
    Organisation,
    User,
)
from forces.models.doors import new_token
from forces.querysets import not_over
from forces.services import SYSTEM, end_membership


class TakenError(ValidationError):
    """The directory has an entry of that name already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """What a directory says of one account."""

    user_name: str
    name: str = ""
    external_id: str = ""
    active: bool = True


def new_key(organisation: Organisation, *, by: str = SYSTEM) -> str:
    """Make a key for an organisation's directory; the token, which is told this once."""
    token = new_token()
    DirectoryKey.objects.create(organisation=organisation, token_hash=_hash(token))
    _record(organisation, "key-made", about=organisation.slug[:40], by=by)
    return token


def end_keys(organisation: Organisation, *, by: str = SYSTEM, at: datetime) -> int:
    """Let none of an organisation's keys work any more; how many there were."""
    ended = DirectoryKey.objects.filter(organisation=organisation, ended_at=None).update(
        ended_at=at
    )
    _record(organisation, "keys-ended", about=organisation.slug[:40], by=by)
    return ended


def organisation_with(token: str) -> Organisation | None:
    """Whose directory speaks with this token."""
    held = DirectoryKey.objects.filter(
        token_hash=_hash(token), ended_at=None, organisation__ended_at=None
    )
    key = held.select_related("organisation").first()
    return key.organisation if key else None


def _hash(token: str) -> str:
    """The token is 256 random bits, so that one plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def add(organisation: Organisation, entry: Entry, *, at: datetime) -> DirectoryPerson:
    """A new account in the directory.

    Raises TakenError where there is one of that name, and ValidationError for an address that is
    not the organisation's.
    """
    _require_own_address(organisation, entry.user_name)
    if DirectoryPerson.objects.filter(organisation=organisation, user_name=entry.user_name):
        raise TakenError("There is an entry of that userName.")
    person = DirectoryPerson(organisation=organisation, made_at=at)
    return _take_over(person, entry, at=at)


@transaction.atomic
def change(person: DirectoryPerson, entry: Entry, *, at: datetime) -> DirectoryPerson:
    """An account changed. A new address here is nobody's new address for signing in.

    Raises as `add` does.
    """
    held = DirectoryPerson.objects.select_for_update(of=("self",)).select_related("organisation")
    person = held.get(pk=person.pk)
    _require_own_address(person.organisation, entry.user_name)
    others = DirectoryPerson.objects.filter(
        organisation=person.organisation, user_name=entry.user_name
    )
    if others.exclude(pk=person.pk).exists():
        raise TakenError("There is an entry of that userName.")
    return _take_over(person, entry, at=at)


@transaction.atomic
def remove(person: DirectoryPerson, *, at: datetime) -> None:
    """An account is gone: whoever it was is out."""
    if person.active:
        _leave(person, at=at)
    person.delete()


def _require_own_address(organisation: Organisation, user_name: str) -> None:
    if organisation_of(user_name) != organisation:
        raise ValidationError("userName must be an e-mail address of the organisation's domains.")


def _take_over(person: DirectoryPerson, entry: Entry, *, at: datetime) -> DirectoryPerson:
    was_active = person.pk is not None and person.active
    for name in (person.user_name, entry.user_name):
        person.user = person.user or _member(person.organisation, name, at=at)
    person.user_name, person.name = entry.user_name, entry.name
    person.external_id, person.active = entry.external_id, entry.active
    person.changed_at = at
    person.save()
    if entry.active and not was_active:
        _join(person, at=at)
    if was_active and not entry.active:
        _leave(person, at=at)
    return person


def _join(person: DirectoryPerson, *, at: datetime) -> None:
    here = person.user is not None and _is_member(person.user, person.organisation, at=at)
    if not here:
        ask_for(person.user_name, organisation=person.organisation, roles=[Role.OFFICER])
    _record(person.organisation, "known" if here else "joins", about=person.ref)


def _leave(person: DirectoryPerson, *, at: datetime) -> None:
    """End what the person has at this organisation, and nothing that another has given."""
    asked = Invitation.objects.filter(
        email=person.user_name, organisation=person.organisation, state__in=OPEN
    )
    asked.update(state=Invitation.State.CLOSED, token_hash="")
    user = person.user or _member(person.organisation, person.user_name, at=at)
    about = person.ref
    if user is not None and _is_member(user, person.organisation, at=at):
        end_membership(user, by=SYSTEM, at=at)
        about = user.public_id
    _record(person.organisation, "leaves", about=about)


def members_of(organisation: Organisation, *, at: datetime) -> list[User]:
    """Who belongs to an organisation and has an address of its domains: whom a list can name."""
    domains = EmailDomain.objects.filter(organisation=organisation, ended_at=None)
    ours = set(domains.values_list("domain", flat=True))
    rows = Membership.objects.filter(not_over(at=at), organisation=organisation)
    people = [row.user for row in rows.select_related("user")]
    return [one for one in people if one.email.rpartition("@")[2] in ours]


def leave_unlisted(user: User, *, organisation: Organisation, at: datetime) -> None:
    """End somebody whom the directory does not name, unless that has just been done."""
    if _is_member(user, organisation, at=at):
        end_membership(user, by=SYSTEM, at=at)
        _record(organisation, "leaves", about=user.public_id)


def _member(organisation: Organisation, email: str, *, at: datetime) -> User | None:
    """The person with that address, if they belong to the organisation now."""
    user = User.objects.filter(email=email).first()
    return user if user is not None and _is_member(user, organisation, at=at) else None


def _is_member(user: User, organisation: Organisation, *, at: datetime) -> bool:
    current = Membership.objects.filter(not_over(at=at), user=user, organisation=organisation)
    return current.exists()


def _record(organisation: Organisation, decision: str, *, about: str, by: str = SYSTEM) -> None:
    record(
        Event.DIRECTORY,
        actor=by,
        action_object=about,
        decision=decision,
        reason=organisation.slug[:40],
    )
