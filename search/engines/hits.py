"""Makes a hit of what an index stored: its lines, and the file and page in which they stand."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from search.engines.base import Hit, Line, Place
from search.highlights import FURTHEST, Highlighter, beginning

# Of each file its reference, its name and its pages: what `search.engines.rows` stored.
Files = Sequence[Sequence[Any]]


def hit_of(
    stored: Mapping[str, Any],
    *,
    pk: int,
    files: Callable[[], Files],
    highlighter: Highlighter,
) -> Hit:
    """One document found; its files are only unpacked where they may say more than its page."""
    title, body = stored["texts"]
    lines, place = _lines(body, files=files, highlighter=highlighter)
    return Hit(
        pk=pk,
        ref=stored["ref"],
        title=highlighter.whole(title),
        lines=lines,
        place=place,
    )


def _lines(
    body: str, *, files: Callable[[], Files], highlighter: Highlighter
) -> tuple[tuple[Line, ...], Place | None]:
    """From the page itself, unless a page of a file says more of what was asked."""
    most = len(highlighter.says(body))
    chosen, place = body, None
    if most < highlighter.asked:
        for said, text, at in _candidates(files(), highlighter):
            if said > most:
                most, chosen, place = said, text, at
            if most == highlighter.asked:
                break
    return highlighter.lines(chosen) or beginning(body), place


def _candidates(files: Files, highlighter: Highlighter) -> Iterator[tuple[int, str, Place]]:
    """How much each stretch of each file says, the file's name counted with it."""
    for ref, name, pages in files:
        named = highlighter.says(name)
        if named:
            yield len(named), pages[0] if pages else "", Place(ref, name)
        for number, page in enumerate(pages, start=1):
            place = Place(ref, name, number if len(pages) > 1 else 0)
            for start in range(0, len(page), FURTHEST):
                text = page[start : start + FURTHEST]
                if said := highlighter.says(text):
                    yield len(said | named), text, place
