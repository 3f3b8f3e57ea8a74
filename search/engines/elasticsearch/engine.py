"""Searches and writes the indexes on an Elasticsearch server."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from elasticsearch import ApiError, Elasticsearch
from elasticsearch.dsl import MultiSearch, Search
from elasticsearch.dsl.aggs import Filters, Max
from elasticsearch.dsl.aggs import Terms as TermCounts
from elasticsearch.dsl.query import Bool, Exists, Ids, MatchAll, Query
from elasticsearch.dsl.response import Response

from access.rules import Conjunction
from search.engines.base import Facet, Held, Hit, Hits, Preference, SearchQuery, Sort
from search.engines.blend import MOST, Found, blended, found_at
from search.engines.elasticsearch import queries
from search.engines.elasticsearch.patience import Patience
from search.engines.elasticsearch.store import SilentServerError, Store, answered
from search.engines.elasticsearch.writer import ElasticsearchWriter
from search.engines.hits import hit_of
from search.engines.rows import BASELINE_MARK, MARK, code_of, facet_field, held_in
from search.highlights import Highlighter
from search.ranking import Baseline

# Beyond any vocabulary of ours: with a smaller size values would be left out.
_MOST_VALUES = 1_000
# Beyond the words of any library that begin with one letter.
_MOST_WORDS = 60_000
_ROWS_AT_A_TIME = 2_000
# For whom no reader waits: the worker, and whoever builds or compares.
_SECONDS_OF_WORK = 60

Answer = Response[Any]
_Stamp = tuple[str, int, float]


class _Beginning(NamedTuple):
    """The words with one beginning, in one state of the index."""

    stamp: _Stamp
    counts: Mapping[str, int]


class ElasticsearchEngine:
    """The contract of `search.engines.base`, on a server that several web hosts share."""

    name = "elasticsearch"

    def __init__(
        self,
        client: Elasticsearch,
        *,
        prefix: str,
        lock: Callable[[], AbstractContextManager[None]],
    ) -> None:
        """Keep the names; the server is asked at the first use."""
        self._client = client
        self._unhurried = client.options(request_timeout=_SECONDS_OF_WORK)
        self._patience = Patience()
        self._store = Store(self._unhurried, prefix=prefix)
        self._locked = lock
        self._beginnings: dict[str, _Beginning] = {}

    def search(self, query: SearchQuery, *, conjunctions: Sequence[Conjunction]) -> Hits:
        """Answer within the access rule; facets are counted in the same documents."""
        query = query.with_nearest()
        admitted = queries.access(conjunctions)
        chosen = [facet for facet in Facet if query.with_facets and query.filters.get(facet)]
        others = [facet for facet in Facet if query.with_facets and facet not in chosen]
        main = _counting(self._hits(query, admitted), others)
        asked = [main, *(self._choices(query, admitted, facet) for facet in chosen)]
        orders = self._orders(query, admitted) if query.is_blended else []
        answers = self._ask([*asked, *orders])
        counted = _counts(answers[0], others)
        for facet, answer in zip(chosen, answers[1 : len(asked)], strict=True):
            counted.update(_counts(answer, [facet]))
        rows = _rows(answers[0])
        if orders:
            found = (_found(answer, tier=query.tier) for answer in answers[len(asked) :])
            rows = self._blended(query, admitted, blended(*found, points=query.nearest))
        highlighter = Highlighter(query)
        return Hits(
            total=_total(answers[0]),
            hits=tuple(_hit(row, highlighter) for row in rows),
            facets={facet: counted[facet] for facet in Facet if facet in counted},
        )

    def baseline(
        self, stems: Collection[str], *, exclude_pks: frozenset[int] = frozenset()
    ) -> Baseline:
        """Exact counts over the documents that every admitted reader may see."""
        everybodys = queries.holding("baseline", BASELINE_MARK)
        counted = self._search(
            Bool(filter=[everybodys], must_not=queries.numbered(exclude_pks)), size=0
        )
        listed = sorted(stems)
        if listed:
            each: dict[str, Query] = {
                str(place): queries.holding("baseline", stem) for place, stem in enumerate(listed)
            }
            counted.aggs.bucket("stems", Filters(filters=each))
        (answer,) = self._ask([counted])
        found = answer.to_dict()["aggregations"]["stems"]["buckets"] if listed else {}
        return Baseline(
            documents=_total(answer),
            frequencies={stem: found[str(place)]["doc_count"] for place, stem in enumerate(listed)},
        )

    def baseline_words_like(
        self, prefix: str, *, exclude_pks: frozenset[int] = frozenset()
    ) -> Mapping[str, int]:
        """The words of the baseline documents that start so, with their counts.

        All of them are counted once for each state of the index, and those of the excluded apart.
        """
        asked = [_stamped(self._search(MatchAll(), size=0))]
        if exclude_pks:
            excluded = queries.any_of(queries.numbered(exclude_pks))
            asked.append(_beginning(self._search(excluded, size=0), prefix))
        now, *gone = self._ask(asked)
        known = self._beginnings.get(prefix)
        if known is None or known.stamp != _stamp(now):
            counted = _beginning(_stamped(self._search(MatchAll(), size=0)), prefix)
            (answer,) = self._ask([counted])
            known = _Beginning(_stamp(answer), _buckets(answer, "words"))
            self._beginnings[prefix] = known
        less = _buckets(gone[0], "words") if gone else {}
        counts = known.counts
        return {word: left for word, count in counts.items() if (left := count - less.get(word, 0))}

    def titles_beginning(
        self,
        words: Sequence[str],
        *,
        conjunctions: Sequence[Conjunction],
        exclude_pks: frozenset[int] = frozenset(),
        limit: int,
    ) -> tuple[int, ...]:
        """Documents within the access rule with these words in their titles, the newest first."""
        if not words:
            return ()
        within = queries.within(SearchQuery(exclude_pks=exclude_pks), queries.access(conjunctions))
        asked = self._search(Bool(filter=[within, *queries.titled(words)]), size=limit)
        newest_first = asked.sort({"newest": {"order": "desc"}}, "ref").source(False)
        (answer,) = self._ask([newest_first])
        return tuple(int(row["_id"]) for row in _rows(answer))

    def mark(self) -> str:
        """The mark of the newest commit that a search sees."""
        (answer,) = self._ask([self._search(Ids(values=[MARK]), size=1)])
        return "".join(str(row["_source"]["stored"]["mark"]) for row in _rows(answer))

    @contextmanager
    def writer(self) -> Iterator[ElasticsearchWriter]:
        """Open the one writer; raises WriterBusyError where another process has it."""
        with self._locked():
            with answered():
                index = self._store.current()
                if index is None:
                    index = self._store.create()
                    self._store.swap(index)
            yield ElasticsearchWriter(self._client, index=index)

    @contextmanager
    def rebuild(self) -> Iterator[ElasticsearchWriter]:
        """Write a new index beside the one in use, and swap at the end if nothing failed."""
        with self._locked():
            with answered():
                index = self._store.create()
            try:
                writer = ElasticsearchWriter(self._client, index=index)
                yield writer
                writer.commit()
            except BaseException:
                with answered():
                    self._store.discard(index)
                raise
            with answered():
                self._store.swap(index)

    def visible(self, conjunctions: Sequence[Conjunction]) -> frozenset[str]:
        """Every reference the conjunctions admit."""
        asked = self._search(Bool(filter=[queries.access(conjunctions)]), size=_ROWS_AT_A_TIME)
        asked = asked.source(["stored.ref"])
        return frozenset(row["_source"]["stored"]["ref"] for row in self._all_rows(asked))

    def held(self) -> Iterator[Held]:
        """Every document as the index holds it, to compare with the database."""
        asked = self._search(_documents(), size=_ROWS_AT_A_TIME).source(
            excludes=["stored.texts", "stored.files"]
        )
        for row in self._all_rows(asked):
            yield held_in(row["_source"]["stored"], pk=int(row["_id"]))

    def count(self) -> int:
        """How many documents the index holds."""
        (answer,) = self._ask([self._search(_documents(), size=0)])
        return _total(answer)

    def size(self) -> int:
        """How many bytes it takes, copies on other nodes left out."""
        with answered():
            stats = self._client.indices.stats(index=self._store.alias, metric="store")
        size: int = stats["_all"]["primaries"]["store"]["size_in_bytes"]
        return size

    def remove(self) -> None:
        """Leave nothing on the server: for an engine that was made for a while."""
        with self._locked(), answered():
            self._store.remove_all()

    def _hits(self, query: SearchQuery, admitted: Query) -> Search[Any]:
        asked = queries.within(query, admitted)
        if query.is_blended:
            # Counted only: the order needs the best by words and the best by meaning first.
            return self._search(Bool(filter=[asked, *queries.words(query)]), size=0)
        if query.sort is not Sort.RELEVANCE or not query.has_words:
            order = "reviewed" if query.sort is Sort.REVIEWED else "newest"
            asked = Bool(filter=[asked, *queries.words(query)])
        else:
            return self._by_score(query, admitted)
        search = self._search(asked, size=query.limit, start=query.offset)
        return search.sort({order: {"order": "desc"}}, "ref")

    def _by_score(self, query: SearchQuery, admitted: Query) -> Search[Any]:
        scored = queries.scored(query, queries.within(query, admitted))
        search = self._search(scored, size=query.limit, start=query.offset)
        return search.sort({"_score": {"order": "desc"}}, "ref")

    def _orders(self, query: SearchQuery, admitted: Query) -> list[Search[Any]]:
        """The best by words, and all that were found by meaning: which they are, and no texts."""
        best = replace(query, nearest={}, offset=0, limit=MOST)
        near = queries.near(query, queries.within(query, admitted))
        by_meaning = self._search(near, size=len(query.nearest))
        by_meaning = by_meaning.sort({"_score": {"order": "desc"}}, "ref")
        return [self._by_score(best, admitted).source(False), by_meaning.source(False)]

    def _blended(
        self, query: SearchQuery, admitted: Query, ordered: Sequence[Found]
    ) -> list[dict[str, Any]]:
        """The rows of the page: of the common order, then of what follows by its words alone."""
        shown = [one.pk for one in ordered[query.offset : query.offset + query.limit]]
        searches = []
        if shown:
            texts = queries.any_of(queries.numbered(shown))
            searches.append(self._search(Bool(filter=[admitted, texts]), size=len(shown)))
        if len(shown) < query.limit:
            before = frozenset(one.pk for one in ordered)
            rest = replace(
                query,
                exclude_pks=query.exclude_pks | before,
                offset=max(0, query.offset - len(ordered)),
                limit=query.limit - len(shown),
            )
            # What is near but waits for the tier matches still.
            searches.append(self._by_score(rest, admitted))
        answers = self._ask(searches)
        rows = {int(row["_id"]): row for row in _rows(answers[0])} if shown else {}
        rest_rows = _rows(answers[-1]) if len(shown) < query.limit else []
        # One that was deleted since the first question is left out.
        return [rows[pk] for pk in shown if pk in rows] + rest_rows

    def _choices(self, query: SearchQuery, admitted: Query, facet: Facet) -> Search[Any]:
        """The counts of a facet that was chosen from, its own choice left out."""
        asked = queries.within(query, admitted, but=facet)
        whole = Bool(filter=[asked, *queries.words(query)])
        return _counting(self._search(whole, size=0), [facet])

    def _search(self, query: Query, *, size: int, start: int = 0) -> Search[Any]:
        # Part of an answer is no answer: counts of some shards would be wrong, not few.
        search = Search(using=self._client, index=self._store.alias).params(
            allow_partial_search_results=False
        )
        return search.query(query).extra(track_total_hits=True)[start : start + size]

    def _ask(self, searches: Sequence[Search[Any]]) -> list[Answer]:
        self._patience.require()
        try:
            answers = _ask(searches, client=self._client)
        except SilentServerError:
            self._patience.was_silent()
            raise
        self._patience.was_heard()
        return answers

    def _all_rows(self, asked: Search[Any]) -> Iterator[dict[str, Any]]:
        """Every row, a stretch at a time, by the number of the document."""
        last = -1
        while True:
            (answer,) = _ask([asked.sort("pk").extra(search_after=[last])], client=self._unhurried)
            rows = _rows(answer)
            yield from rows
            if len(rows) < _ROWS_AT_A_TIME:
                return
            last = rows[-1]["sort"][0]


def _ask(searches: Sequence[Search[Any]], *, client: Elasticsearch) -> list[Answer]:
    together = MultiSearch(using=client)
    for search in searches:
        together = together.add(search)
    with answered():
        try:
            return together.execute()
        except ApiError:
            # The index may have been swapped out under the question: ask the one in use now.
            return together.execute()


def _documents() -> Query:
    """Every row but that of the mark."""
    return Exists(field="pk")


def _found(answer: Answer, *, tier: Preference | None) -> list[Found]:
    """Which documents, and their scores: sums of whole numbers far below 2**24."""
    return [
        found_at(int(row["_id"]), code_of(row["sort"][1]), int(row["sort"][0]), tier=tier)
        for row in _rows(answer)
    ]


def _counting(search: Search[Any], facets: Sequence[Facet]) -> Search[Any]:
    for facet in facets:
        counts = TermCounts(field=facet_field(facet), size=_MOST_VALUES, min_doc_count=1)
        search.aggs.bucket(facet.value, counts)
    return search


def _beginning(search: Search[Any], prefix: str) -> Search[Any]:
    # A word holds letters and digits only, but whoever asks may not know that.
    escaped = "".join(char if char.isalnum() else f"\\{char}" for char in prefix)
    counts = TermCounts(field="baseline_words", include=f"{escaped}.*", size=_MOST_WORDS)
    search.aggs.bucket("words", counts)
    return search


def _stamped(search: Search[Any]) -> Search[Any]:
    search.aggs.bucket("index", TermCounts(field="_index"))
    search.aggs.bucket("last", Max(field="_seq_no"))
    return search


def _stamp(answer: Answer) -> _Stamp:
    """Which index it was, how many documents, and the number of the last write among them.

    Every write has a higher number, so that no other state has these three.
    """
    index = "".join(_buckets(answer, "index"))
    return index, _total(answer), answer.to_dict()["aggregations"]["last"]["value"] or 0.0


def _counts(answer: Answer, facets: Sequence[Facet]) -> dict[Facet, Mapping[str, int]]:
    return {facet: _buckets(answer, facet.value) for facet in facets}


def _buckets(answer: Answer, name: str) -> dict[str, int]:
    buckets = answer.to_dict()["aggregations"][name]["buckets"]
    ordered = sorted(buckets, key=lambda one: (-one["doc_count"], one["key"]))
    return {bucket["key"]: bucket["doc_count"] for bucket in ordered}


def _total(answer: Answer) -> int:
    total: int = answer.to_dict()["hits"]["total"]["value"]
    return total


def _rows(answer: Answer) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = answer.to_dict()["hits"]["hits"]
    return rows


def _hit(row: Mapping[str, Any], highlighter: Highlighter) -> Hit:
    stored = row["_source"]["stored"]
    return hit_of(
        stored, pk=int(row["_id"]), files=lambda: stored["files"], highlighter=highlighter
    )
