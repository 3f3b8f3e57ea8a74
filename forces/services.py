"""What is done to people: add, move, end. Each leaves its row in the trail."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from access.policy import Viewer
from access.vocabulary import Marking, Role
from audit.events import Event
from audit.record import record
from forces.models import (
    BreakGlassGrant,
    GroupMembership,
    IdentityProvider,
    Membership,
    NeedToKnowGroup,
    Organisation,
    User,
)
from forces.querysets import not_over

# Who may add, move and end people; nobody may change their own membership.
PEOPLE_ROLES = frozenset({Role.ADMINISTRATOR, Role.HUB_APPROVER})
SYSTEM = "system"
# What to tell somebody who has no password, or must not use the old one.
THEY_CHOOSE_A_PASSWORD = "They choose “Forgot your password?” on the sign-in page."  # noqa: S105


def may_manage_people(viewer: Viewer) -> bool:
    """Whether the people page is there for this viewer, in this session."""
    return viewer.active and viewer.second_factor and bool(viewer.roles & PEOPLE_ROLES)


def may_manage_groups(viewer: Viewer) -> bool:
    """Whether this viewer may know the names of need-to-know groups and say who is in them."""
    return may_manage_people(viewer) and Role.HUB_APPROVER in viewer.roles


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
    ends_at: datetime | None = None,
    password: str | None = None,
) -> User:
    """Add a person with a first membership; who may call for it, `forces.proposals` asks.

    Raises ValidationError for an address that is taken or a role the organisation cannot give.
    """
    user = User.objects.create_user(email, name=name, password=password)
    # The hub vouches for the address. Left to itself, allauth notes it as unverified at the first
    # password reset, and then lets nobody enrol a second factor.
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    record(Event.PERSON_CREATED, actor=by, action_object=user.public_id)
    at = starts_at or timezone.now()
    _join(user, organisation, roles=roles, ceiling=ceiling, ends_at=ends_at, by=by, at=at)
    return user


@transaction.atomic
def move_person(
    user: User,
    *,
    organisation: Organisation,
    roles: Collection[Role],
    ceiling: Marking,
    ends_at: datetime | None = None,
    email: str = "",
    by: str,
    at: datetime,
) -> Membership:
    """End the current membership and start another at the same moment.

    The old organisation's documents are gone for the person at the next request, and so are
    need-to-know groups and grants: they were given to who the person was there. Somebody who
    had left comes back this way; `email` is their address there, if it is another one. Raises
    PermissionDenied for oneself, and ValidationError for a role the organisation cannot give or an
    address that is taken.
    """
    _refuse_oneself(user, by=by)
    _end(user, moving_to=organisation, by=by, at=at)
    user.is_active = True
    user.save(update_fields=["is_active"])
    _change_address(user, email.lower(), by=by)
    return _join(user, organisation, roles=roles, ceiling=ceiling, ends_at=ends_at, by=by, at=at)


def _change_address(user: User, email: str, *, by: str) -> None:
    """The mailbox alone opens nothing: the second factor is still the one the person holds."""
    if email in ("", user.email):
        return
    user.email = email
    user.full_clean(exclude=["password"])
    _end_sessions(user)
    user.save(update_fields=["email", "password"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
    record(Event.MEMBERSHIP_CHANGED, actor=by, action_object=user.public_id, decision="readdressed")


@transaction.atomic
def end_membership(user: User, *, by: str, at: datetime) -> None:
    """Somebody leaves: no membership, no groups, no grants, no sign-in.

    Raises PermissionDenied for oneself.
    """
    _refuse_oneself(user, by=by)
    _end(user, moving_to=None, by=by, at=at)
    user.is_active = False
    _end_sessions(user)
    user.save(update_fields=["is_active", "password"])


@transaction.atomic
def join_group(user: User, group: NeedToKnowGroup, *, by: str, at: datetime) -> None:
    """Put somebody into a need-to-know group. Raises PermissionDenied for oneself."""
    _refuse_oneself(user, by=by)
    GroupMembership.objects.create(user=user, group=group, starts_at=at)
    _record_group(user, group, decision="joined-group", by=by)


@transaction.atomic
def leave_group(user: User, group: NeedToKnowGroup, *, by: str, at: datetime) -> None:
    """Take somebody out of a need-to-know group. Raises PermissionDenied for oneself."""
    _refuse_oneself(user, by=by)
    _end_groups(user.group_memberships.filter(not_over(at=at), group=group), at=at)
    _record_group(user, group, decision="left-group", by=by)


@transaction.atomic
def choose_groups(
    user: User, *, groups: Collection[NeedToKnowGroup], by: str, at: datetime
) -> None:
    """Let somebody be in exactly these groups. Raises PermissionDenied for oneself."""
    _refuse_oneself(user, by=by)
    # Two who choose for the same person take turns.
    User.objects.select_for_update().get(pk=user.pk)
    today = {
        one.group for one in user.group_memberships.filter(not_over(at=at)).select_related("group")
    }
    for group in today.difference(groups):
        leave_group(user, group, by=by, at=at)
    for group in set(groups) - today:
        join_group(user, group, by=by, at=at)


@transaction.atomic
def remove_second_factor(user: User, *, by: str) -> None:
    """Help somebody who lost phone and recovery codes: a new password by mail, then a new factor.

    Raises PermissionDenied for oneself.
    """
    _refuse_oneself(user, by=by)
    _end_sessions(user)
    user.save(update_fields=["password"])
    for authenticator in Authenticator.objects.filter(user=user):
        record(
            Event.SECOND_FACTOR_REMOVED,
            actor=by,
            action_object=user.public_id,
            reason=authenticator.type,
        )
        authenticator.delete()


@transaction.atomic
def tie_force_account(user: User, *, provider: IdentityProvider, uid: str, by: str) -> None:
    """Let the provider's `uid` sign in as somebody, and no other of that provider.

    Raises PermissionDenied where that account is somebody else's.
    """
    if SocialAccount.objects.filter(provider=provider.slug, uid=uid).exclude(user=user).exists():
        raise PermissionDenied("This account of the force belongs to another person here.")
    untie_force_accounts(user, by=by)
    SocialAccount.objects.create(user=user, provider=provider.slug, uid=uid)
    _record_tie(user, provider=provider.slug, decision="tied", by=by)


@transaction.atomic
def untie_force_accounts(user: User, *, by: str) -> None:
    """From now on no force's account signs in as this person."""
    for account in SocialAccount.objects.filter(user=user):
        _record_tie(user, provider=account.provider, decision="untied", by=by)
        account.delete()


def _record_tie(user: User, *, provider: str, decision: str, by: str) -> None:
    record(
        Event.FORCE_ACCOUNT,
        actor=by,
        action_object=user.public_id,
        decision=decision,
        detail={"provider": provider[:40]},
    )


def _refuse_oneself(user: User, *, by: str) -> None:
    if user.public_id == by:
        raise PermissionDenied("Ask a colleague: nobody changes their own membership.")


def _end_sessions(user: User) -> None:
    # Whoever found the phone may have found an open session, and may know the password.
    user.set_unusable_password()
    user.sessions.all().delete()


@transaction.atomic
def end_sessions(user: User, *, kept: str = "", ref: str = "", by: str) -> int:
    """End all of somebody's sessions but the one with the key `kept`, or the one `ref` names.

    Returns how many there were.
    """
    others = user.sessions.exclude(session_key=kept)
    sessions = others.filter(ref=ref) if ref else others
    ended: int = sessions.delete()[0]
    if ended:
        record(Event.SESSION_ENDED, actor=by, action_object=user.public_id, detail={"ended": ended})
    return ended


def _end(user: User, *, moving_to: Organisation | None, by: str, at: datetime) -> None:
    # Two who change the same person take turns: the second sees what the first has done.
    User.objects.select_for_update().get(pk=user.pk)
    stays = False
    for membership in user.memberships.filter(not_over(at=at)).select_related("organisation"):
        # One that has not begun never counts: it ends when it would have started.
        membership.ends_at = max(at, membership.starts_at)
        membership.save(update_fields=["ends_at"])
        _record_membership(membership, decision="ended", by=by)
        stays = stays or membership.organisation == moving_to
    if not stays:
        _end_extras(user, by=by, at=at)
        untie_force_accounts(user, by=by)


def _end_extras(user: User, *, by: str, at: datetime) -> None:
    groups = _end_groups(user.group_memberships.filter(not_over(at=at)), at=at)
    grants = list(BreakGlassGrant.objects.filter(user=user, ends_at__gt=at))
    for grant in grants:
        # The database refuses a grant without length.
        grant.ends_at = max(at, grant.starts_at + timedelta.resolution)
        grant.save(update_fields=["ends_at"])
    if groups or grants:
        record(
            Event.MEMBERSHIP_CHANGED,
            actor=by,
            action_object=user.public_id,
            decision="lost",
            detail={"groups": groups, "grants": len(grants)},
        )


def _end_groups(memberships: Iterable[GroupMembership], *, at: datetime) -> int:
    ended = list(memberships)
    for membership in ended:
        membership.ends_at = max(at, membership.starts_at)
        membership.save(update_fields=["ends_at"])
    return len(ended)


def _join(
    user: User,
    organisation: Organisation,
    *,
    roles: Collection[Role],
    ceiling: Marking,
    ends_at: datetime | None,
    by: str,
    at: datetime,
) -> Membership:
    membership = Membership(
        user=user,
        organisation=organisation,
        roles=sorted(role.value for role in roles),
        marking_ceiling=ceiling.value,
        starts_at=at,
        ends_at=ends_at,
    )
    membership.full_clean()
    membership.save()
    _record_membership(membership, decision="joined", by=by)
    return membership


def _record_membership(membership: Membership, *, decision: str, by: str) -> None:
    record(
        Event.MEMBERSHIP_CHANGED,
        actor=by,
        action_object=membership.user.public_id,
        decision=decision,
        reason=membership.organisation.slug[:40],
        detail={"roles": "/".join(membership.roles), "ceiling": membership.marking_ceiling},
    )


def _record_group(user: User, group: NeedToKnowGroup, *, decision: str, by: str) -> None:
    record(
        Event.MEMBERSHIP_CHANGED,
        actor=by,
        action_object=user.public_id,
        decision=decision,
        detail={"group": group.pk},
    )
