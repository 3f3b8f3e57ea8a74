"""What the embedded index holds of a document, and under which fields."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from itertools import chain, zip_longest

import tantivy

from search import standing
from search.engines.base import Facet, IndexedDocument
from search.engines.rows import (
    MARK,
    ORDERED_FIELDS,
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
# What a page has beyond them: few pages have any, and one column serves all facets.
FURTHER = "further"
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
    for name in (*SET_FIELDS, "ceiling", "phase", "reviewed_month", standing.FIELD):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in ORDERED_FIELDS:
        builder.add_integer_field(name, fast=True)
    for facet in Facet:
        builder.add_text_field(facet_field(facet), tokenizer_name="raw", index_option="basic")
    for column in (*chain.from_iterable(COUNTED.values()), FURTHER):
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
    facets, preferred = facet_values(document), preferred_values(document)
    for name, value in {**access_values(document), **facets, **preferred}.items():
        if isinstance(value, int):
            row.add_integer(name, value)
        elif name == "keys":
            row.add_text(name, " ".join(value))
        else:
            for one in value:
                row.add_text(name, one)
    _add_counted(row, facets)


def _add_counted(row: tantivy.Document, facets: Mapping[str, list[str]]) -> None:
    for facet, columns in COUNTED.items():
        values = facets.get(facet_field(facet), [])
        for column, value in zip_longest(columns, values[: len(columns)], fillvalue=NO_VALUE):
            row.add_text(column, value)
        for value in values[len(columns) :]:
            row.add_text(FURTHER, further_value(facet, value))


def further_value(facet: Facet, value: str) -> str:
    """A value of a facet in the column of all of them."""
    return f"{facet.value}={value}"


def facet_and_value(further: str) -> tuple[Facet, str]:
    """What `further_value` put together."""
    name, _, value = further.partition("=")
    return Facet(name), value


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
