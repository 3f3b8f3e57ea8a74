"""The first rows by score and reference, exactly, although tantivy breaks ties by disk order.

Disk order depends on what else is in the index, so a hidden document could move a tie.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import tantivy
from tantivy import FieldType, Occur, Query

from search.engines.base import PAGE_SIZE, Preference, SearchQuery
from search.engines.tantivy.queries import Compiler
from search.engines.tantivy.schema import column_of, number_of

# Rows of the first page are looked for among so many more with the most of the words. They decide
# nearly always; for pages further on they seldom would (docs/decisions/0031).
_PREFERRED_AMONG = 280
# Rows fetched beyond what is asked for: ties that end among them need no second look.
_SPARE = 100
_SPARE_AMONG_TIES = 2_000

# What a column holds of a document: whole numbers here, None for nothing.
_Number = int | float | None


class Row(NamedTuple):
    """One document found: its score, its reference as a number, its place."""

    score: int
    code: int
    address: tantivy.DocAddress


def first_rows(
    searcher: tantivy.Searcher,
    query: SearchQuery,
    within: Query,
    *,
    compiler: Compiler,
    offset: int,
    limit: int,
) -> tuple[int, Sequence[Row]]:
    """The total, and rows `offset` to `offset + limit` by score downwards, then by reference."""
    needed = offset + limit
    if needed <= PAGE_SIZE:
        best = _best_by_words(searcher, query, within, compiler=compiler, needed=needed)
        if best is not None:
            total, rows = best
            return total, rows[offset:]
    scored = compiler.scored(query, within)
    total, rows = fetch(searcher, scored, limit=needed + _SPARE)
    if total > len(rows) and rows[needed - 1].score == rows[-1].score:
        rows = _settle_ties(searcher, scored, rows, schema=compiler.schema, needed=needed)
    return total, sorted(rows, key=_order)[offset:needed]


def _best_by_words(
    searcher: tantivy.Searcher,
    query: SearchQuery,
    within: Query,
    *,
    compiler: Compiler,
    needed: int,
) -> tuple[int, list[Row]] | None:
    """The total and the first rows, where only those with the most of the words can be among them.

    What is preferred is added to those. None where others could pass them by what they are
    preferred for: then it must be read of every document found, which takes half as long again.
    """
    by_words = compiler.scored(replace(query, preferences=()), within)
    result = searcher.search(by_words, needed + _PREFERRED_AMONG)
    total, found = total_of(result), result.hits
    points = _points_by_column(query.preferences)
    ordered = _ordered(searcher, found, points)
    if total > len(found):
        best_left = found[-1][0] + sum(max(worth.values()) for worth in points.values())
        if -ordered[needed - 1][0] <= best_left:
            return None
    rows = [Row(-below, int(code or 0), address) for below, code, address in ordered[:needed]]
    return total, rows


def _points_by_column(preferences: Iterable[Preference]) -> Mapping[str, Mapping[_Number, int]]:
    columns: dict[str, dict[_Number, int]] = {}
    for one in preferences:
        points = columns.setdefault(column_of(one.field), {})
        points.update((number_of(value), one.points) for value in one.values)
    return columns


def _ordered(
    searcher: tantivy.Searcher,
    found: Sequence[tuple[float, tantivy.DocAddress]],
    points: Mapping[str, Mapping[_Number, int]],
) -> list[tuple[int, _Number, tantivy.DocAddress]]:
    """The score below zero, the reference as a number and the place of each, in their order.

    The score has the points for what a document is preferred for. Most of them are on no page that
    is asked for, so no row is made of them.
    """
    if not found:
        return []
    addresses = [address for _, address in found]
    below = [-int(score) for score, _ in found]
    for column, worth in points.items():
        numbers = searcher.fast_field_values(column, addresses)
        below = [score - worth.get(one, 0) for score, one in zip(below, numbers, strict=True)]
    # No two documents have the same reference, so addresses are never compared.
    codes = searcher.fast_field_values("code", addresses)
    return sorted(zip(below, codes, addresses, strict=True))


def _settle_ties(
    searcher: tantivy.Searcher,
    query: Query,
    rows: list[Row],
    *,
    schema: tantivy.Schema,
    needed: int,
) -> list[Row]:
    """More documents share the last score than were fetched: look at the low references only.

    Of the tied rows fetched, the one with the highest rank still needed bounds the reference:
    among all tied documents that rank can only be lower. Each look fetches ties of a smaller
    range, until all of them fit.
    """
    tied_score = rows[-1].score
    above = [row for row in rows if row.score > tied_score]
    wanted = needed - len(above)
    while True:
        codes = sorted(row.code for row in rows if row.score == tied_score)
        bound = codes[wanted - 1]
        within = Query.range_query(schema, "code", FieldType.Unsigned, upper_bound=bound)
        narrowed = Query.boolean_query(
            [(Occur.Must, query), (Occur.Must, Query.const_score_query(within, 0.0))]
        )
        total, rows = fetch(searcher, narrowed, limit=needed + _SPARE_AMONG_TIES)
        if total <= len(rows) or rows[-1].score < tied_score:
            return above + [row for row in rows if row.score == tied_score]


def fetch(searcher: tantivy.Searcher, query: Query, *, limit: int) -> tuple[int, list[Row]]:
    """The total, and rows by score downwards: ties in any order."""
    result = searcher.search(query, limit)
    addresses = [address for _, address in result.hits]
    codes = searcher.fast_field_values("code", addresses) if addresses else []
    rows = [
        # Scores are sums of integers far below 2**24, so their floats are exact.
        Row(int(score), int(code or 0), address)
        for (score, address), code in zip(result.hits, codes, strict=True)
    ]
    return total_of(result), rows


def _order(row: Row) -> tuple[int, int]:
    return -row.score, row.code


def total_of(result: Any) -> int:
    """How many documents a search found; tantivy's own type hints leave it out."""
    total: int = result.count
    return total
