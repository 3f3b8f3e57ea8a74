"""Finds the word that was probably meant, among words that anybody may know of."""

from collections.abc import Callable, Collection, Iterator, Mapping
from string import ascii_lowercase

# Shorter words have too many neighbours to guess among.
SHORTEST = 4
# From this length on two slips are forgiven instead of one.
LONG = 8


def correct(
    word: str,
    *,
    words_like: Callable[[str], Mapping[str, int]],
    curated: Collection[str],
) -> str | None:
    """The nearest word, the more frequent of equally near ones; None if nothing is near.

    `words_like` gives words with counts by their beginning, and must know no hidden document.
    A word one slip away is preferred to any that is two away. The first letter is taken as
    typed, or as swapped with the second.
    """
    if len(word) < SHORTEST or not word.isalpha():
        return None
    known: dict[str, int] = {}
    for letter in {word[0], word[1]}:
        known.update({listed: 0 for listed in curated if listed.startswith(letter)})
        known.update(words_like(letter))
    near = [other for other in _one_slip_away(word) if other in known]
    if not near and len(word) >= LONG:
        near = [other for other in known if _is_two_slips_away(word, other)]
    return min(near, key=lambda other: (-known[other], other), default=None)


def _one_slip_away(word: str) -> Iterator[str]:
    """Every string with a letter left out, changed or added, or with two swapped."""
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if after and len(word) > SHORTEST:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in ascii_lowercase:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


def _is_two_slips_away(word: str, other: str) -> bool:
    if abs(len(word) - len(other)) > 2 or not other.isalpha():
        return False
    # Each slip changes at most two letters of the alphabet that a word uses.
    return len(set(word) ^ set(other)) <= 4 and _distance(word, other, at_most=2) <= 2


def _distance(one: str, other: str, *, at_most: int) -> int:
    """Slips between two words (letter added, left out, changed, or two swapped).

    Anything above `at_most` is only known to be above it.
    """
    if abs(len(one) - len(other)) > at_most:
        return at_most + 1
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, start=1):
        current = [row]
        for column, other_letter in enumerate(other, start=1):
            cost = letter != other_letter
            best = min(last[column] + 1, current[-1] + 1, last[column - 1] + cost)
            swapped = (
                row > 1
                and column > 1
                and letter == other[column - 2]
                and one[row - 2] == other_letter
            )
            if swapped:
                best = min(best, before_last[column - 2] + 1)
            current.append(best)
        if min(current) > at_most:
            return at_most + 1
        before_last, last = last, current
    return last[-1]
