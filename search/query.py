"""Takes apart what somebody typed: words, phrases, synonyms, slips, references.

Whatever is typed is only words: there are no operators, field names or wildcards to find.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from search.analysis import stem, stop_stems, words_of, words_with_places
from search.spelling import correct
from search.thesaurus import Stems, Thesaurus

LONGEST_QUERY = 1_000
# In words: a longer query is a description of what is sought.
LONGEST_DEMAND = 12

_QUOTED = re.compile(r"[\"“”]([^\"“”]*)[\"“”]")
_REFERENCE = re.compile(r"(gd|ls|ev|pl)[-‐‑–\s]?([0-9a-z]{5})", re.IGNORECASE)


class QueryTooLongError(ValueError):
    """More was typed or pasted than a search can use."""


class NothingToSearchError(ValueError):
    """Something was typed, but no word in it."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one word, or one listed term of several words, asks for."""

    typed: Stems
    others: tuple[Stems, ...] = ()
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """A query taken apart; the weights come later, from the baseline."""

    parts: tuple[Part, ...] = ()
    phrases: tuple[Stems, ...] = ()
    reference: str = ""
    corrections: tuple[tuple[str, str], ...] = ()
    meanings: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def stems(self) -> frozenset[str]:
        """All stems whose frequency the weights need."""
        said = [part.typed for part in self.parts]
        said += [other for part in self.parts for other in part.others]
        fixed = {stem(part.corrected) for part in self.parts if part.corrected}
        return frozenset(word for stems in said for word in stems) | fixed


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that may be known: those of baseline documents, and the curated ones."""

    thesaurus: Thesaurus
    frequencies: Callable[[Collection[str]], Mapping[str, int]]
    words_like: Callable[[str], Mapping[str, int]]

    def unknown(self, words: Collection[str]) -> set[str]:
        """The words of which nobody has written any form, as far as everybody may know."""
        listed = self.thesaurus.words | self.thesaurus.nicknames
        stems = {word: stem(word) for word in words if word not in listed}
        known = self.frequencies(set(stems.values()) - stop_stems())
        return {word for word, stemmed in stems.items() if known.get(stemmed) == 0}

    def correct(self, word: str) -> str | None:
        """The known word nearest to an unknown one."""
        return correct(word, words_like=self.words_like, curated=self.thesaurus.words)


def analyse(text: str, *, vocabulary: Vocabulary) -> Analysis:
    """Take a query apart. Blank text gives an empty analysis, which matches everything.

    Raises QueryTooLongError and NothingToSearchError, with what to do in the message.
    """
    if len(text) > LONGEST_QUERY:
        raise QueryTooLongError(
            f"Your search is {len(text):,} characters long. "
            f"Shorten it to {LONGEST_QUERY} characters or fewer: a few words find more."
        )
    if not text.strip():
        return Analysis()
    words = words_of(text)
    if not words:
        raise NothingToSearchError(
            "There is no word in your search, only signs. Type a word or a reference."
        )
    # In a long text quotation marks quote; in a short one they demand.
    quoted = [words_of(found) for found in _QUOTED.findall(text)]
    as_typed = {word for phrase in quoted for word in phrase}
    demanded = quoted if len(words) <= LONGEST_DEMAND else []
    phrases = tuple(tuple(stem(word) for word in phrase) for phrase in demanded if phrase)
    corrections = _corrections(words, but=as_typed, vocabulary=vocabulary)
    parts = tuple(_parts(words, corrections=corrections, thesaurus=vocabulary.thesaurus))
    if not parts and not phrases:
        # Only stop words: the one thing they can be is a turn of phrase.
        phrases = (tuple(stem(word) for word in words),)
    return Analysis(
        parts=parts,
        phrases=phrases,
        reference=reference_in(text),
        corrections=tuple(corrections.items()),
        meanings=tuple(
            (word, listed)
            for word in dict.fromkeys(words)
            if (listed := vocabulary.thesaurus.meanings_of(word))
        ),
    )


def reference_in(text: str) -> str:
    """The reference that the text may be, such as GD-7F3K2 for "gd7f3k2"; "" for other text.

    A word such as "evening" may look like one: who looks it up must be ready to find nothing.
    """
    found = _REFERENCE.fullmatch(text.strip(" \t\r\n/.,#"))
    return f"{found[1]}-{found[2]}".upper() if found else ""


def mended(text: str, *, corrections: Mapping[str, str]) -> str:
    """The text as typed, with the likely word in place of each slip."""
    pieces, place = [], 0
    for word in words_with_places(text):
        if word.text in corrections:
            pieces += [text[place : word.start], corrections[word.text]]
            place = word.end
    return "".join([*pieces, text[place:]])


def _corrections(
    words: Collection[str], *, but: Collection[str], vocabulary: Vocabulary
) -> dict[str, str]:
    """Likely words for the unknown ones; what stands in quotation marks is meant as typed."""
    unknown = vocabulary.unknown(set(words) - set(but))
    return {
        word: likely
        for word in dict.fromkeys(words)
        if word in unknown and (likely := vocabulary.correct(word))
    }


def _parts(
    words: list[str], *, corrections: Mapping[str, str], thesaurus: Thesaurus
) -> Iterator[Part]:
    """Listed terms first, the longest first; then words one by one, without stop words."""
    stems = tuple(stem(corrections.get(word, word)) for word in words)
    place = 0
    while place < len(words):
        for length in range(min(thesaurus.longest, len(words) - place), 0, -1):
            said = stems[place : place + length]
            if others := thesaurus.expand(said):
                break
        typed = words[place : place + length]
        place += length
        if not others and said[0] in stop_stems():
            continue
        corrected = corrections.get(typed[0], "") if length == 1 else ""
        # A slip inside a listed term is read as corrected; a word alone is also sought as typed.
        yield Part(
            typed=said if length > 1 else (stem(typed[0]),),
            others=others,
            corrected=corrected,
        )
