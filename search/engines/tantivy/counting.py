"""The counts of all facets within one question, in one pass over the documents found."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import tantivy
from tantivy import Query

from search.engines.base import Facet, SearchQuery
from search.engines.rows import facet_field
from search.engines.tantivy.schema import ALL_FACETS

# Beyond any vocabulary of ours: a smaller size would make tantivy leave values out.
_MOST_VALUES = 10_000
_ALL = "all"
# The values of facets are keys (`search.engines.rows`). Anything else never reaches the parser of
# the aggregation, where it could name another field; no document has it either.
_KEY = re.compile(r"[\w-]+")
_NO_KEY = "|"


def facet_counts(
    searcher: tantivy.Searcher, query: SearchQuery, found: Query
) -> Mapping[Facet, Mapping[str, int]]:
    """Counts of each facet, its own choice left out; the most frequent value first.

    `found` is what is asked without any choice of a facet: each choice is put around what it
    narrows, so that the documents are gone through once.
    """
    chosen = [facet for facet in Facet if query.filters.get(facet)]
    asked = {_ALL: _chosen_from(query, chosen, counted=_values_of(ALL_FACETS))}
    for facet in chosen:
        others = [other for other in chosen if other is not facet]
        asked[facet.value] = _chosen_from(query, others, counted=_values_of(facet_field(facet)))
    answered = searcher.aggregate(found, asked)
    counted: dict[Facet, dict[str, int]] = {facet: {} for facet in Facet}
    for key, count in _counts(answered[_ALL]):
        name, _, value = key.partition("=")
        if Facet(name) not in chosen:
            counted[Facet(name)][value] = count
    for facet in chosen:
        counted[facet] = dict(_counts(answered[facet.value]))
    return counted


def _values_of(field: str) -> dict[str, Any]:
    return {"terms": {"field": field, "size": _MOST_VALUES}}


def _chosen_from(
    query: SearchQuery, facets: Sequence[Facet], *, counted: dict[str, Any]
) -> dict[str, Any]:
    if not facets:
        return counted
    narrowed = " AND ".join(_one_of(facet, query.filters[facet]) for facet in facets)
    return {"filter": narrowed, "aggs": {_ALL: counted}}


def _one_of(facet: Facet, values: Iterable[str]) -> str:
    keys = [value if _KEY.fullmatch(value) else _NO_KEY for value in sorted(values)]
    return "(" + " OR ".join(f'{facet_field(facet)}:"{key}"' for key in keys) + ")"


def _counts(answered: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    buckets = answered.get(_ALL, answered)["buckets"]
    for bucket in sorted(buckets, key=lambda one: (-one["doc_count"], one["key"])):
        if bucket["doc_count"]:
            yield bucket["key"], bucket["doc_count"]
