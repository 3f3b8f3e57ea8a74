"""What a page is worth to a reader beside its words, written into the index as one word.

Every page has one such word for a reader's nation: so one list is read of it, where there were
four, for its state, its evidence, the law and the nation.
"""

from itertools import product

from access.vocabulary import State
from forces.models import Nation
from search.engines.base import Facet, IndexedDocument

FIELD = "standing"
# In quarters of a level of `search.ranking`, for each word asked for.
OWN_NATION = 3
STRONG_EVIDENCE = 3
IN_FORCE = 2
# Every worth that a page can have.
POSSIBLE_QUARTERS = sorted(
    set(map(sum, product((0, STRONG_EVIDENCE), (0, IN_FORCE), (0, OWN_NATION))))
)
_STRONG = frozenset({"strong", "very-strong"})


def standings_of(document: IndexedDocument) -> list[str]:
    """The words of a page: its worth to readers of each nation, and to those of none."""
    facets = document.facets
    own = STRONG_EVIDENCE * (not _STRONG.isdisjoint(facets.get(Facet.EVIDENCE, ())))
    own += IN_FORCE * ("yes" in facets.get(Facet.IN_FORCE, ()))
    nations = facets.get(Facet.NATION, ())
    is_in_use = document.access.state is State.PUBLISHED
    return [
        standing(nation, own + OWN_NATION * (nation in nations), is_in_use=is_in_use)
        for nation in ("", *Nation.values)
    ]


def standing(nation: str, quarters: int, *, is_in_use: bool) -> str:
    """The word for a worth to readers of a nation, and for whether the page is in use."""
    return f"{nation}|{quarters}|{'in' if is_in_use else 'out'}"
