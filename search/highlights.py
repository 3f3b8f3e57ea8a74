"""Shows where the words of a query stand in a text, for every engine in the same way."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from search.analysis import stem, stop_stems, words_of
from search.engines.base import Fragment, Line, SearchQuery
from search.thesaurus import Stems

LINE_LENGTH = 170
LINES = 2
# Further in, nobody is helped by a line, and reading on would cost more than finding.
FURTHEST = 20_000
_MOST_MATCHES = 60
# How far apart matches of one line may stand, so that there is room around them.
_STRETCH = 130
_ELLIPSIS = "…"


class _Match(NamedTuple):
    start: int
    end: int
    said: Stems


class Highlighter:
    """Finds the words and terms of one query in any number of texts."""

    def __init__(self, query: SearchQuery) -> None:
        """Prepare one pattern for all texts."""
        self._said = _said_in(query)
        self._known: dict[str, Stems | None] = {}
        longest_first = sorted(self._said, key=lambda stems: (-len(stems), stems))
        patterns = (r"[\W_]+".join(map(_forms_of, stems)) for stems in longest_first)
        self._pattern = re.compile("|".join(patterns))

    @property
    def asked(self) -> int:
        """How many different words and terms are looked for."""
        return len(self._said)

    def says(self, text: str) -> frozenset[Stems]:
        """Which of them stand in a text."""
        return frozenset(one.said for one in self._matches(text[:FURTHEST]))

    def whole(self, text: str) -> Line:
        """All of a short text, such as a title."""
        return _cut(text, 0, len(text), self._matches(text))

    def lines(self, text: str) -> tuple[Line, ...]:
        """The most telling lines of a text, else how it begins."""
        if matches := self._matches(text[:FURTHEST]):
            return _best_lines(text[:FURTHEST], matches)
        return beginning(text)

    def _matches(self, text: str) -> list[_Match]:
        if not self._said:
            return []
        found = []
        lowered = _lowered(text)
        for candidate in self._pattern.finditer(lowered):
            start, end = candidate.span()
            # A word boundary in the pattern would make the scan three times slower.
            if start and lowered[start - 1].isalnum():
                continue
            if (said := self._what(candidate.group())) is not None:
                found.append(_Match(start, end, said))
                if len(found) == _MOST_MATCHES:
                    break
        return found

    def _what(self, candidate: str) -> Stems | None:
        """What of the query the candidate says; None if it only begins like it."""
        if candidate not in self._known:
            said = tuple(stem(word) for word in words_of(candidate))
            self._known[candidate] = said if said in self._said else None
        return self._known[candidate]


def beginning(text: str) -> tuple[Line, ...]:
    """How a text begins, where no word of it was asked for."""
    start, end = 0, _last_blank(text, min(len(text), LINE_LENGTH))
    return (_cut(text, start, end, ()),) if text.strip() else ()


def _said_in(query: SearchQuery) -> frozenset[Stems]:
    if not query.with_marks:
        return frozenset()
    said: set[Stems] = set(query.phrases)
    for slot in query.slots:
        for way in slot:
            if way.phrase:
                said.add(way.phrase)
            else:
                said.update((term.stem,) for term in way.terms if term.stem not in stop_stems())
    return frozenset(said)


def _forms_of(stemmed: str) -> str:
    """A pattern for every word that may have this stem; the stem is compared afterwards.

    Stemming changes at most the last letter it keeps (policies, polici).
    """
    kept = stemmed[:-1] if len(stemmed) > 2 else stemmed[:1]
    return re.escape(kept) + r"[^\W_]*(?:['’][^\W_]+)*"


def _lowered(text: str) -> str:
    """Lower case with every character in its place: a few would become two."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _best_lines(text: str, matches: Sequence[_Match]) -> tuple[Line, ...]:
    chosen: list[tuple[int, int]] = []
    shown: set[Stems] = set()
    for _ in range(LINES):
        free = [one for one in matches if not _meets(chosen, one.start, one.end)]
        if not free:
            break
        inside = _best_stretch(free, shown=shown, taken=chosen)
        shown.update(one.said for one in inside)
        chosen.append(_widen(text, inside[0].start, inside[-1].end, taken=chosen))
    return tuple(_cut(text, start, end, matches) for start, end in sorted(chosen))


def _best_stretch(
    free: Sequence[_Match], *, shown: set[Stems], taken: Sequence[tuple[int, int]]
) -> Sequence[_Match]:
    """The first matches close together that say most of what was not shown yet."""
    to_show = {one.said for one in free} - shown
    best, most = free[:1], 0
    for place, first in enumerate(free):
        last = place + 1
        said = {first.said}
        for other in free[last:]:
            if other.end - first.start > _STRETCH or _meets(taken, first.start, other.end):
                break
            said.add(other.said)
            last += 1
        if len(said & to_show) > most:
            best, most = free[place:last], len(said & to_show)
        if most == len(to_show):
            break
    return best


def _meets(taken: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    return any(start < b and a < end for a, b in taken)


def _widen(text: str, start: int, end: int, *, taken: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Add what surrounds a stretch, from the start of its sentence where that is near."""
    floor = max((b for _, b in taken if b <= start), default=0)
    ceiling = min((a for a, _ in taken if a >= end), default=len(text))
    spare = max(0, LINE_LENGTH - (end - start))
    earliest = max(floor, start - spare // 2)
    sentence = max(text.rfind(mark, earliest, start) for mark in (". ", "? ", "! ", "\n"))
    if sentence >= 0:
        begin = sentence + 1
    elif earliest == floor:
        begin = floor
    else:
        begin = text.find(" ", earliest, start) + 1 or start
    finish = min(ceiling, max(end, begin + LINE_LENGTH))
    return begin, max(end, _last_blank(text, finish))


def _last_blank(text: str, end: int) -> int:
    if end >= len(text):
        return len(text)
    return max(text.rfind(" ", 0, end + 1), 0) or end


def _cut(text: str, start: int, end: int, matches: Iterable[_Match]) -> Line:
    """The stretch as fragments, with dots where the text goes on."""
    fragments: list[Fragment] = []
    place = start
    for one in matches:
        if start <= one.start and one.end <= end:
            fragments.append(Fragment(text[place : one.start], False))
            fragments.append(Fragment(text[one.start : one.end], True))
            place = one.end
    fragments.append(Fragment(text[place:end], False))
    opening = _ELLIPSIS if text[:start].strip() and not _ends_sentence(text[:start]) else ""
    closing = _ELLIPSIS if text[end:].strip() and not _ends_sentence(text[:end]) else ""
    fragments[0] = Fragment(opening + fragments[0].text.lstrip(), fragments[0].is_match)
    last = fragments[-1]
    fragments[-1] = Fragment(last.text.rstrip() + closing, last.is_match)
    return tuple(one for one in fragments if one.text)


def _ends_sentence(text: str) -> bool:
    return text.rstrip().endswith((".", "?", "!", ":"))
