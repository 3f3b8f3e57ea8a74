"""The access rule as a table of conditions that every engine compiles into its own language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from access.policy import Document, Viewer
from access.vocabulary import EARLIEST, EDITING_ROLES, LATEST, NO_GROUP, OPEN_STATES, OWN

SetField = Literal["ref", "owner", "author", "audience", "groups", "state", "review"]
OrderedField = Literal["marking", "visible_from", "visible_until", "latest_phase"]

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class In:
    """The field has one of these values; a field of many values, at least one of them."""

    field: SetField
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Le:
    """The field is at most this value."""

    field: OrderedField
    value: int | datetime


@dataclass(frozen=True, slots=True)
class Ge:
    """The field is at least this value."""

    field: OrderedField
    value: int | datetime


Condition = In | Le | Ge
Conjunction = tuple[Condition, ...]
Facts = Mapping[str, frozenset[str] | int | datetime]


def rules_for(viewer: Viewer, *, at: datetime) -> tuple[Conjunction, ...]:
    """Name the conditions under which the viewer may read a document; no conjunction: nothing.

    Written independently of `access.policy.decide`, which it must never call: the two are
    proved equal by the agreement, and a fault in shared code would pass it.
    """
    if not (viewer.active and viewer.admitted):
        return ()
    cleared = Le("marking", int(viewer.effective_ceiling))
    needs_to_know = In("groups", viewer.groups | {NO_GROUP})
    of_own_force = In("owner", frozenset({viewer.organisation}))
    published: Conjunction = (
        In("state", frozenset(OPEN_STATES)),
        Le("visible_from", at),
        Ge("visible_until", at + _INSTANT),
        Ge("latest_phase", viewer.phase),
    )
    restricted: Conjunction = (cleared, needs_to_know)
    table: list[Conjunction] = []
    if viewer.person_id:
        table.append((cleared, of_own_force, In("author", frozenset({viewer.person_id}))))
    if viewer.roles & EDITING_ROLES:
        table.append((*restricted, of_own_force))
    if viewer.review_keys:
        table.append((*restricted, In("review", viewer.review_keys)))
    if viewer.grants:
        table.append((*restricted, *published, In("ref", viewer.grants)))
    if viewer.audience_terms:
        table.append((*restricted, *published, In("audience", viewer.audience_terms)))
        own = In("audience", frozenset({OWN}))
        table.append((*restricted, *published, own, of_own_force))
    return tuple(table)


def facts_of(document: Document) -> Facts:
    """Lay a document's facts out as the fields the conditions name, sentinels filled in."""
    return {
        "ref": frozenset({document.ref}),
        "owner": frozenset({document.owner}),
        "author": frozenset({document.author}),
        "marking": int(document.marking),
        "audience": document.audience,
        "groups": document.groups or frozenset({NO_GROUP}),
        "visible_from": document.visible_from or EARLIEST,
        "visible_until": document.visible_until or LATEST,
        "state": frozenset({str(document.state)}),
        "latest_phase": document.latest_phase,
        "review": document.review,
    }


def matches(document: Document, conjunctions: tuple[Conjunction, ...]) -> bool:
    """Evaluate the conditions in Python: the first of the engines."""
    facts = facts_of(document)
    return any(all(_holds(one, facts) for one in conjunction) for conjunction in conjunctions)


def _holds(condition: Condition, facts: Facts) -> bool:
    fact = facts[condition.field]
    match condition, fact:
        case In(values=values), frozenset():
            return not values.isdisjoint(fact)
        case Le(value=int() as limit), int():
            return fact <= limit
        case Ge(value=int() as limit), int():
            return fact >= limit
        case Le(value=datetime() as limit), datetime():
            return fact <= limit
        case Ge(value=datetime() as limit), datetime():
            return fact >= limit
    message = f"{condition!r} does not fit a fact of type {type(fact).__name__}"
    raise TypeError(message)
