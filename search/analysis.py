"""Turns text into words and word stems, the same way for documents and for queries."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import Stemmer

VOCABULARY_DIR = Path(__file__).parent / "vocabulary"
LONGEST_WORD = 40

# A run of letters and digits; an apostrophe inside it belongs to the word.
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_stemmer = Stemmer.Stemmer("english")
# PyStemmer keeps a buffer in its object, so two threads may not stem at once.
_stemming = threading.Lock()


class Word(NamedTuple):
    """A word as it stands in a text, and where."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[str]:
    """The words of a text in order, in the form in which words are compared."""
    return [word for word in map(comparable, _WORD.findall(text)) if word]


def words_with_places(text: str) -> Iterator[Word]:
    """The words of a text with their places in it, for highlighting."""
    for found in _WORD.finditer(text):
        if word := comparable(found.group()):
            yield Word(word, found.start(), found.end())


@lru_cache(maxsize=200_000)
def comparable(word: str) -> str:
    """Lower case, without accents or apostrophes: "Mayor's" is "mayors", "Tŷ" is "ty"."""
    if word.isascii():
        folded = word.lower()
        return folded if folded.isalnum() else folded.replace("'", "")
    decomposed = unicodedata.normalize("NFKD", word).casefold()
    # Compatibility forms can unfold into blanks and signs, which would split the word again.
    return "".join(char for char in decomposed if char.isalnum())


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem under which the forms of a word are found (Snowball English)."""
    with _stemming:
        stemmed: str = _stemmer.stemWord(word[:LONGEST_WORD])
    return stemmed


@cache
def stop_stems() -> frozenset[str]:
    """The stems of the words that say nothing about a subject."""
    lines = (VOCABULARY_DIR / "stop_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(
        stem(word) for line in lines if not line.startswith("#") for word in line.split()
    )
