"""What the embedded index holds of a document, and under which fields."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain, product

import tantivy

from access.rules import facts_of
from access.vocabulary import NO_GROUP, Marking
from search.analysis import LONGEST_WORD, stem, stop_stems, words_of
from search.engines.base import Facet, IndexedDocument
from search.ranking import TITLE_REPEATS, levels_of

# Raise it with every change of the fields or of what is written into them: an index of another
# version is not read, but built anew.
SCHEMA_VERSION = 1

SET_FIELDS = ("ref", "owner", "author", "audience", "groups", "state", "review")
ORDERED_FIELDS = ("marking", "latest_phase", "visible_from", "visible_until")
# Stands in `baseline` of every baseline document; no word looks like it.
BASELINE_MARK = "*"
_GAP = "-"
# Phases up to this one are written as words too, which are found faster than numbers.
WORDED_PHASES = 15
CEILINGS = tuple(int(marking) for marking in Marking)

_REF = re.compile(r"[0-9A-Z]{2}-[0-9A-Z]{5}")
_REF_BITS = 37
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MINUTE = (1 << (64 - _REF_BITS)) - 1


def build_schema() -> tantivy.Schema:
    """The fields of the index."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("pk", indexed=True, fast=True)
    builder.add_unsigned_field("code", indexed=True, fast=True)
    for order in ("newest", "reviewed"):
        builder.add_unsigned_field(order, fast=True)
    builder.add_text_field("impacts", tokenizer_name="whitespace", index_option="basic")
    builder.add_text_field("stems", tokenizer_name="whitespace", index_option="position")
    for words in ("baseline", "baseline_words", "keys"):
        builder.add_text_field(words, tokenizer_name="whitespace", index_option="basic")
    for name in (*SET_FIELDS, "ceiling", "phase"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ORDERED_FIELDS:
        builder.add_integer_field(name, fast=True)
    for facet in Facet:
        builder.add_text_field(
            facet_field(facet), tokenizer_name="raw", index_option="basic", fast=True
        )
    builder.add_bytes_field("stored", stored=True)
    return builder.build()


def facet_field(facet: Facet) -> str:
    """The name of a facet's field; "marking" alone is the number that the access rule compares."""
    return f"facet_{facet.value}"


def as_tantivy(document: IndexedDocument) -> tantivy.Document:
    """A document as the index holds it."""
    row = tantivy.Document()
    row.add_unsigned("pk", document.pk)
    row.add_unsigned("code", code_of(document.ref))
    published, reviewed = document.published_at, document.reviewed_on_date
    row.add_unsigned("newest", order_key(published, ref=document.ref))
    row.add_unsigned("reviewed", order_key(reviewed, ref=document.ref))
    _add_access(row, document)
    _add_words(row, document)
    for facet, values in document.facets.items():
        for value in dict.fromkeys(values):
            row.add_text(facet_field(facet), value)
    stored = {
        "ref": document.ref,
        "version": document.access.access_version,
        "texts": [document.title, document.body, document.attachments_text],
    }
    row.add_bytes("stored", json.dumps(stored, ensure_ascii=False).encode(errors="replace"))
    return row


def _add_access(row: tantivy.Document, document: IndexedDocument) -> None:
    for name, fact in facts_of(document.access).items():
        if isinstance(fact, frozenset):
            for value in sorted(fact):
                row.add_text(name, value)
        else:
            row.add_integer(name, comparable_number(fact))
    access = document.access
    ceilings = [ceiling for ceiling in CEILINGS if ceiling >= access.marking]
    for ceiling in ceilings:
        row.add_text("ceiling", str(ceiling))
    for phase in range(min(access.latest_phase, WORDED_PHASES) + 1):
        row.add_text("phase", str(phase))
    groups = access.groups or {NO_GROUP}
    combined = product(ceilings, [str(access.state)], groups, access.audience)
    row.add_text("keys", " ".join(sorted(access_key(*values) for values in combined)))


def access_key(ceiling: int, state: str, group: str, audience: str) -> str:
    """One word for the four facts that most rules ask for together: a seventh of the time."""
    return f"{ceiling}|{state}|{group}|{audience}"


def _add_words(row: tantivy.Document, document: IndexedDocument) -> None:
    title = words_of(document.title)
    texts = (document.body, document.attachments_text, document.keywords)
    rest = [words_of(text) for text in texts]
    stems = [list(map(stem, words)) for words in (title, *rest)]
    telling = chain(*[stems[0]] * (TITLE_REPEATS - 1), *stems)
    levels = levels_of([word for word in telling if word not in stop_stems()])
    row.add_text("impacts", " ".join(impact(word, level) for word, level in levels.items()))
    # The gap keeps a phrase from running out of the title, or of one text into the next.
    row.add_text("stems", f" {_GAP} ".join(map(" ".join, stems)))
    if document.in_baseline:
        row.add_text("baseline", " ".join([BASELINE_MARK, *levels]))
        row.add_text("baseline_words", " ".join(sorted(_spellable({*chain(title, *rest)}))))


def _spellable(words: set[str]) -> Iterator[str]:
    return (word for word in words if len(word) <= LONGEST_WORD and stem(word) not in stop_stems())


def impact(word: str, level: int) -> str:
    """The token of a word stem at one of the 16 levels."""
    return f"{word}|{level:x}"


def code_of(ref: str) -> int:
    """A reference as a number that sorts as its text does."""
    if not _REF.fullmatch(ref):
        raise ValueError(f"Not a reference: {ref!r}.")
    return int(ref.replace("-", ""), 36)


def ref_of(code: int) -> str:
    """The reference behind a number."""
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    text = ""
    for _ in range(7):
        code, digit = divmod(code, 36)
        text = digits[digit] + text
    return f"{text[:2]}-{text[2:]}"


def order_key(when: datetime | date | None, *, ref: str) -> int:
    """A number whose descending order is newest first, to the minute, then by reference."""
    upside_down = (1 << _REF_BITS) - 1 - code_of(ref)
    return (minute_of(when) << _REF_BITS) | upside_down


def minute_of(when: datetime | date | None) -> int:
    """Minutes since 1970; 0 for never."""
    if when is None:
        return 0
    if not isinstance(when, datetime):
        when = datetime(when.year, when.month, when.day, tzinfo=UTC)
    return max(0, min(int((when - _EPOCH).total_seconds() // 60), _LATEST_MINUTE))


def first_order_key(minute: int) -> int:
    """The smallest order key of a minute: the bound of a range of dates."""
    return max(0, min(minute, _LATEST_MINUTE)) << _REF_BITS


def comparable_number(value: int | datetime) -> int:
    """A fact as the index compares it: times in microseconds."""
    if isinstance(value, datetime):
        since = value - _EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return int(value)
