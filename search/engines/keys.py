"""The facts that most rules ask for together, as one word: a tenth of the time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product, starmap

from access.policy import Document as AccessFacts
from access.rules import Condition, Conjunction, Ge, In, Le
from access.vocabulary import EARLIEST, LATEST, NO_GROUP, OPEN_STATES, Marking

CEILINGS = tuple(int(marking) for marking in Marking)
# Phases up to this one are written as words too, which are found faster than numbers.
WORDED_PHASES = 15
# More combinations than this are asked field by field.
_MOST_KEYS = 64
_SETS = ("state", "groups", "audience")
# Ends the keys of documents that are visible from or until some time: of them it is asked as well.
_DATED = "~"
# Stands for all states in which readers may see a page: most rules ask for them together.
_OPEN = "open"


@dataclass(slots=True)
class Keyed:
    """A conjunction as combinations: of documents without dates, of dated ones, and the rest."""

    undated: Sequence[str] = ()
    dated: Sequence[str] = ()
    dates: list[Condition] = field(default_factory=list)
    rest: list[Condition] = field(default_factory=list)


def access_key(ceiling: int, state: str, group: str, audience: str, phase: int) -> str:
    """One word for one combination of the facts."""
    return f"{ceiling}|{state}|{group}|{audience}|{phase}"


def ceilings_of(facts: AccessFacts) -> list[int]:
    """The ceilings under which a document is cleared."""
    return [ceiling for ceiling in CEILINGS if ceiling >= facts.marking]


def phases_of(facts: AccessFacts) -> range:
    """The phases to which a document is open, as far as they are written as words."""
    return range(min(facts.latest_phase, WORDED_PHASES) + 1)


def keys_of(facts: AccessFacts) -> list[str]:
    """Every combination of the facts that a document has."""
    groups = facts.groups or {NO_GROUP}
    states = [str(facts.state), *([_OPEN] if facts.state in OPEN_STATES else [])]
    phases = phases_of(facts)
    combined = product(ceilings_of(facts), states, groups, facts.audience, phases)
    end = _DATED if facts.visible_from or facts.visible_until else ""
    return sorted(key + end for key in starmap(access_key, combined))


def keys_in(conjunction: Conjunction) -> Keyed | None:
    """The combinations that a conjunction asks for, and what else it asks.

    None where it does not ask for all of the facts, or for too many combinations of them.
    """
    sets: dict[str, frozenset[str]] = {}
    numbers: dict[str, int] = {}
    keyed = Keyed()
    for condition in conjunction:
        match condition:
            case In(field=("state" | "groups" | "audience") as name, values=values) if (
                name not in sets
            ):
                sets[name] = values
            case Le(field="marking", value=int() as value) if "marking" not in numbers:
                numbers["marking"] = value
            case Ge(field="latest_phase", value=int() as value) if (
                "phase" not in numbers and 0 <= value <= WORDED_PHASES
            ):
                numbers["phase"] = value
            case Le(field="visible_from") | Ge(field="visible_until"):
                keyed.dates.append(condition)
            case _:
                keyed.rest.append(condition)
    if len(sets) < len(_SETS) or len(numbers) < 2 or not all(map(_holds_undated, keyed.dates)):
        return None
    if sets["state"] == frozenset(map(str, OPEN_STATES)):
        sets["state"] = frozenset({_OPEN})
    combined = list(_combinations(sets, **numbers))
    if not combined or len(combined) > _MOST_KEYS:
        return None
    keyed.undated = combined
    keyed.dated = [key + _DATED for key in combined]
    return keyed


def highest_ceiling(ceiling: int | None) -> list[int]:
    """The highest marking that the ceiling clears; empty for a ceiling that clears none."""
    return [one for one in CEILINGS if ceiling is not None and one <= ceiling][-1:]


def _holds_undated(condition: Condition) -> bool:
    """Whether it holds for what has no such date, whose sentinel the index compares."""
    match condition:
        case Le(value=datetime() as value):
            return value >= EARLIEST
        case Ge(value=datetime() as value):
            return value <= LATEST
    return False


def _combinations(sets: dict[str, frozenset[str]], *, marking: int, phase: int) -> Iterator[str]:
    state, groups, audience = (sorted(sets[name]) for name in _SETS)
    return starmap(access_key, product(highest_ceiling(marking), state, groups, audience, [phase]))
