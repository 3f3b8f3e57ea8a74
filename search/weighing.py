"""Gives the parts of a query their weights, from the baseline and nothing else."""

from collections import Counter

from search.analysis import stem, stop_stems
from search.engines.base import Alternative, Slot, WeighedTerm
from search.query import Analysis, Part
from search.ranking import Baseline, rarity
from search.thesaurus import Stems

# What was typed counts a little more than what it may also mean, in tenths.
SYNONYM_TENTHS = 9
CORRECTION_TENTHS = 8
# Nobody means a word more than this often.
MOST_REPEATS = 8


def weigh(analysis: Analysis, *, baseline: Baseline) -> tuple[Slot, ...]:
    """The slots of a query; a part that was typed twice weighs twice."""
    counted = Counter(analysis.parts)
    return tuple(
        _slot(part, times=min(times, MOST_REPEATS), baseline=baseline)
        for part, times in counted.items()
    )


def _slot(part: Part, *, times: int, baseline: Baseline) -> Slot:
    weights = [_rarity(word, baseline) * times for word in _telling(part.typed)]
    typed_weight = sum(weights)
    if part.others and len(part.typed) == 1:
        # One idea, however it is said: as frequent as its most frequent name.
        typed_weight = times * rarity(
            max(_frequency(one, baseline) for one in (part.typed, *part.others)),
            documents=baseline.documents,
        )
    alternatives = [_typed(part.typed, weight=typed_weight, baseline=baseline, times=times)]
    also = typed_weight * SYNONYM_TENTHS // 10
    alternatives += [_phrase(other, weight=also) for other in part.others]
    if part.corrected:
        meant = stem(part.corrected)
        weight = _rarity(meant, baseline) * times * CORRECTION_TENTHS // 10
        alternatives.append(Alternative(terms=(WeighedTerm(meant, weight),)))
    return tuple(alternatives)


def _typed(stems: Stems, *, weight: int, baseline: Baseline, times: int) -> Alternative:
    """The words as typed: one at the weight of its idea, several each for itself."""
    telling = _telling(stems)
    if len(stems) == 1 or not telling:
        return _phrase(stems, weight=weight or times * rarity(0, documents=baseline.documents))
    terms = (WeighedTerm(word, _rarity(word, baseline) * times) for word in telling)
    return Alternative(terms=tuple(terms))


def _phrase(stems: Stems, *, weight: int) -> Alternative:
    """A term of the vocabulary: its words must stand together and share its weight."""
    telling = _telling(stems) or stems
    share = max(1, weight // len(telling))
    return Alternative(
        terms=tuple(WeighedTerm(word, share) for word in telling),
        phrase=stems if len(stems) > 1 else (),
    )


def _telling(stems: Stems) -> Stems:
    """The stems that are weighed in documents."""
    return tuple(word for word in stems if word not in stop_stems())


def _frequency(stems: Stems, baseline: Baseline) -> int:
    telling = _telling(stems) or stems
    return min(baseline.frequency(word) for word in telling)


def _rarity(word: str, baseline: Baseline) -> int:
    return rarity(baseline.frequency(word), documents=baseline.documents)
