"""From an address to a person: requests for access, invitations, and joining.

Whether an address is known here is nobody's business: asking and inviting look the same for every
address, and the mail tells its owner what is the case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from access.policy import Viewer
from access.vocabulary import Marking, Role
from audit.events import Event
from audit.record import record
from forces.giving import organisation_of, require_own_address, roles_to_give_alone
from forces.models import (
    AccessRequest,
    ForceAccountRequest,
    IdentityProvider,
    Invitation,
    Organisation,
    User,
)
from forces.models.doors import new_token
from forces.models.people import require_partners_end
from forces.services import SYSTEM, create_person, may_manage_groups, tie_force_account
from forces.viewers import viewer_for

VALID_FOR = timedelta(days=14)
AT_ONCE = 100
OPEN = (Invitation.State.ASKED, Invitation.State.SENT)


def may_invite(viewer: Viewer) -> bool:
    """Whether this viewer may ask people in, in this session."""
    leads = viewer.admitted and Role.APPROVER in viewer.roles
    return viewer.active and viewer.second_factor and (leads or may_manage_groups(viewer))


def may_invite_to(viewer: Viewer, organisation: Organisation) -> bool:
    """A lead asks into the own force; the hub's approvers, into any."""
    own = viewer.organisation == organisation.slug
    return may_invite(viewer) and (own or may_manage_groups(viewer))


def asking(viewer: Viewer) -> int:
    """How many people wait for this viewer to let them in."""
    if not may_invite(viewer):
        return 0
    rows = Invitation.objects.filter(state=Invitation.State.ASKED)
    if not may_manage_groups(viewer):
        rows = rows.filter(organisation__slug=viewer.organisation)
    return rows.count()


def take_in_requests() -> int:
    """Put what was asked on the public form into the queues of the leads; how many were looked at.

    An address that is of no organisation, or is known already, is forgotten.
    """
    count = 0
    for request in AccessRequest.objects.order_by("pk")[:AT_ONCE]:
        with transaction.atomic():
            _queue(request.email.lower())
            request.delete()
        count += 1
    return count


def _queue(email: str) -> None:
    organisation = organisation_of(email)
    if organisation is None or User.objects.filter(email=email).exists():
        return
    ask_for(email, organisation=organisation)


def ask_for(email: str, *, organisation: Organisation, roles: Collection[Role] = ()) -> None:
    """Put an address into the queue of an organisation's leads, once."""
    try:
        with transaction.atomic():
            _ask(email, organisation=organisation, roles=roles)
    except IntegrityError:
        # There is an open one: whoever asks twice stands in the queue once.
        return


def _ask(email: str, *, organisation: Organisation, roles: Collection[Role] = ()) -> Invitation:
    asked: Invitation = Invitation.objects.create(
        email=email,
        organisation=organisation,
        roles=sorted(role.value for role in roles),
        state=Invitation.State.ASKED,
    )
    _note(asked, by="", decision="asked")
    return asked


@transaction.atomic
def ask_by_force_account(
    email: str, *, name: str, provider: IdentityProvider, uid: str, roles: Collection[Role]
) -> None:
    """Put somebody whom a force's provider vouches for into the queue of that force's leads.

    A newer account with the same address takes the place of an older: the lead sees one.
    """
    organisation = provider.organisation
    waiting = Invitation.objects.select_for_update().filter(
        email=email, organisation=organisation, state__in=OPEN
    )
    if waiting.filter(force_account__uid=uid, state=Invitation.State.ASKED).exists():
        return
    waiting.update(state=Invitation.State.CLOSED, token_hash="")
    asked = _ask(email, organisation=organisation, roles=roles)
    ForceAccountRequest.objects.create(invitation=asked, provider=provider, uid=uid, name=name)


@transaction.atomic
def join_by_force_account(
    email: str, *, name: str, organisation: Organisation, at: datetime
) -> User | None:
    """Become a person by an open invitation to this very address; None where there is none.

    The force's own provider has verified the address, so that no token is needed.
    """
    held = Invitation.objects.select_for_update(of=("self",)).filter(
        email=email, organisation=organisation, state=Invitation.State.SENT
    )
    invitation = held.select_related("organisation", "invited_by").first()
    if invitation is None or not _is_good(invitation, at=at):
        return None
    return _accept(invitation, name=name, password=None, at=at)


@transaction.atomic
def invite(
    email: str,
    *,
    organisation: Organisation,
    roles: Collection[Role],
    ceiling: Marking,
    ends_at: datetime | None = None,
    by: User,
    viewer: Viewer,
    at: datetime,
) -> tuple[Invitation, str] | None:
    """Ask somebody in; the invitation and its token, or None where the person is here already.

    Another open invitation of the same address into the same organisation ends with this one.
    Raises PermissionDenied for another's organisation or a role that is not the viewer's to
    give, and ValidationError for an address that is not the organisation's.
    """
    email = email.lower()
    _require_in_order(email, organisation, roles=roles, viewer=viewer)
    if Role.PARTNER in roles:
        require_partners_end(at, ends_at)
    _end_open_ones(email, organisation)
    if User.objects.filter(email=email).exists():
        return None
    token = new_token()
    invitation: Invitation = Invitation.objects.create(
        email=email,
        organisation=organisation,
        roles=sorted(role.value for role in roles),
        marking_ceiling=ceiling.value,
        state=Invitation.State.SENT,
        token_hash=_hash(token),
        invited_by=by,
        made_at=at,
        expires_at=at + VALID_FOR,
        ends_at=ends_at,
    )
    _note(invitation, by=by.public_id, decision="invited")
    return invitation, token


def _end_open_ones(email: str, organisation: Organisation) -> None:
    open_ones = Invitation.objects.filter(email=email, organisation=organisation, state__in=OPEN)
    open_ones.update(state=Invitation.State.CLOSED, token_hash="")


def _require_in_order(
    email: str, organisation: Organisation, *, roles: Collection[Role], viewer: Viewer
) -> None:
    if not may_invite_to(viewer, organisation):
        raise PermissionDenied
    if not roles or set(roles) - roles_to_give_alone(viewer, organisation):
        raise PermissionDenied
    require_own_address(organisation, email)


@transaction.atomic
def let_in(
    asked: Invitation,
    *,
    roles: Collection[Role],
    ceiling: Marking,
    ends_at: datetime | None = None,
    by: User,
    viewer: Viewer,
    at: datetime,
) -> User:
    """Answer somebody who asked by signing in with the force's account: tie it to a person.

    Who is here already keeps the roles they have. Raises PermissionDenied as `invite` does and for
    oneself, and ValidationError where the request has been answered or replaced, or the person
    belongs elsewhere.
    """
    held = Invitation.objects.select_for_update(of=("self",)).select_related("organisation")
    asked = held.get(pk=asked.pk)
    vouched = ForceAccountRequest.objects.filter(invitation=asked).select_related("provider")
    account = vouched.first()
    if asked.state != Invitation.State.ASKED or account is None:
        raise ValidationError("This request has changed meanwhile. Look at the list again.")
    _require_in_order(asked.email, asked.organisation, roles=roles, viewer=viewer)
    person = User.objects.filter(email=asked.email).first() or create_person(
        email=asked.email,
        name=account.name,
        organisation=asked.organisation,
        roles=roles,
        ceiling=ceiling,
        by=by.public_id,
        starts_at=at,
        ends_at=ends_at,
    )
    _require_of(person, asked.organisation, by=by, at=at)
    tie_force_account(person, provider=account.provider, uid=account.uid, by=by.public_id)
    asked.state = Invitation.State.ACCEPTED
    asked.save(update_fields=["state"])
    _note(asked, by=by.public_id, decision="let-in")
    return person


def _require_of(person: User, organisation: Organisation, *, by: User, at: datetime) -> None:
    if person == by:
        raise PermissionDenied("Ask a colleague: nobody ties an account to themselves.")
    if viewer_for(person, second_factor=False, at=at).organisation != organisation.slug:
        raise ValidationError(
            "Somebody with this address is here and belongs to no or another organisation. Ask "
            "the hub to move them first."
        )


@transaction.atomic
def close(invitation: Invitation, *, by: User, viewer: Viewer) -> None:
    """Withdraw an invitation, or decline a request. Raises PermissionDenied for another force."""
    if not may_invite_to(viewer, invitation.organisation):
        raise PermissionDenied
    closed = Invitation.objects.filter(pk=invitation.pk, state__in=OPEN).update(
        state=Invitation.State.CLOSED, token_hash=""
    )
    if closed:
        _note(invitation, by=by.public_id, decision="closed")


def invitation_for(token: str, *, at: datetime) -> Invitation | None:
    """The open invitation that a token is for."""
    found = Invitation.objects.filter(token_hash=_hash(token))
    invitation = found.select_related("organisation", "invited_by").first()
    return invitation if invitation is not None and _is_good(invitation, at=at) else None


def _is_good(invitation: Invitation, *, at: datetime) -> bool:
    """Open, and given by somebody who may still give it: a lead who left invites nobody.

    The address is looked at again: its domain may have been given up since.
    """
    giver = invitation.invited_by
    if giver is None or not invitation.is_open(at=at):
        return False
    if organisation_of(invitation.email) != invitation.organisation:
        return False
    viewer = viewer_for(giver, second_factor=True, at=at)
    roles = {Role(role) for role in invitation.roles}
    may = may_invite_to(viewer, invitation.organisation)
    return may and roles <= roles_to_give_alone(viewer, invitation.organisation)


@transaction.atomic
def join(token: str, *, name: str, password: str, at: datetime) -> User:
    """Become a person by an invitation, once.

    Raises ValidationError where it has been used, withdrawn or is too old, or where the one who
    gave it may not give it any more.
    """
    held = Invitation.objects.select_for_update(of=("self",)).filter(token_hash=_hash(token))
    invitation = held.select_related("organisation", "invited_by").first()
    if invitation is None or not _is_good(invitation, at=at):
        raise ValidationError("This invitation has been used, withdrawn or is too old.")
    return _accept(invitation, name=name, password=password, at=at)


def _accept(invitation: Invitation, *, name: str, password: str | None, at: datetime) -> User:
    user = create_person(
        email=invitation.email,
        name=name,
        organisation=invitation.organisation,
        roles=[Role(role) for role in invitation.roles],
        ceiling=Marking(invitation.marking_ceiling),
        by=invitation.invited_by.public_id if invitation.invited_by else SYSTEM,
        starts_at=at,
        ends_at=invitation.ends_at,
        password=password,
    )
    invitation.state, invitation.token_hash = Invitation.State.ACCEPTED, ""
    invitation.save(update_fields=["state", "token_hash"])
    _note(invitation, by=user.public_id, decision="accepted")
    return user


def _hash(token: str) -> str:
    """The token is 256 random bits, so that one plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _note(invitation: Invitation, *, by: str, decision: str) -> None:
    record(
        Event.INVITATION,
        actor=by,
        action_object=invitation.ref,
        decision=decision,
        reason=invitation.organisation.slug[:40],
        detail={"roles": "/".join(invitation.roles), "ceiling": invitation.marking_ceiling},
    )
