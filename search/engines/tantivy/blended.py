"""The rows of a search by words and by meaning."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import tantivy
from tantivy import Query

from search.engines.base import SearchQuery
from search.engines.blend import MOST, Found, blended, found_at
from search.engines.tantivy.queries import Compiler
from search.engines.tantivy.ranked import Row, fetch, first_rows


class ByWords(NamedTuple):
    """How many documents have a word of a question, and those that have the most of them."""

    total: int
    best: Sequence[Row]


class Blended:
    """Questions to one snapshot; `within` says which documents the reader has left."""

    def __init__(
        self,
        searcher: tantivy.Searcher,
        within: Callable[[SearchQuery], Query],
        compiler: Compiler,
    ) -> None:
        """Keep what is asked, and for whom."""
        self._searcher = searcher
        self._within = within
        self._compile = compiler

    def by_words(self, query: SearchQuery) -> ByWords:
        """What can be looked for before it is known what is near."""
        return ByWords(*self._first(query, offset=0, limit=MOST))

    def page(self, query: SearchQuery, by_words: ByWords) -> tuple[int, Sequence[Row]]:
        """The total, and the rows of the page; `query` holds what is near."""
        by_meaning = self._near(query)
        rows = {row.code: row for row in (*by_words.best, *by_meaning)}
        best, found = self._found(query, by_words.best), self._found(query, by_meaning)
        total = by_words.total
        if self._compile.required(query) is None:
            # What has none of the words.
            total += sum(not one.score for one in found)
        # Where nothing is near, words alone decide, and no scale may round them.
        ordered = blended(best, found, points=query.nearest) if query.nearest else best
        shown = [rows[one.code] for one in ordered[query.offset : query.offset + query.limit]]
        if len(shown) == query.limit:
            return total, shown
        return total, [*shown, *self._rest(query, ordered, lacking=query.limit - len(shown))]

    def _near(self, query: SearchQuery) -> Sequence[Row]:
        if not query.nearest:
            return []
        near = self._compile.near(query, self._within(query))
        return fetch(self._searcher, near, limit=len(query.nearest))[1]

    def _rest(self, query: SearchQuery, ordered: Sequence[Found], *, lacking: int) -> Sequence[Row]:
        """What follows after all that was put into one order: by its words alone.

        What is near but waits for the tier matches still.
        """
        shown = frozenset(one.pk for one in ordered)
        rest = replace(query, exclude_pks=query.exclude_pks | shown)
        offset = max(0, query.offset - len(ordered))
        return self._first(rest, offset=offset, limit=lacking)[1]

    def _first(self, query: SearchQuery, *, offset: int, limit: int) -> tuple[int, Sequence[Row]]:
        return first_rows(
            self._searcher,
            query,
            self._within(query),
            compiler=self._compile,
            offset=offset,
            limit=limit,
        )

    def _found(self, query: SearchQuery, rows: Iterable[Row]) -> list[Found]:
        listed = list(rows)
        if not listed:
            return []
        pks = self._searcher.fast_field_values("pk", [row.address for row in listed])
        return [
            found_at(int(pk or 0), row.code, row.score, tier=query.tier)
            for pk, row in zip(pks, listed, strict=True)
        ]
