"""The curated words: synonyms, nicknames, slang, and abbreviations of more than one meaning."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from search.analysis import VOCABULARY_DIR, stem, words_of

Stems = tuple[str, ...]


class VocabularyError(Exception):
    """A file of the vocabulary contradicts itself."""


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """What else a reader may have meant; all keys are stems, so plurals are found too.

    `words` may be suggested. `nicknames`, misspellings among them, are only known as typed.
    """

    others: Mapping[Stems, tuple[Stems, ...]]
    meanings: Mapping[str, tuple[str, ...]]
    words: frozenset[str]
    nicknames: frozenset[str]
    longest: int
    # How a listed term is written, by its stems.
    wordings: Mapping[Stems, str]

    def expand(self, stems: Stems) -> tuple[Stems, ...]:
        """The other ways to say this, none for what is not listed."""
        return self.others.get(stems, ())

    def frequencies(self, stems: Collection[str]) -> Mapping[str, int]:
        """Every curated word counts as known, and nothing else: for who may know of no other."""
        known = _stems_of(self.words)
        return {one: int(one in known) for one in stems}

    def meanings_of(self, word: str) -> tuple[str, ...]:
        """The meanings of an ambiguous abbreviation, none for any other word."""
        return self.meanings.get(word, ())


@cache
def thesaurus(*, slang: bool = False) -> Thesaurus:
    """Read the vocabulary that comes with the product; slang only where it is asked for."""
    meanings = {word: tuple(listed) for word, listed in _read("ambiguous")["meanings"].items()}
    groups: list[list[str]] = [group for subject in _read("synonyms").values() for group in subject]
    one_way = [_read("one_way")["means"]] + ([_read("slang")["means"]] if slang else [])
    others: dict[Stems, tuple[Stems, ...]] = {}
    _add_groups(others, groups, ambiguous=meanings.keys())
    for listing in one_way:
        _add_one_way(others, listing, ambiguous=meanings.keys())
    said = [*others, *(stems for listed in others.values() for stems in listed)]
    texts = [term for group in groups for term in group]
    texts += [term for listing in one_way for term in listing]
    texts += [text for listed in meanings.values() for text in listed]
    return Thesaurus(
        others=others,
        meanings=meanings,
        words=frozenset({*meanings, *(word for text in texts for word in words_of(text))}),
        nicknames=frozenset(
            word
            for listing in one_way
            for typed in listing.values()
            for text in typed
            for word in words_of(text)
        ),
        longest=max(map(len, said)),
        wordings={stems_in(text): text for text in texts},
    )


@cache
def _stems_of(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(stem, words))


def stems_in(text: str) -> Stems:
    """The stems of a term as the thesaurus keeps them."""
    return tuple(stem(word) for word in words_of(text))


def _read(name: str) -> dict[str, Any]:
    with (VOCABULARY_DIR / f"{name}.toml").open("rb") as file:
        listing: dict[str, Any] = tomllib.load(file)
    return listing


def _add_groups(
    others: dict[Stems, tuple[Stems, ...]],
    groups: Iterable[list[str]],
    *,
    ambiguous: Iterable[str],
) -> None:
    left_out = set(ambiguous)
    terms: set[str] = set()
    for group in groups:
        if repeated := terms.intersection(group):
            raise VocabularyError(f"In two groups of synonyms: {', '.join(sorted(repeated))}.")
        terms.update(group)
        members = dict.fromkeys(stems_in(term) for term in group if term not in left_out)
        for member in members:
            also = tuple(other for other in members if other != member)
            others[member] = (*others.get(member, ()), *also)


def _add_one_way(
    others: dict[Stems, tuple[Stems, ...]],
    listing: Mapping[str, list[str]],
    *,
    ambiguous: Iterable[str],
) -> None:
    left_out = set(ambiguous)
    for target, typed in listing.items():
        meant = stems_in(target)
        for term in typed:
            key = stems_in(term)
            if term not in left_out and key != meant:
                known = others.get(key, ())
                # What the target is also called, whoever types the nickname finds too.
                also = (meant, *others.get(meant, ()))
                others[key] = (*known, *(one for one in also if one not in known))
