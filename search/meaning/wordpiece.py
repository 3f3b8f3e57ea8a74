"""Cuts a text into the pieces of words that the model knows, as BERT does.

Its usual tokenizer would bring a client of a model store with twenty packages into the portal.
"""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

LONGEST_WORD = 100
_UNKNOWN, _START, _END = "[UNK]", "[CLS]", "[SEP]"
_CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")


class WordPieces:
    """The vocabulary of one model."""

    def __init__(self, tokenizer: Path) -> None:
        """Read the model's tokenizer.json."""
        read = json.loads(tokenizer.read_text(encoding="utf-8"))
        self._vocabulary: dict[str, int] = read["model"]["vocab"]
        self._known: dict[str, tuple[int, ...]] = {}

    def numbers(self, text: str, *, most: int) -> list[int]:
        """The numbers of the pieces, with the signs of start and end around them."""
        found = [self._vocabulary[_START]]
        for word in _words_of(text):
            found += self._pieces(word)
            if len(found) >= most - 1:
                break
        return [*found[: most - 1], self._vocabulary[_END]]

    def _pieces(self, word: str) -> tuple[int, ...]:
        if word not in self._known:
            if len(self._known) > 100_000:
                self._known.clear()
            self._known[word] = tuple(self._cut(word))
        return self._known[word]

    def _cut(self, word: str) -> list[int]:
        """The longest piece that is known, again and again; all of it unknown if that fails."""
        unknown = [self._vocabulary[_UNKNOWN]]
        if len(word) > LONGEST_WORD:
            return unknown
        found: list[int] = []
        place = 0
        while place < len(word):
            sign = "##" if place else ""
            for end in range(len(word), place, -1):
                number = self._vocabulary.get(sign + word[place:end])
                if number is not None:
                    found.append(number)
                    place = end
                    break
            else:
                return unknown
        return found


def _words_of(text: str) -> list[str]:
    """Words and signs in lower case, without accents and control characters."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(map(_set_apart, plain)).split()


@cache
def _set_apart(char: str) -> str:
    """What stands for a character: punctuation and Chinese are words of their own."""
    kind = unicodedata.category(char)
    if char.isspace():
        return " "
    if kind == "Mn" or kind[0] == "C":
        return ""
    # BERT counts all signs of ASCII as punctuation, and of others only what Unicode calls so.
    apart = kind[0] == "P" or (char.isascii() and not char.isalnum()) or _CHINESE.match(char)
    return f" {char} " if apart else char
