"""What is preferred among documents that match about equally well.

Whole numbers, made from the question, the reader and the one document: nothing is counted over
documents, so hidden ones move nothing, and every engine adds the same.
"""

from datetime import date, datetime

from access.vocabulary import State
from search import standing
from search.engines.base import Alternative, Preference, Slot
from search.engines.rows import REVIEWED_MONTH, month_of
from search.ranking import LEVELS

# In quarters of a level of `search.ranking`, for each word asked for. A word once in a page of
# usual length stands at a level of about six; that of a title at fifteen to twenty-five.
QUARTERS = 4
# What is no longer in use stays findable, below all that is: a title of the words would else lift
# it above what replaced it. In levels, for each word: more than the words and the rest can add.
TIER = max(LEVELS) + 3
# With all of `search.standing` it stays below three levels, which orders near-equals and lifts no
# poor match.
FRESH = 2
# The month of the question, and so many before it.
FRESH_MONTHS = 12


def preferences(slots: tuple[Slot, ...], *, nation: str, at: datetime) -> tuple[Preference, ...]:
    """What to add for a reader of this nation, what puts pages in use first (`in_use_first`) with
    it: the words of a standing say both.
    """
    unit, tier = _unit(slots), in_use_first(slots).points
    chosen = [Preference(REVIEWED_MONTH, unit * FRESH // QUARTERS, _fresh_months(at))]
    for quarters in standing.POSSIBLE_QUARTERS:
        points = unit * quarters // QUARTERS
        for is_in_use in (True, False):
            word = standing.standing(quarters, is_in_use=is_in_use)
            field = standing.field_for(nation)
            chosen.append(Preference(field, points + tier * is_in_use, (word,)))
    return tuple(one for one in chosen if one.points)


def _fresh_months(at: datetime) -> tuple[str, ...]:
    ordinals = (at.year * 12 + at.month - 1 - back for back in range(FRESH_MONTHS + 1))
    return tuple(month_of(date(one // 12, one % 12 + 1, 1)) for one in ordinals)


def in_use_first(slots: tuple[Slot, ...]) -> Preference:
    """What every reader wants first: a page that was neither superseded nor withdrawn."""
    return Preference("state", max(1, _unit(slots) * TIER), (State.PUBLISHED.value,))


def _unit(slots: tuple[Slot, ...]) -> int:
    """What the words add to a document in which each of them stands at level one."""
    return sum(max(map(_weight, slot)) for slot in slots)


def _weight(way: Alternative) -> int:
    return sum(term.weight for term in way.terms)
