"""What the embedded index holds of a document, and under which fields."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from itertools import chain, zip_longest

import tantivy

from search.engines.base import Facet, IndexedDocument
from search.engines.rows import (
    MARK,
    ORDERED_FIELDS,
    PREFERRED_FIELDS,
    SET_FIELDS,
    access_values,
    code_of,
    facet_field,
    facet_values,
    minute_of,
    preferred_values,
    stored_files,
    stored_of,
    title_words,
    words_in,
)

# Columns that hold one value for every page are counted several times faster than one that holds
# any number: so the first values of each facet have a column each, and NO_VALUE fills the rest.
_AT_ONCE = {
    Facet.TYPE: 1,
    Facet.FORCE: 1,
    Facet.MARKING: 1,
    Facet.EVIDENCE: 1,
    Facet.IN_FORCE: 1,
    Facet.PLATFORM: 3,
    Facet.HARM: 3,
    Facet.TACTIC: 3,
    Facet.NATION: 3,
}
COUNTED = {
    facet: tuple(f"{facet.value}_{place}" for place in range(width))
    for facet, width in _AT_ONCE.items()
}
_FACET_OF = {column: facet for facet, columns in COUNTED.items() for column in columns}
# What a page has beyond them: few pages have any, and one column serves all facets.
FURTHER = "further"
# What a page has of several facets with few values, as one: what their own columns hold.
TOGETHER = "together"
IN_TOGETHER = (Facet.TYPE, Facet.MARKING, Facet.EVIDENCE, Facet.IN_FORCE)
# No value of a facet looks so: those are keys.
NO_VALUE = "|"
_REF_BITS = 37
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
    for words in ("baseline", "baseline_words", "keys", "title_words"):
        builder.add_text_field(words, tokenizer_name="whitespace", index_option="basic")
    for name in (*SET_FIELDS, "ceiling", "phase", *PREFERRED_FIELDS):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in PREFERRED_FIELDS:
        builder.add_unsigned_field(column_of(name), fast=True)
    for name in ORDERED_FIELDS:
        builder.add_integer_field(name, fast=True)
    for facet in Facet:
        builder.add_text_field(facet_field(facet), tokenizer_name="raw", index_option="basic")
    for column in (TOGETHER, *chain.from_iterable(COUNTED.values()), FURTHER):
        builder.add_text_field(column, tokenizer_name="raw", index_option="basic", fast=True)
    # Apart, since the files of most hits need not be unpacked.
    for packed in ("stored", "files"):
        builder.add_bytes_field(packed, stored=True)
    return builder.build()


def as_tantivy(document: IndexedDocument) -> tantivy.Document:
    """A document as the index holds it."""
    row = tantivy.Document()
    for name, value in (("stored", stored_of(document)), ("files", stored_files(document))):
        row.add_bytes(name, json.dumps(value, ensure_ascii=False).encode())
    row.add_unsigned("pk", document.pk)
    row.add_unsigned("code", code_of(document.ref))
    published, reviewed = document.published_at, document.reviewed_on_date
    row.add_unsigned("newest", order_key(published, ref=document.ref))
    row.add_unsigned("reviewed", order_key(reviewed, ref=document.ref))
    _add_values(row, document)
    words = words_in(document)
    row.add_text("impacts", " ".join(impact(*at_level) for at_level in words.levels.items()))
    row.add_text("stems", words.stems)
    row.add_text("title_words", " ".join(title_words(document)))
    if words.baseline:
        row.add_text("baseline", " ".join(words.baseline))
        row.add_text("baseline_words", " ".join(words.baseline_words))
    return row


def as_mark(mark: str) -> tantivy.Document:
    """The row that holds the mark of a commit, and nothing that a search could find."""
    row = tantivy.Document()
    row.add_text("ref", MARK)
    row.add_bytes("stored", json.dumps({"mark": mark}).encode())
    return row


def _add_values(row: tantivy.Document, document: IndexedDocument) -> None:
    facets = facet_values(document)
    for name, value in {**access_values(document), **facets}.items():
        if isinstance(value, int):
            row.add_integer(name, value)
        elif name == "keys":
            row.add_text(name, " ".join(value))
        else:
            for one in value:
                row.add_text(name, one)
    _add_counted(row, facets)
    for name, word in preferred_values(document).items():
        row.add_text(name, word)
        row.add_unsigned(column_of(name), number_of(word))


def _add_counted(row: tantivy.Document, facets: Mapping[str, list[str]]) -> None:
    row.add_text(TOGETHER, "/".join(",".join(_first(facet, facets)) for facet in IN_TOGETHER))
    for facet, columns in COUNTED.items():
        for column, value in zip_longest(columns, _first(facet, facets), fillvalue=NO_VALUE):
            row.add_text(column, value)
        for value in facets.get(facet_field(facet), [])[len(columns) :]:
            row.add_text(FURTHER, f"{facet.value}={value}")


def _first(facet: Facet, facets: Mapping[str, list[str]]) -> list[str]:
    return facets.get(facet_field(facet), [])[: _AT_ONCE[facet]]


@lru_cache(maxsize=8_192)
def values_in(column: str, value: str) -> tuple[tuple[Facet, str], ...]:
    """The values of facets for which a value of a column stands."""
    if column == TOGETHER:
        # Neither sign stands in a key.
        parts = zip(IN_TOGETHER, value.split("/"), strict=True)
        return tuple((facet, key) for facet, part in parts if part for key in part.split(","))
    if column == FURTHER:
        name, _, key = value.partition("=")
        return ((Facet(name), key),)
    return () if value == NO_VALUE else ((_FACET_OF[column], value),)


def column_of(field: str) -> str:
    """The column that holds what a page is preferred for as a number, to be read for one page."""
    return f"{field}_number"


def number_of(word: str) -> int:
    """A word of at most eight bytes as a number that fits into a column."""
    return int.from_bytes(word.encode())


def impact(word: str, level: int) -> str:
    """The token of a word stem at one of the 16 levels."""
    return f"{word}|{level:x}"


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
    return first_order_key(minute_of(when)) | upside_down


def first_order_key(minute: int) -> int:
    """The smallest order key of a minute: the bound of a range of dates."""
    return max(0, min(minute, _LATEST_MINUTE)) << _REF_BITS
