"""The first rows by score and reference, exactly, although tantivy breaks ties by disk order.

Disk order depends on what else is in the index, so a hidden document could move a tie.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import tantivy
from tantivy import FieldType, Occur, Query

# Rows fetched beyond what is asked for: ties that end among them need no second look.
_SPARE = 100
_SPARE_AMONG_TIES = 2_000


class Row(NamedTuple):
    """One document found: its score, its reference as a number, its place."""

    score: int
    code: int
    address: tantivy.DocAddress


def first_rows(
    searcher: tantivy.Searcher, query: Query, *, schema: tantivy.Schema, offset: int, limit: int
) -> tuple[int, Sequence[Row]]:
    """The total, and rows `offset` to `offset + limit` by score downwards, then by reference."""
    needed = offset + limit
    total, rows = fetch(searcher, query, limit=needed + _SPARE)
    if total > len(rows) and rows[needed - 1].score == rows[-1].score:
        rows = _settle_ties(searcher, query, rows, schema=schema, needed=needed)
    return total, sorted(rows, key=_order)[offset:needed]


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
