"""What every index writes of a document: the same words and numbers, so that answers are the same.

An engine only lays them out in the form that it stores.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

from access.rules import facts_of
from search import standing
from search.analysis import LONGEST_WORD, stem, stop_stems, words_of
from search.engines.base import Facet, Held, IndexedDocument
from search.engines.keys import ceilings_of, keys_of, phases_of
from search.highlights import FURTHEST
from search.ranking import TITLE_REPEATS, levels_of

# Raise it with every change of the fields or of what is written into them: an index of another
# version is not read, but built anew.
SCHEMA_VERSION = 7

SET_FIELDS = ("ref", "owner", "author", "audience", "groups", "state", "review")
ORDERED_FIELDS = ("marking", "latest_phase", "visible_from", "visible_until")
REVIEWED_MONTH = "reviewed_month"
PREFERRED_FIELDS = (REVIEWED_MONTH, *standing.FIELDS)
# Stands for a reference in the one row that is no document: it holds the mark of the commit, which
# so becomes visible, is copied and is put back together with the documents. No access rule admits
# a row without facts, and no words find it.
MARK = "mark"
# Stands in `baseline` of every baseline document; no word looks like it.
BASELINE_MARK = "*"
# Some forty pages, as far as what a document means is read (search.meaning.passages).
FURTHEST_IN_FILES = 80_000
# Keeps a phrase from running out of the title, or of one text into the next; no word is it.
_GAP = "-"
_REF = re.compile(r"[0-9A-Z]{2}-[0-9A-Z]{5}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a document: to rank by, to find phrases in, to count in the baseline."""

    levels: Mapping[str, int]
    stems: str
    baseline: tuple[str, ...] = ()
    baseline_words: tuple[str, ...] = ()


def words_in(document: IndexedDocument) -> Words:
    """Each word stem with its level of 16, and all of them in their order."""
    title = words_of(document.title)
    texts = (document.body, document.attachments_text, document.keywords)
    rest = [words_of(text) for text in texts]
    stems = [list(map(stem, words)) for words in (title, *rest)]
    telling = chain(*[stems[0]] * (TITLE_REPEATS - 1), *stems)
    levels = levels_of([word for word in telling if word not in stop_stems()])
    in_order = f" {_GAP} ".join(map(" ".join, stems))
    if not document.in_baseline:
        return Words(levels, in_order)
    spellable = tuple(sorted(_spellable({*chain(title, *rest)})))
    return Words(levels, in_order, (BASELINE_MARK, *levels), spellable)


def title_words(document: IndexedDocument) -> list[str]:
    """The words of the title as they are typed: neither stemmed nor with accents."""
    return sorted({word[:LONGEST_WORD] for word in words_of(document.title)})


def _spellable(words: set[str]) -> Iterator[str]:
    return (word for word in words if len(word) <= LONGEST_WORD and stem(word) not in stop_stems())


def access_values(document: IndexedDocument) -> dict[str, list[str] | int]:
    """The facts that the access rule compares, under the names of their fields."""
    values: dict[str, list[str] | int] = {
        name: sorted(fact) if isinstance(fact, frozenset) else comparable_number(fact)
        for name, fact in facts_of(document.access).items()
    }
    values["ceiling"] = [str(ceiling) for ceiling in ceilings_of(document.access)]
    values["phase"] = [str(phase) for phase in phases_of(document.access)]
    values["keys"] = keys_of(document.access)
    return values


def facet_field(facet: Facet) -> str:
    """The name of a facet's field; "marking" alone is the number that the access rule compares."""
    return f"facet_{facet.value}"


def facet_values(document: IndexedDocument) -> dict[str, list[str]]:
    """The values of each facet under the name of its field."""
    return {facet_field(facet): list(dict.fromkeys(v)) for facet, v in document.facets.items()}


def preferred_values(document: IndexedDocument) -> dict[str, str]:
    """What a page is preferred for, under the names of the fields: of each, one word or none.

    The month of the last review is a word, which is found faster than a span of days.
    """
    reviewed = document.reviewed_on_date
    months = {REVIEWED_MONTH: month_of(reviewed)} if reviewed else {}
    return {**standing.standings_of(document), **months}


def month_of(day: date) -> str:
    """A month as it is written in an index."""
    return f"{day:%Y-%m}"


def stored_of(document: IndexedDocument) -> dict[str, Any]:
    """What a hit shows, and what a comparison with the database needs."""
    held = held_of(document)
    return {
        "ref": document.ref,
        "version": held.access_version,
        "access": held.access,
        "content": held.content,
        "in_baseline": held.in_baseline,
        "texts": [_storable(document.title), _storable(document.body[:FURTHEST])],
    }


def stored_files(document: IndexedDocument) -> list[list[Any]]:
    """Of each file its reference, its name and its pages, as far as lines of them are shown."""
    room, kept = FURTHEST_IN_FILES, []
    for file in document.files:
        pages: list[str] = []
        for page in file.pages:
            if room <= 0:
                break
            pages.append(_storable(page[:room]))
            room -= len(page)
        kept.append([file.ref, _storable(file.name), pages])
    return kept


def _storable(text: str) -> str:
    """Half of a character, as a damaged file may hold it, has no form in an index."""
    return text.encode(errors="replace").decode()


def held_of(document: IndexedDocument) -> Held:
    """A document as an index that is level with the database holds it."""
    if not _REF.fullmatch(document.ref):
        raise ValueError(f"Not a reference: {document.ref!r}.")
    content = (
        [document.title, document.body, document.keywords],
        [[file.ref, file.name, *file.pages] for file in document.files],
        {facet: sorted(values) for facet, values in document.facets.items()},
        [str(document.published_at), str(document.reviewed_on_date)],
    )
    return Held(
        pk=document.pk,
        ref=document.ref,
        access_version=document.access.access_version,
        access=_digest(access_values(document)),
        content=_digest(content),
        in_baseline=document.in_baseline,
    )


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def held_in(stored: Mapping[str, Any], *, pk: int) -> Held:
    """What an index holds, from what was stored."""
    return Held(
        pk=pk,
        ref=stored["ref"],
        access_version=stored["version"],
        access=stored["access"],
        content=stored["content"],
        in_baseline=stored["in_baseline"],
    )


def code_of(ref: str) -> int:
    """A reference as a number that sorts as its text does."""
    return int(ref.replace("-", ""), 36)


def minute_of(when: datetime | date | None) -> int:
    """Minutes since 1970; 0 for never."""
    if when is None:
        return 0
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=UTC)
    return max(0, int((when - _EPOCH).total_seconds() // 60))


def comparable_number(value: int | datetime) -> int:
    """A fact as the index compares it: times in microseconds."""
    if isinstance(value, datetime):
        since = value - _EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return int(value)
