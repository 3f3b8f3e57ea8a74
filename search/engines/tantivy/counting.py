"""The counts of all facets within one question, in one pass over the documents found."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import Any

import tantivy
from tantivy import Query

from search.engines.base import Facet, SearchQuery
from search.engines.rows import facet_field
from search.engines.tantivy.schema import (
    COUNTED,
    FURTHER,
    IN_TOGETHER,
    NO_VALUE,
    TOGETHER,
    values_in,
)

# Beyond any vocabulary of ours: a smaller size would make tantivy leave values out.
_MOST_VALUES = 10_000
# The values of facets are keys (`search.engines.rows`). Anything else never reaches the parser of
# the aggregation, where it could name another field; no document has it either.
_KEY = re.compile(r"[\w-]+")

_Counts = dict[Facet, Counter[str]]


def facet_counts(
    searcher: tantivy.Searcher, query: SearchQuery, found: Query
) -> Mapping[Facet, Mapping[str, int]]:
    """Counts of each facet, its own choice left out; the most frequent value first.

    `found` is what is asked without any choice of a facet: each choice is put around what it
    narrows, so that the documents are gone through once.
    """
    chosen = [facet for facet in Facet if query.filters.get(facet)]
    free = [facet for facet in Facet if facet not in chosen]
    # Each group of facets is narrowed by the same choices.
    groups = [(free, chosen)]
    groups += [([facet], [other for other in chosen if other is not facet]) for facet in chosen]
    asked: dict[str, Any] = {}
    for number, (facets, narrowing) in enumerate(groups):
        columns = _columns_of(facets)
        if narrowing:
            asked[str(number)] = {"filter": _chosen(query, narrowing), "aggs": columns}
        else:
            # At most one group has nothing around it.
            asked.update(columns)
    answered = searcher.aggregate(found, asked)
    counted: _Counts = {facet: Counter() for facet in Facet}
    for number, (facets, _) in enumerate(groups):
        _add(answered.get(str(number), answered), facets, to=counted)
    return _listed(counted)


def added(
    first: Mapping[Facet, Mapping[str, int]], second: Mapping[Facet, Mapping[str, int]]
) -> Mapping[Facet, Mapping[str, int]]:
    """The counts of two sets of documents that have none in common."""
    return _listed({facet: Counter(first[facet]) + Counter(second[facet]) for facet in first})


def _listed(counted: _Counts) -> Mapping[Facet, Mapping[str, int]]:
    return {facet: dict(sorted(counts.items(), key=_order)) for facet, counts in counted.items()}


def _order(counts: tuple[str, int]) -> tuple[int, str]:
    value, count = counts
    return -count, value


def _columns_of(facets: Collection[Facet]) -> dict[str, Any]:
    """What is counted of these facets, and of some beside them."""
    together = [facet for facet in facets if facet in IN_TOGETHER]
    if len(together) < 2:
        together = []
    alone = (COUNTED[facet] for facet in facets if facet not in together)
    columns = [*chain.from_iterable(alone), *([TOGETHER] if together else []), FURTHER]
    return {column: {"terms": {"field": column, "size": _MOST_VALUES}} for column in columns}


def _chosen(query: SearchQuery, facets: Iterable[Facet]) -> str:
    return " AND ".join(_one_of(facet, query.filters[facet]) for facet in facets)


def _one_of(facet: Facet, values: Iterable[str]) -> str:
    keys = [value if _KEY.fullmatch(value) else NO_VALUE for value in sorted(values)]
    return "(" + " OR ".join(f'{facet_field(facet)}:"{key}"' for key in keys) + ")"


def _add(answered: Mapping[str, Any], facets: Collection[Facet], *, to: _Counts) -> None:
    """Add up what the columns of each facet hold, and what their pages have beyond."""
    for column in _columns_of(facets):
        for bucket in answered[column]["buckets"]:
            for facet, value in values_in(column, bucket["key"]):
                if facet in facets:
                    to[facet][value] += bucket["doc_count"]
