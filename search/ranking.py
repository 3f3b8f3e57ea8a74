"""How much a word weighs: in a document (16 levels) and in a query (integers).

Every number that decides an order is an integer made from one document alone, or from
documents that every admitted reader may see. So a hidden document can move nothing, and two
engines that add the same integers put hits in the same order.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

TITLE_REPEATS = 3
# Weights out of 64 that a level stands for, about a fifth apart: the gain from one mention more
# is in proportion to what is there, and long texts need the low end.
LEVELS = (1, 2, 3, 4, 6, 8, 10, 13, 16, 20, 25, 31, 37, 44, 52, 60)
_BOUNDS = tuple(math.sqrt(low * high) / 64 for low, high in pairwise(LEVELS))

SATURATION = 1.2
LENGTH_SHARE = 0.8
# Fixed, and not the average of the index: that would count hidden documents.
REFERENCE_LENGTH = 25
LENGTH_EXPONENT = 0.7
IDF_SCALE = 16


@dataclass(frozen=True, slots=True)
class Baseline:
    """Counts over the documents that every admitted reader may see, and over no others.

    Empty for readers who do not see those documents either (partner organisations): to them
    every word is as rare as the next.
    """

    documents: int = 0
    frequencies: Mapping[str, int] = field(default_factory=dict)

    def frequency(self, stem: str) -> int:
        """In how many of the documents the word stem stands."""
        return self.frequencies.get(stem, 0)


def levels_of(stems: Iterable[str]) -> dict[str, int]:
    """The level, 0 to 15, that each stem of a document is written with.

    `stems` are the stems of the whole text in one field, those of the title repeated.
    """
    counts = Counter(stems)
    length = counts.total()
    damping = SATURATION * (
        1 - LENGTH_SHARE + LENGTH_SHARE * (length / REFERENCE_LENGTH) ** LENGTH_EXPONENT
    )
    return {
        stem: bisect_right(_BOUNDS, count / (count + damping)) for stem, count in counts.items()
    }


def rarity(frequency: int, *, documents: int) -> int:
    """The weight of a word in a query: the rarer among the baseline, the heavier."""
    frequency = min(frequency, documents)
    share = (documents - frequency + 0.5) / (frequency + 0.5)
    return max(1, round(IDF_SCALE * math.log1p(share)))
