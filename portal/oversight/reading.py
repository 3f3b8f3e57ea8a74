"""What a force's lead is shown of how its pages were asked for: refusals, and unusual reading.

Nothing here says that somebody did wrong. Officers work at night and across borders; the lead
knows the work and asks.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from access.policy import Viewer
from access.vocabulary import Role
from audit.events import Event
from audit.models import Entry
from forces.models import Membership
from guidance.metadata import references_of

LOOKED_BACK = timedelta(days=30)
# As many OFFICIAL-SENSITIVE pages of one force in a day are more than a case needs.
MANY_PAGES = 10
NIGHT_BEGINS, NIGHT_ENDS = 22, 6
LEADS = frozenset({Role.APPROVER, Role.HUB_APPROVER})


class _Row(NamedTuple):
    event: str
    actor: str
    ref: str
    reason: str
    at: datetime


class _Place(NamedTuple):
    organisation: str
    short_name: str
    region: str | None


@dataclass(frozen=True, slots=True)
class Refusals:
    """How often one page was asked for in vain, and for which reason most."""

    ref: str
    times: int
    people: int
    reason: str
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Unusual:
    """One person's reading on one day that the lead may want to ask about."""

    person: str
    force: str
    pages: int
    last_at: datetime
    many: bool
    at_night: bool
    other_region: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """Both lists, the newest first."""

    refusals: list[Refusals]
    unusual: list[Unusual]


def is_lead(viewer: Viewer) -> bool:
    """Whether there is such a page for this viewer, in this session."""
    return viewer.active and viewer.admitted and viewer.second_factor and bool(viewer.roles & LEADS)


def reading_of(viewer: Viewer, *, at: datetime, back: timedelta = LOOKED_BACK) -> Reading:
    """What happened to the pages of the viewer's own organisation, in two statements."""
    rows = [
        _Row(*row)
        for row in Entry.objects.filter(
            event__in=(Event.REFUSAL, Event.SENSITIVE_READING),
            action_object__in=references_of(viewer.organisation),
            recorded_at__gte=at - back,
        )
        .order_by("-recorded_at")
        .values_list("event", "actor", "action_object", "reason", "recorded_at")
    ]
    places = _places({row.actor for row in rows if row.actor}, at=at)
    return Reading(
        refusals=_refusals(row for row in rows if row.event == Event.REFUSAL),
        unusual=_unusual(
            (row for row in rows if row.event == Event.SENSITIVE_READING),
            places=places,
            viewer=viewer,
        ),
    )


def _refusals(rows: Iterable[_Row]) -> list[Refusals]:
    by_page: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        by_page[row.ref].append(row)
    return [
        Refusals(
            ref=ref,
            times=len(found),
            people=len({row.actor for row in found}),
            reason=Counter(row.reason for row in found).most_common(1)[0][0],
            last_at=found[0].at,
        )
        for ref, found in by_page.items()
    ]


def _unusual(rows: Iterable[_Row], *, places: dict[str, _Place], viewer: Viewer) -> list[Unusual]:
    by_day: dict[tuple[str, object], list[_Row]] = defaultdict(list)
    for row in rows:
        by_day[row.actor, timezone.localdate(row.at)].append(row)
    found = []
    for (actor, _day), read in by_day.items():
        place = places.get(actor)
        pages = len({row.ref for row in read})
        many = pages >= MANY_PAGES
        at_night = any(_is_night(row.at) for row in read)
        other_region = place is None or (
            place.organisation != viewer.organisation
            and (place.region is None or place.region != viewer.region)
        )
        if many or at_night or other_region:
            force = place.short_name if place else ""
            found.append(Unusual(actor, force, pages, read[0].at, many, at_night, other_region))
    return found


def _is_night(moment: datetime) -> bool:
    hour = timezone.localtime(moment).hour
    return hour >= NIGHT_BEGINS or hour < NIGHT_ENDS


def _places(people: set[str], *, at: datetime) -> dict[str, _Place]:
    rows = Membership.objects.filter(user__public_id__in=people, starts_at__lte=at)
    columns = (
        "user__public_id",
        "organisation__slug",
        "organisation__short_name",
        "organisation__region__slug",
    )
    # The newest comes last, and stays: somebody who has left still read as who they were.
    return {
        person: _Place(*place)
        for person, *place in rows.order_by("starts_at").values_list(*columns)
    }
