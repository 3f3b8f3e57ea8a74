"""Who is asking, read from the database at every request, never from the session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.core.cache import cache
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
from forces.prepared import Prepared

GROUP, GRANT = "group", "grant"


class _Place(NamedTuple):
    """Where a person stands now; the names are the columns read for it."""

    user_id: int
    person_id: str
    roles: list[str]
    marking_ceiling: int
    slug: str
    kind: str
    ended_at: datetime | None
    region: str | None
    phase: int | None
    opens_at: datetime | None


_COLUMNS = (
    "user_id",
    "user__public_id",
    "roles",
    "marking_ceiling",
    "organisation__slug",
    "organisation__kind",
    "organisation__ended_at",
    "organisation__region__slug",
    "organisation__phase__number",
    "organisation__phase__opens_at",
)


def viewer_for(user: User, *, second_factor: bool, at: datetime) -> Viewer:
    """The viewer behind a signed-in person, in two SQL statements.

    `second_factor` says whether this session used one, not whether the person has one.
    """
    if not user.is_active:
        return ANONYMOUS
    places = _PLACE.rows(user=user.pk, at=at)
    if not places:
        return ANONYMOUS
    extras: Any = _EXTRAS.rows(user=user.pk, at=at)
    return _viewer(_Place(*places[0]), extras, second_factor=second_factor, at=at)


def nation_of(organisation: str) -> str:
    """The nation whose law its people work under, empty for bodies of all; for the order of hits.

    Remembered for ten minutes: no right depends on it, and every search would ask again.
    """
    known: str | None = cache.get(f"nation:{organisation}")
    if known is None:
        rows = Organisation.objects.filter(slug=organisation)
        known = rows.values_list("nation", flat=True).first() or ""
        cache.set(f"nation:{organisation}", known, timeout=600)
    return known


def opening_of(organisation: str, *, at: datetime) -> datetime | None:
    """The day planned for a force that waits; None where there is none, or it is over already."""
    rows = Organisation.objects.filter(slug=organisation, phase__opens_at__gt=at)
    opens_at: datetime | None = rows.values_list("phase__opens_at", flat=True).first()
    return opens_at


def viewers_of_everyone(at: datetime) -> Iterator[Viewer]:
    """Every active person as a viewer with a second factor, in two SQL statements."""
    extras: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for extra in _extras(Q(), at=at):
        extras[extra[0]].append(extra)
    for place in map(_Place._make, _places(Q(user__is_active=True), at=at)):
        yield _viewer(place, extras[place.user_id], second_factor=True, at=at)


def _places(who: Q, *, at: datetime) -> QuerySet[Membership, tuple[Any, ...]]:
    """The current membership of each person, with what decides of the organisation."""
    in_time = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    return Membership.objects.filter(who & in_time, starts_at__lte=at).values_list(*_COLUMNS)


def _extras(who: Q, *, at: datetime) -> QuerySet[GroupMembership, tuple[int, str, str]]:
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


_PLACE = Prepared(lambda user, at: _places(Q(user=user), at=at), user=int, at=datetime)
_EXTRAS = Prepared(lambda user, at: _extras(Q(user=user), at=at), user=int, at=datetime)


def _is_admitted(place: _Place, *, at: datetime) -> bool:
    """A force is admitted when its phase opens; the hub, partners and oversight have none."""
    if place.ended_at is not None and place.ended_at <= at:
        return False
    if place.opens_at is None:
        return place.kind not in POLICING_KINDS
    return place.opens_at <= at


def _viewer(
    place: _Place, extras: Iterable[tuple[int, str, str]], *, second_factor: bool, at: datetime
) -> Viewer:
    kind = OrganisationKind(place.kind)
    named = list(extras)
    return Viewer(
        person_id=place.person_id,
        active=True,
        organisation=place.slug,
        organisation_kind=kind,
        region=place.region,
        admitted=_is_admitted(place, at=at),
        phase=place.phase or 0,
        # A role that this kind of organisation cannot give counts for nothing, however it got in.
        roles=frozenset(role for role in ROLES_OF_KIND[kind] if role in place.roles),
        groups=frozenset(name for _, kind, name in named if kind == GROUP),
        ceiling=Marking(place.marking_ceiling),
        second_factor=second_factor,
        grants=frozenset(name for _, kind, name in named if kind == GRANT),
    )
