"""Puts what was found by words and what was found by meaning into one order."""

from collections.abc import Mapping
from typing import NamedTuple

from search.engines.base import Preference

# How many of each are put into one order; what is found by words beyond them follows.
MOST = 200
# In ten thousandths of the cosine. Below it two texts have little more than a language in common.
LEAST_POINTS = 3_000
# Each half counts from none to so much.
WHOLE = 10_000


class Found(NamedTuple):
    """One document found: its reference as a number, and the sum of its words' weights."""

    pk: int
    code: int
    score: int
    in_tier: bool = True


def found_at(pk: int, code: int, score: int, *, tier: Preference | None) -> Found:
    """A row of an engine, the points of the tier taken out of its score."""
    if tier is None:
        return Found(pk, code, score)
    in_tier, rest = divmod(score, tier.points)
    return Found(pk, code, rest, bool(in_tier))


def blended(
    by_words: list[Found], by_meaning: list[Found], *, points: Mapping[int, int]
) -> list[Found]:
    """Half by words, half by meaning, each scaled to its best; ties by the reference.

    Whole numbers throughout, made from documents that the reader may see and from no others.
    Where more of the tier may follow by their words, what is not of it waits for them.
    """
    worth = _scaled({one.pk: one.score for one in by_words})
    near = _scaled({one.pk: points[one.pk] for one in by_meaning}, least=LEAST_POINTS)
    both = {one.pk: one for one in (*by_words, *by_meaning)}
    more_follow = len(by_words) >= MOST and all(one.in_tier for one in by_words)
    return sorted(
        (one for one in both.values() if one.in_tier or not more_follow),
        key=lambda one: (
            not one.in_tier,
            -(worth.get(one.pk, 0) + near.get(one.pk, 0)),
            one.code,
        ),
    )


def _scaled(values: Mapping[int, int], *, least: int | None = None) -> dict[int, int]:
    """From the least to the highest; where all are equal, all of them count whole."""
    if not values:
        return {}
    low = min(values.values()) if least is None else least
    spread = max(values.values()) - low
    if not spread:
        return dict.fromkeys(values, WHOLE)
    return {pk: (value - low) * WHOLE // spread for pk, value in values.items()}
