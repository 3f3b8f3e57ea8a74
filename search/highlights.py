"""Shows where the words of a query stand in a text, for every engine in the same way."""

import re
from collections.abc import Iterable, Iterator, Sequence
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
_ENDS = frozenset(".?!:")
_BETWEEN_SENTENCES = (". ", "? ", "! ", "\n")
_PRINTED = re.compile(r"\S")
_REST_OF_WORD = re.compile(r"[^\W_]*(?:['’][^\W_]+)*")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


class _Match(NamedTuple):
    start: int
    end: int
    said: Stems


class Highlighter:
    """Finds the words and terms of one query in any number of texts."""

    def __init__(self, query: SearchQuery) -> None:
        """Keep what to look for in all texts."""
        self._sought = [(stems, tuple(map(_opening, stems))) for stems in _said_in(query)]
        self._said_by: dict[tuple[Stems, str], bool] = {}
        self._found: dict[str, list[_Match]] = {}

    @property
    def asked(self) -> int:
        """How many different words and terms are looked for."""
        return len(self._sought)

    def says(self, text: str) -> frozenset[Stems]:
        """Which of them stand in a text."""
        return frozenset(one.said for one in self._matches(text[:FURTHEST]))

    def whole(self, text: str) -> Line:
        """All of a short text, such as a title."""
        return _cut(text, 0, len(text), self._matches(text))

    def lines(self, text: str) -> tuple[Line, ...]:
        """The most telling lines of a text, else how it begins."""
        near = text[:FURTHEST]
        if matches := self._matches(near):
            return _best_lines(near, matches)
        return beginning(text)

    def _matches(self, text: str) -> list[_Match]:
        """The first in the text, of those that overlap the longest."""
        known = self._found.get(text)
        if known is None:
            known = self._found[text] = self._looked_for(text)
        return known

    def _looked_for(self, text: str) -> list[_Match]:
        lowered = _lowered(text)
        found: list[_Match] = []
        for stems, openings in self._sought:
            # Most words stand in few texts, and a look costs less than a call.
            if (start := lowered.find(openings[0])) >= 0:
                found += self._said_in(lowered, start, stems, openings)
        found.sort(key=_place_and_length)
        apart: list[_Match] = []
        free = 0
        for one in found:
            if one.start >= free:
                apart.append(one)
                free = one.end
        return apart[:_MOST_MATCHES]

    def _said_in(self, lowered: str, start: int, stems: Stems, openings: Stems) -> Iterator[_Match]:
        """Where the stems stand, from the first place where a word may begin so.

        Looking for plain text takes a tenth of looking for a pattern, and a pattern for each word
        would be made anew for each search.
        """
        count = 0
        while start >= 0 and count < _MOST_MATCHES:
            if not start or not lowered[start - 1].isalnum():
                end = _end_of(openings, lowered, start)
                if end and self._says(stems, lowered[start:end]):
                    count += 1
                    yield _Match(start, end, stems)
            start = lowered.find(openings[0], start + 1)

    def _says(self, stems: Stems, candidate: str) -> bool:
        """Whether it has these stems, and does not only begin like them."""
        key = (stems, candidate)
        if key not in self._said_by:
            self._said_by[key] = tuple(map(stem, words_of(candidate))) == stems
        return self._said_by[key]


def _place_and_length(match: _Match) -> tuple[int, int]:
    start, end, _ = match
    return start, -end


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


def _opening(stemmed: str) -> str:
    """How every word begins that may have this stem; the stem is compared afterwards.

    Stemming changes at most the last letter it keeps (policies, polici).
    """
    return stemmed[:-1] if len(stemmed) > 2 else stemmed[:1]


def _end_of(openings: Stems, lowered: str, start: int) -> int:
    """Where words that begin so, one after the other, come to their end; 0 where they do not."""
    end = _rest_of_word(lowered, start + len(openings[0]))
    for opening in openings[1:]:
        gap = _BETWEEN_WORDS.match(lowered, end)
        if gap is None or not lowered.startswith(opening, gap.end()):
            return 0
        end = _rest_of_word(lowered, gap.end() + len(opening))
    return end


def _rest_of_word(lowered: str, start: int) -> int:
    found = _REST_OF_WORD.match(lowered, start)
    return found.end() if found else start


def _lowered(text: str) -> str:
    """Lower case with every character in its place: a few would become two."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


def _best_lines(text: str, matches: Sequence[_Match]) -> tuple[Line, ...]:
    chosen: list[tuple[int, int]] = []
    shown: set[Stems] = set()
    free = matches
    for _ in range(LINES):
        inside = _best_stretch(free, shown=shown, taken=chosen)
        shown.update(one.said for one in inside)
        chosen.append(_widen(text, inside[0].start, inside[-1].end, taken=chosen))
        begin, end = chosen[-1]
        free = [one for one in free if one.end <= begin or end <= one.start]
        if not free:
            break
    return tuple(_cut(text, start, end, matches) for start, end in sorted(chosen))


def _best_stretch(
    free: Sequence[_Match], *, shown: set[Stems], taken: Sequence[tuple[int, int]]
) -> Sequence[_Match]:
    """The first matches close together that say most of what was not shown yet."""
    to_show = {one.said for one in free} - shown
    best, most = free[:1], 0
    if not to_show:
        return best
    for place, first in enumerate(free):
        limit = min([first.start + _STRETCH, *(a for a, b in taken if b > first.start)])
        last = place + 1
        while last < len(free) and free[last].end <= limit:
            last += 1
        # A stretch that says more must hold more matches than that.
        if last - place > most:
            said = {one.said for one in free[place:last]} & to_show
            if len(said) > most:
                best, most = free[place:last], len(said)
                if most == len(to_show):
                    break
    return best


def _widen(text: str, start: int, end: int, *, taken: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """Add what surrounds a stretch, from the start of its sentence where that is near."""
    floor = max((b for _, b in taken if b <= start), default=0)
    ceiling = min((a for a, _ in taken if a >= end), default=len(text))
    spare = max(0, LINE_LENGTH - (end - start))
    earliest = max(floor, start - spare // 2)
    sentence = max([text.rfind(mark, earliest, start) for mark in _BETWEEN_SENTENCES])
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


def _cut(text: str, start: int, end: int, matches: Sequence[_Match]) -> Line:
    """The stretch as fragments, with dots where the text goes on."""
    # What is no match and what is one, by turns.
    pieces: list[str] = []
    place = start
    for begins, ends, _ in matches:
        if begins < start:
            continue
        if ends > end:
            break
        pieces += text[place:begins], text[begins:ends]
        place = ends
    pieces.append(text[place:end])
    opening = _ELLIPSIS if _is_inside_sentence(text, start) else ""
    closing = _ELLIPSIS if _PRINTED.search(text, end) and _is_inside_sentence(text, end) else ""
    pieces[0] = opening + pieces[0].lstrip()
    pieces[-1] = pieces[-1].rstrip() + closing
    return tuple([Fragment(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece])


def _is_inside_sentence(text: str, place: int) -> bool:
    """Whether what stands before a place in the text does not end there."""
    while place and text[place - 1].isspace():
        place -= 1
    return bool(place) and text[place - 1] not in _ENDS
