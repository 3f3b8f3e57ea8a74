"""Whether changed access facts let more people in, and the facts that let in no more than both."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from access.vocabulary import (
    EARLIEST,
    HUB,
    HUB_SLUG,
    LATEST,
    NATIONAL,
    OWN,
    Marking,
    force_term,
    partner_term,
    region_term,
)


@dataclass(frozen=True, slots=True)
class AudienceFacts:
    """The facts of a document that say who reads it once it is published."""

    marking: Marking
    audience: frozenset[str]
    groups: frozenset[str]
    visible_from: datetime | None
    visible_until: datetime | None
    latest_phase: int
    owner: str


def narrowest(
    live: AudienceFacts, proposed: AudienceFacts, *, regions: Mapping[str, str]
) -> AudienceFacts:
    """Combine two sets of facts so that nobody gets in whom the live ones keep out.

    `regions` gives the region of every force, special force and agency, "" where it has none.
    Nor does anybody get in whom the proposed facts keep out, with one exception: two sets of
    groups without a common member cannot be met by one list of alternatives, and then the live
    groups stay. The owner stays the live one.
    """
    return AudienceFacts(
        marking=max(live.marking, proposed.marking),
        audience=_common_audience(live, proposed, regions=regions),
        groups=_common_groups(live.groups, proposed.groups),
        visible_from=_later(live.visible_from, proposed.visible_from),
        visible_until=_earlier(live.visible_until, proposed.visible_until),
        latest_phase=min(live.latest_phase, proposed.latest_phase),
        owner=live.owner,
    )


def widens(
    live: AudienceFacts, proposed: AudienceFacts, *, regions: Mapping[str, str]
) -> frozenset[str]:
    """Name the facts by which the proposed value may let in somebody whom the live one keeps out.

    `regions` as for `narrowest`.
    """
    wider = {
        "marking": proposed.marking < live.marking,
        "audience": not _covers(
            _spelled_out(live, regions=regions),
            _spelled_out(proposed, regions=regions),
            regions=regions,
        ),
        "groups": bool(live.groups) and not (proposed.groups and proposed.groups <= live.groups),
        "visible_from": (proposed.visible_from or EARLIEST) < (live.visible_from or EARLIEST),
        "visible_until": (proposed.visible_until or LATEST) > (live.visible_until or LATEST),
        "latest_phase": proposed.latest_phase > live.latest_phase,
        "owner": proposed.owner != live.owner,
    }
    return frozenset(name for name, is_wider in wider.items() if is_wider)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((each for each in (one, other) if each is not None), default=None)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _common_groups(live: frozenset[str], proposed: frozenset[str]) -> frozenset[str]:
    if not live or not proposed:
        return live | proposed
    return live & proposed or live


def _common_audience(
    live: AudienceFacts, proposed: AudienceFacts, *, regions: Mapping[str, str]
) -> frozenset[str]:
    lives = _spelled_out(live, regions=regions)
    proposals = _spelled_out(proposed, regions=regions)
    if live.owner == proposed.owner and _covers(lives, proposals, regions=regions):
        return proposed.audience
    if _covers(proposals, lives, regions=regions):
        return live.audience
    common = {
        term
        for terms, others in ((lives, proposals), (proposals, lives))
        for term in terms
        if _covers(others, {term}, regions=regions)
    }
    widest = {term for term in common if not _covers(common - {term}, {term}, regions=regions)}
    own = _own_term(live.owner, regions=regions)
    if own in widest and OWN in live.audience:
        # Said as an editor would: own force, not the force by name.
        widest = widest - {own} | {OWN}
    return frozenset(widest)


def _covers(outer: Set[str], inner: Set[str], *, regions: Mapping[str, str]) -> bool:
    """Whether everybody reached by the inner terms is also reached by the outer ones."""
    return all(any(_contains(wide, term, regions=regions) for wide in outer) for term in inner)


def _contains(outer: str, inner: str, *, regions: Mapping[str, str]) -> bool:
    """Whether everybody reached by the inner term is also reached by the outer one."""
    if outer == inner:
        return True
    kind, _, slug = inner.partition(":")
    if outer == NATIONAL:
        return kind in {"region", "force", HUB}
    return kind == "force" and slug in regions and outer == region_term(regions[slug])


def _spelled_out(facts: AudienceFacts, *, regions: Mapping[str, str]) -> frozenset[str]:
    """Name the owner in place of "own", so that the terms of two owners can be compared."""
    if OWN not in facts.audience:
        return facts.audience
    return facts.audience - {OWN} | {_own_term(facts.owner, regions=regions)}


def _own_term(owner: str, *, regions: Mapping[str, str]) -> str:
    """Give the term that reaches the same people as "own" does for this owner."""
    if owner == HUB_SLUG:
        return HUB
    return force_term(owner) if owner in regions else partner_term(owner)
