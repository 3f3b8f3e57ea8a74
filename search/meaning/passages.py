"""Cuts a document into passages, each short enough to mean one thing."""

from collections.abc import Iterator

from search.engines.base import IndexedDocument

PASSAGE_WORDS = 90
# Some forty pages: a longer document is found by its words, and by what its first part means.
MOST_PASSAGES = 150


def passages_of(document: IndexedDocument) -> list[str]:
    """Its passages, the title before each: a passage alone may not say what it is about."""
    title = document.title if any(map(str.isalnum, document.title)) else ""
    cut = [part for text in (document.body, document.attachments_text) for part in _parts(text)]
    if not cut:
        return [title] if title else []
    return [f"{title}. {part}" if title else part for part in cut[:MOST_PASSAGES]]


def _parts(text: str) -> Iterator[str]:
    """Stretches of equal length, so that none is a few words only."""
    words = text.split()
    if not words:
        return
    number = -(-len(words) // PASSAGE_WORDS)
    length = -(-len(words) // number)
    for start in range(0, len(words), length):
        yield " ".join(words[start : start + length])
