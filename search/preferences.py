"""What is preferred among documents that match about equally well.

Whole numbers, made from the question, the reader and the one document: nothing is counted over
documents, so hidden ones move nothing, and every engine adds the same.
"""

from datetime import date, datetime, timedelta

from access.vocabulary import State
from search.engines.base import Alternative, Facet, Preference, Slot
from search.engines.rows import facet_field

# In quarters of a level of `search.ranking`, for each word asked for. A word once in a page of
# usual length stands at a level of about six; that of a title at fifteen to twenty-five.
QUARTERS = 4
# What is no longer in use stays findable, below what replaced it: even where it has the words
# in its title, and its successor once in its text.
CURRENT = 24 * QUARTERS
# All of these together stay below three levels: they order near-equals and lift no poor match.
OWN_NATION = 3
STRONG_EVIDENCE = 3
IN_FORCE = 2
FRESH = 2
FRESH_FOR = timedelta(days=365)


def preferences(slots: tuple[Slot, ...], *, nation: str, at: datetime) -> tuple[Preference, ...]:
    """What to add for a reader of this nation; nothing where no word has a weight."""
    unit = sum(max(map(_weight, slot)) for slot in slots)
    if not unit:
        return ()
    nations = ((facet_field(Facet.NATION), OWN_NATION, (nation,)),) if nation else ()
    valued = (
        ("state", CURRENT, (State.PUBLISHED.value,)),
        (facet_field(Facet.EVIDENCE), STRONG_EVIDENCE, ("strong", "very-strong")),
        (facet_field(Facet.IN_FORCE), IN_FORCE, ("yes",)),
        *nations,
    )
    chosen = [
        Preference(field, unit * quarters // QUARTERS, values) for field, quarters, values in valued
    ]
    since: date = (at - FRESH_FOR).date()
    fresh = Preference("reviewed", unit * FRESH // QUARTERS, since_date=since)
    return tuple(one for one in (*chosen, fresh) if one.points)


def _weight(way: Alternative) -> int:
    return sum(term.weight for term in way.terms)
