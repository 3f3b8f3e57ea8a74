"""Finds headings, lists and paragraphs in plain text, where only the lines tell them apart."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from guidance.importing.outline import Part, Piece

_BULLET = re.compile(r"[•·▪‣◦●○*–—-]\s+(?=\S)")
_NUMBER = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s+(?=\S)")
_NUMBERED_PARAGRAPH = re.compile(r"\d{1,2}(?:\.\d{1,2})+\.?\s+(?=\S)")
_NUMBERED_HEADING = re.compile(r"(?P<number>\d{1,2})[.)]?\s+(?=\S)")
_MARKED_HEADING = re.compile(r"#{1,6}\s+(?P<text>.+?)\s*#*$")
_UNDERLINE = re.compile(r"(?:=|-|_|\*|~){3,}$")
_DATE = re.compile(
    r"(?:\w+day,? )?(?:\d{1,2}(?:st|nd|rd|th)? )?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? "
    r"(?:\d{1,2}(?:st|nd|rd|th)?,? )?\d{4}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}",
    re.IGNORECASE,
)
_SENTENCE_BREAK = re.compile(r"[a-z)][.!?]\s+\S")
_NEVER_IN_A_HEADING = re.compile(r"@|https?://|www\.|[{}<>=|\\]")
_LONGEST_HEADING = 110
_MOST_WORDS = 16
_LONGEST_LABEL = 40
_WRAPPED_AT_LEAST = 50
_WRAPPED_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    is_pair: bool = False


def pieces_of(text: str) -> list[Piece]:
    """The pieces of a text in order."""
    groups = [_joined(group) for group in _groups(text)]
    pieces: list[Piece] = []
    for number, group in enumerate(groups):
        following = groups[number + 1][0].text if number + 1 < len(groups) else ""
        pieces += _pieces_of_group(group, following=following)
    return _without_lone_numbers(pieces)


def _groups(text: str) -> Iterator[list[str]]:
    """Lines that stand together, without blank lines between them."""
    group: list[str] = []
    for raw in text.replace("\f", "\n\n").replace("\u00a0", " ").split("\n"):
        line = " ".join(raw.split())
        if _UNDERLINE.match(line):
            # A rule below a line makes it a heading; elsewhere it only parts.
            if len(group) == 1:
                group = [f"# {group[0]}"]
            line = ""
        if line:
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def _joined(lines: list[str]) -> list[_Line]:
    return _pairs(_unwrapped(lines))


def _unwrapped(lines: list[str]) -> list[str]:
    """One line for each paragraph or item, where a program broke the lines at a fixed width."""
    if not _is_wrapped(lines):
        return lines
    joined: list[str] = []
    for line in lines:
        if joined and not _starts_an_item(line):
            joined[-1] = f"{joined[-1]} {line}"
        else:
            joined.append(line)
    return joined


def _is_wrapped(lines: Sequence[str]) -> bool:
    if len(lines) < 2 or max(map(len, lines)) > _WRAPPED_AT_MOST:
        return False
    breaks = [len(line) for line, following in pairwise(lines) if not _starts_an_item(following)]
    return bool(breaks) and min(breaks) >= _WRAPPED_AT_LEAST


def _starts_an_item(line: str) -> bool:
    return bool(_BULLET.match(line) or _NUMBER.match(line) or _NUMBERED_PARAGRAPH.match(line))


def _pairs(lines: list[str]) -> list[_Line]:
    """“Date signed:” and the line below it belong together."""
    joined: list[_Line] = []
    for line in lines:
        before = joined[-1].text if joined else ""
        is_label = before.endswith(":") and len(before) <= _LONGEST_LABEL
        if is_label and not joined[-1].is_pair and not _starts_an_item(line) and len(line) <= 120:
            joined[-1] = _Line(f"{before} {line}", is_pair=True)
        else:
            joined.append(_Line(line))
    return joined


def _pieces_of_group(group: list[_Line], *, following: str) -> Iterator[Piece]:
    for number, line in enumerate(group):
        below = group[number + 1].text if number + 1 < len(group) else following
        is_alone = len(group) == 1
        leads = number == 0 and (is_alone or not looks_like_heading(below))
        yield _piece(line, leads=leads and not line.is_pair, is_alone=is_alone)


def _piece(line: _Line, *, leads: bool, is_alone: bool) -> Piece:
    text = line.text
    if marked := _MARKED_HEADING.match(text):
        return Piece(Part.HEADING, marked["text"])
    if bullet := _BULLET.match(text):
        return Piece(Part.BULLET, text[bullet.end() :])
    if leads and is_alone and _NUMBERED_HEADING.match(text) and looks_like_heading(text):
        return Piece(Part.HEADING, text)
    if number := _NUMBER.match(text):
        return Piece(Part.NUMBERED, text[number.end() :])
    if leads and looks_like_heading(text):
        return Piece(Part.HEADING, text)
    return Piece(Part.PARAGRAPH, text)


def looks_like_heading(line: str) -> bool:
    """Short, without the marks of a sentence, and beginning as a heading does."""
    number = _NUMBERED_HEADING.match(line)
    text = line[number.end() :] if number else line
    if not 3 <= len(text) <= _LONGEST_HEADING or len(text.split()) > _MOST_WORDS:
        return False
    if text[-1] in ".,;:!…" or not text[0].isupper() or _DATE.fullmatch(line):
        return False
    if _BULLET.match(line) or _NUMBERED_PARAGRAPH.match(line):
        return False
    return not (_SENTENCE_BREAK.search(text) or _NEVER_IN_A_HEADING.search(text))


def _without_lone_numbers(pieces: list[Piece]) -> list[Piece]:
    """Numbered lines with nothing between them are a list; numbered headings have text below."""
    result = list(pieces)
    for first, last in _runs_of_numbered_headings(pieces):
        for number in range(first, last + 1):
            text = pieces[number].text
            match = _NUMBERED_HEADING.match(text)
            result[number] = Piece(Part.NUMBERED, text[match.end() :] if match else text)
    return result


def _runs_of_numbered_headings(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    start = None
    for number, piece in enumerate([*pieces, Piece(Part.PARAGRAPH, "")]):
        is_numbered = piece.part is Part.HEADING and bool(_NUMBERED_HEADING.match(piece.text))
        if is_numbered and start is None:
            start = number
        elif not is_numbered and start is not None:
            if number - start >= 2:
                yield start, number - 1
            start = None
