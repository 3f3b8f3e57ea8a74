"""The outline of a foreign text, and how it becomes the title, summary and blocks of a draft."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from itertools import groupby
from typing import Any

from guidance.files.kinds import FileRefused, Refusal
from guidance.importing.furniture import is_furniture

TITLE_LENGTH = 120
SUMMARY_LENGTH = 300
HEADING_LENGTH = 120
ITEM_LENGTH = 600
_MOST_PIECES = 3_000
_FEWEST_WORDS = 8
_SUMMARY_HEADINGS = re.compile(r"(?:\d+\.?\s+)?(?:executive )?summary|abstract|overview", re.I)
_SENTENCE_END = re.compile(r"[.!?][”’\"')]?(?=\s|$)")
_WORD = re.compile(r"(?<!\w)[^\W\d_]{2,30}(?!\w)")


class Part(StrEnum):
    """What a piece of the text is."""

    TITLE = "title"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    BULLET = "bullet"
    NUMBERED = "numbered"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece with its words, and the same as rich text where it has emphasis or links."""

    part: Part
    text: str
    rich: str = ""

    @property
    def html(self) -> str:
        """The words as rich text."""
        return self.rich or escape(self.text, quote=False).replace("\n", "<br/>")


@dataclass(frozen=True, slots=True)
class ImportedDraft:
    """What an import found: the fields of a draft, and what its editor should look at."""

    title: str
    summary: str
    blocks: tuple[dict[str, Any], ...]
    notes: tuple[str, ...] = ()


def draft_from(pieces: Iterable[Piece], *, name: str, notes: Sequence[str] = ()) -> ImportedDraft:
    """Find title and summary, and turn the rest into blocks.

    Raises FileRefused where there is no text that a reader could use.
    """
    found, dropped = _without_furniture(pieces)
    _refuse_no_text(found)
    title, body = _split_title(found)
    remarks = [*notes, *dropped]
    if not title:
        title = _shortened(name, TITLE_LENGTH)
        remarks.append("No title was found, so the name of the file stands there. Write a title.")
    body, ending = _without_empty_ending(body)
    remarks += ending
    if not any(piece.part is not Part.HEADING for piece in body):
        raise _no_text()
    if len(title) > TITLE_LENGTH:
        remarks.append(f"The title was cut to {TITLE_LENGTH} characters. It read: “{title}”")
        title = _shortened(title, TITLE_LENGTH)
    summary = _summary(body)
    remarks.append("The summary is the start of the text. Write a summary of your own.")
    return ImportedDraft(
        title=title, summary=summary, blocks=tuple(_blocks(body)), notes=tuple(remarks)
    )


def _without_furniture(pieces: Iterable[Piece]) -> tuple[list[Piece], list[str]]:
    kept: list[Piece] = []
    dropped: list[str] = []
    for piece in pieces:
        if is_furniture(piece.text):
            dropped.append(f"“{piece.text}” belongs to a web page and was left out.")
        elif piece.text.strip():
            kept.append(piece)
        if len(kept) > _MOST_PIECES:
            raise FileRefused(
                Refusal.TOO_COMPLEX,
                f"The text has more than {_MOST_PIECES:,} paragraphs, too many for one page. "
                "Split it into parts and import each.",
            )
    return kept, dropped


def _refuse_no_text(pieces: Sequence[Piece]) -> None:
    text = " ".join(piece.text for piece in pieces)
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    solid = sum(1 for character in text if not character.isspace())
    if len(words) < _FEWEST_WORDS or letters < solid / 2:
        raise _no_text()


def _no_text() -> FileRefused:
    return FileRefused(
        Refusal.NO_TEXT,
        "No text that could become a page was found in the file, and nothing was saved. Check "
        "that it opens on your own device and holds sentences, and import it again.",
    )


def _split_title(pieces: list[Piece]) -> tuple[str, list[Piece]]:
    """The title, and the pieces without it where it stands more than once at the start."""
    position = next((n for n, piece in enumerate(pieces) if piece.part is Part.TITLE), None)
    if position is None:
        early = enumerate(pieces[:4])
        position = next((n for n, piece in early if piece.part is Part.HEADING), None)
    if position is None:
        return "", pieces
    title = pieces[position].text
    again = {Part.TITLE, Part.HEADING}
    rest = [piece for piece in pieces if piece.part not in again or piece.text != title]
    return title, rest


def _without_empty_ending(pieces: list[Piece]) -> tuple[list[Piece], list[str]]:
    notes = []
    while pieces and pieces[-1].part in {Part.HEADING, Part.TITLE}:
        notes.append(f"“{pieces[-1].text}” stood at the end without text and was left out.")
        pieces = pieces[:-1]
    return pieces, notes


def _summary(pieces: Sequence[Piece]) -> str:
    """The paragraph below a heading that says “summary”, or else the first real one."""
    after = 0
    for number, piece in enumerate(pieces):
        if piece.part is Part.HEADING and _SUMMARY_HEADINGS.fullmatch(piece.text):
            after = number
            break
    paragraphs = [piece.text for piece in pieces[after:] if piece.part is Part.PARAGRAPH]
    real = [text for text in paragraphs if len(text) >= 60] or paragraphs
    first = real[0] if real else next(p.text for p in pieces if p.part is not Part.HEADING)
    return _whole_sentences(" ".join(first.split()), SUMMARY_LENGTH)


def _whole_sentences(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text[:length])]
    long_enough = [end for end in ends if end >= 60]
    return text[: long_enough[-1]] if long_enough else _shortened(text, length)


def _shortened(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"


def _blocks(pieces: Sequence[Piece]) -> Iterator[dict[str, Any]]:
    """Headings and bullet lists as blocks of their own, the text between them as one."""
    for kind, group in groupby(pieces, key=_block_kind):
        run = list(group)
        if kind == "heading":
            yield from ({"type": "heading", "value": piece.text} for piece in run)
        elif kind == "list":
            yield {"type": "list", "value": [piece.text for piece in run]}
        else:
            yield {"type": "paragraph", "value": "".join(_rich(run))}


def _block_kind(piece: Piece) -> str:
    if piece.part in {Part.HEADING, Part.TITLE} and len(piece.text) <= HEADING_LENGTH:
        return "heading"
    if piece.part is Part.BULLET and len(piece.text) <= ITEM_LENGTH and not piece.rich:
        return "list"
    return "text"


def _rich(pieces: Sequence[Piece]) -> Iterator[str]:
    for part, group in groupby(pieces, key=lambda piece: piece.part):
        if part in {Part.BULLET, Part.NUMBERED}:
            tag = "ul" if part is Part.BULLET else "ol"
            items = "".join(f"<li>{piece.html}</li>" for piece in group)
            yield f"<{tag}>{items}</{tag}>"
        elif part is Part.PARAGRAPH:
            yield from (f"<p>{piece.html}</p>" for piece in group)
        else:
            yield from (f"<p><b>{piece.html}</b></p>" for piece in group)
