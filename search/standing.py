"""What a page is worth to a reader beside its words, written into the index as one word.

Every page has one such word for each nation a reader may work in, in a field for each: so one list
is read of it, where there were four, for its state, its evidence, the law and the nation.
"""

from itertools import product

from access.vocabulary import State
from forces.models import Nation
from search.engines.base import Facet, IndexedDocument

# In quarters of a level of `search.ranking`, for each word asked for.
OWN_NATION = 3
STRONG_EVIDENCE = 3
IN_FORCE = 2
# Every worth that a page can have.
POSSIBLE_QUARTERS = sorted(
    set(map(sum, product((0, STRONG_EVIDENCE), (0, IN_FORCE), (0, OWN_NATION))))
)
_STRONG = frozenset({"strong", "very-strong"})


def field_for(nation: str) -> str:
    """The field of the words for readers of a nation, and for those of none."""
    return f"standing_{nation or 'none'}"


FIELDS = {field_for(nation): nation for nation in ("", *Nation.values)}


def standings_of(document: IndexedDocument) -> dict[str, str]:
    """The words of a page under their fields: its worth to readers of each nation."""
    facets = document.facets
    own = STRONG_EVIDENCE * (not _STRONG.isdisjoint(facets.get(Facet.EVIDENCE, ())))
    own += IN_FORCE * ("yes" in facets.get(Facet.IN_FORCE, ()))
    nations = facets.get(Facet.NATION, ())
    is_in_use = document.access.state is State.PUBLISHED
    return {
        field: standing(own + OWN_NATION * (nation in nations), is_in_use=is_in_use)
        for field, nation in FIELDS.items()
    }


def standing(quarters: int, *, is_in_use: bool) -> str:
    """The word for a worth, and for whether the page is in use."""
    return f"{quarters}|{'in' if is_in_use else 'out'}"
