"""The rows of a search by words and by meaning."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import tantivy
from tantivy import Query

from search.engines.base import SearchQuery
from search.engines.blend import MOST, Found, blended, found_at
from search.engines.tantivy.queries import Compiler
from search.engines.tantivy.ranked import Row, fetch, first_rows


class Blended:
    """One question to one snapshot; `within` says which documents the reader has left."""

    def __init__(
        self,
        searcher: tantivy.Searcher,
        query: SearchQuery,
        within: Callable[[SearchQuery], Query],
        compiler: Compiler,
    ) -> None:
        """Keep what is asked, and of whom."""
        self._searcher = searcher
        self._query = query
        self._within = within
        self._compile = compiler

    def page(self) -> tuple[int, Sequence[Row]]:
        """The total, and the rows of the page."""
        query, asked = self._query, self._within(self._query)
        total, by_words = self._by_words(replace(query, nearest={}), offset=0, limit=MOST)
        near = self._compile.near(query, asked)
        _, by_meaning = fetch(self._searcher, near, limit=len(query.nearest))
        rows = {row.code: row for row in (*by_words, *by_meaning)}
        found = self._found(by_meaning)
        if self._compile.required(query) is None:
            # What has none of the words; a word that is there counts at least one.
            total += sum(not one.score for one in found)
        ordered = blended(self._found(by_words), found, points=query.nearest)
        shown = [rows[one.code] for one in ordered[query.offset : query.offset + query.limit]]
        if len(shown) == query.limit:
            return total, shown
        return total, [*shown, *self._rest(ordered, lacking=query.limit - len(shown))]

    def _rest(self, ordered: Sequence[Found], *, lacking: int) -> Sequence[Row]:
        """What follows after all that was put into one order: by its words alone.

        What is near but waits for the tier matches still.
        """
        shown = frozenset(one.pk for one in ordered)
        rest = replace(self._query, exclude_pks=self._query.exclude_pks | shown)
        offset = max(0, self._query.offset - len(ordered))
        return self._by_words(rest, offset=offset, limit=lacking)[1]

    def _by_words(
        self, query: SearchQuery, *, offset: int, limit: int
    ) -> tuple[int, Sequence[Row]]:
        scored = self._compile.scored(query, self._within(query))
        return first_rows(
            self._searcher, scored, schema=self._compile.schema, offset=offset, limit=limit
        )

    def _found(self, rows: Iterable[Row]) -> list[Found]:
        listed = list(rows)
        if not listed:
            return []
        pks = self._searcher.fast_field_values("pk", [row.address for row in listed])
        return [
            found_at(int(pk or 0), row.code, row.score, tier=self._query.tier)
            for pk, row in zip(pks, listed, strict=True)
        ]
