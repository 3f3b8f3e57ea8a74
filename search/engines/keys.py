"""The four facts that most rules ask for together, as one word: a seventh of the time."""

from collections.abc import Iterator, Sequence
from itertools import product, starmap

from access.policy import Document as AccessFacts
from access.rules import Condition, Conjunction, In, Le
from access.vocabulary import NO_GROUP, Marking

CEILINGS = tuple(int(marking) for marking in Marking)
# More combinations than this are asked field by field.
_MOST_KEYS = 64
_KEY_FIELDS = ("state", "groups", "audience")


def access_key(ceiling: int, state: str, group: str, audience: str) -> str:
    """One word for one combination of the four facts."""
    return f"{ceiling}|{state}|{group}|{audience}"


def ceilings_of(facts: AccessFacts) -> list[int]:
    """The ceilings under which a document is cleared."""
    return [ceiling for ceiling in CEILINGS if ceiling >= facts.marking]


def keys_of(facts: AccessFacts) -> list[str]:
    """Every combination of the four facts that a document has."""
    groups = facts.groups or {NO_GROUP}
    combined = product(ceilings_of(facts), [str(facts.state)], groups, facts.audience)
    return sorted(starmap(access_key, combined))


def keys_in(conjunction: Conjunction) -> tuple[Sequence[str] | None, Sequence[Condition]]:
    """The combinations that a conjunction asks for, and what else it asks.

    None where it does not ask for all four facts, or for too many combinations of them.
    """
    sets: dict[str, frozenset[str]] = {}
    ceiling: int | None = None
    rest: list[Condition] = []
    for condition in conjunction:
        match condition:
            case In(field=("state" | "groups" | "audience") as field, values=values) if (
                field not in sets
            ):
                sets[field] = values
            case Le(field="marking", value=int() as value) if ceiling is None:
                ceiling = value
            case _:
                rest.append(condition)
    cleared = highest_ceiling(ceiling)
    if len(sets) < len(_KEY_FIELDS) or not cleared:
        return None, conjunction
    combined = list(_combinations(cleared, sets))
    if len(combined) > _MOST_KEYS:
        return None, conjunction
    return combined, rest


def highest_ceiling(ceiling: int | None) -> list[int]:
    """The highest marking that the ceiling clears; empty for a ceiling that clears none."""
    return [one for one in CEILINGS if ceiling is not None and one <= ceiling][-1:]


def _combinations(cleared: Sequence[int], sets: dict[str, frozenset[str]]) -> Iterator[str]:
    state, groups, audience = (sorted(sets[name]) for name in _KEY_FIELDS)
    return starmap(access_key, product(cleared, state, groups, audience))
