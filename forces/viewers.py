"""Who is asking, read from the database at every request, never from the session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import CharField, Q, QuerySet, Value

from access.policy import ANONYMOUS, Viewer
from access.vocabulary import POLICING_KINDS, Marking, OrganisationKind
from forces.models import (
    ROLES_OF_KIND,
    BreakGlassGrant,
    GroupMembership,
    Membership,
    Organisation,
    User,
)

GROUP, GRANT = "group", "grant"


def viewer_for(user: User, *, second_factor: bool, at: datetime) -> Viewer:
    """The viewer behind a signed-in person, in two SQL statements.

    `second_factor` says whether this session used one, not whether the person has one.
    """
    if not user.is_active:
        return ANONYMOUS
    membership = (
        _current(Membership.objects.filter(user=user), at=at)
        .select_related("organisation__region", "organisation__phase")
        .first()
    )
    if membership is None:
        return ANONYMOUS
    return _viewer(
        user, membership, _extras(Q(user=user), at=at), second_factor=second_factor, at=at
    )


def viewers_of_everyone(at: datetime) -> Iterator[Viewer]:
    """Every active person as a viewer with a second factor, in two SQL statements."""
    extras: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for row in _extras(Q(), at=at):
        extras[row[0]].append(row)
    memberships = _current(Membership.objects.filter(user__is_active=True), at=at)
    related = ("user", "organisation__region", "organisation__phase")
    for membership in memberships.select_related(*related):
        user = membership.user
        yield _viewer(user, membership, extras[user.pk], second_factor=True, at=at)


def _current(memberships: QuerySet[Membership], *, at: datetime) -> QuerySet[Membership]:
    return memberships.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), starts_at__lte=at)


def _extras(who: Q, *, at: datetime) -> Iterable[tuple[int, str, str]]:
    """Groups and grants as (user, kind, name), in one statement."""
    in_time = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    group_alive = Q(group__ends_at__isnull=True) | Q(group__ends_at__gt=at)
    groups = (
        GroupMembership.objects.filter(who & in_time & group_alive, starts_at__lte=at)
        .annotate(kind=Value(GROUP, output_field=CharField()))
        .values_list("user_id", "kind", "group__slug")
    )
    grants = (
        BreakGlassGrant.objects.filter(who & in_time, starts_at__lte=at)
        .annotate(kind=Value(GRANT, output_field=CharField()))
        .values_list("user_id", "kind", "document_ref")
    )
    return groups.union(grants, all=True)


def _is_admitted(organisation: Organisation, *, at: datetime) -> bool:
    """A force is admitted when its phase opens; the hub, partners and oversight have none."""
    if organisation.phase is None:
        return organisation.kind not in POLICING_KINDS
    return organisation.phase.opens_at <= at


def _viewer(
    user: User,
    membership: Membership,
    extras: Iterable[tuple[int, str, str]],
    *,
    second_factor: bool,
    at: datetime,
) -> Viewer:
    organisation = membership.organisation
    kind = OrganisationKind(organisation.kind)
    phase = organisation.phase
    named = list(extras)
    ended = organisation.ended_at is not None and organisation.ended_at <= at
    return Viewer(
        person_id=user.public_id,
        active=True,
        organisation=organisation.slug,
        organisation_kind=kind,
        region=organisation.region.slug if organisation.region else None,
        admitted=not ended and _is_admitted(organisation, at=at),
        phase=phase.number if phase else 0,
        # A role that this kind of organisation cannot give counts for nothing, however it got in.
        roles=frozenset(role for role in ROLES_OF_KIND[kind] if role in membership.roles),
        groups=frozenset(name for _, kind, name in named if kind == GROUP),
        ceiling=Marking(membership.marking_ceiling),
        second_factor=second_factor,
        grants=frozenset(name for _, kind, name in named if kind == GRANT),
    )
