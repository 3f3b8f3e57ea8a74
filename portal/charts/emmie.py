"""The EMMIE grid: for each dimension a word, dots, and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from guidance.models.evaluation import EmmieRating

DOTS = 4


@dataclass(frozen=True, slots=True)
class Dot:
    """One of four dots; `x` is its place in the drawing."""

    x: int
    is_full: bool


@dataclass(frozen=True, slots=True)
class Rating:
    """One line of the grid."""

    dimension: str
    rating: int
    word: str
    text: str
    dots: list[Dot]


def emmie_grid(ratings: Iterable[EmmieRating]) -> list[Rating]:
    """The dimensions with as many full dots as their rating."""
    return [
        Rating(
            one.dimension,
            one.rating,
            one.word,
            one.text,
            [Dot(7 + 17 * index, index < one.rating) for index in range(DOTS)],
        )
        for one in ratings
    ]
