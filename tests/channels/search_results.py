"""Channels 1 to 8: what a list of results says, in its hits, numbers, facets and order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils import timezone
from tantivy import Query

from access.rules import Conjunction
from access.vocabulary import Marking
from guidance.models import Document, Term
from guidance.querysets import VisibleQuerySet
from search.engines import current_engine
from search.engines.base import Facet, Hits, SearchQuery
from search.engines.tantivy import TantivyEngine
from search.engines.tantivy.ranked import total_of
from search.engines.tantivy.schema import COUNTED
from search.ranking import Baseline
from search.services import Results
from tests.channels.register import Library, channel
from tests.channels.shelves import (
    EVERYTHING,
    NATIONAL,
    ask,
    choices_in,
    essex,
    hide,
    index_searcher,
    shelve,
    show,
    titles_in,
    total_in,
    watch,
)
from tests.guidance.scene import draft, in_future

# Asked in both worlds; the last leaves no hit, so that only numbers could tell of hidden ones.
QUESTIONS: tuple[dict[str, str], ...] = (
    {},
    {"words": "quarrel"},
    {"words": "quarrel", "sort": "newest"},
    {"words": "quarrel", "type": "guidance"},
    {"words": "quarrel", "type": "lesson"},
)

_search = TantivyEngine.search
_facets = TantivyEngine._facets


def _ask_for_rows_without_the_rule(library: Library) -> None:
    library.monkeypatch.setattr(VisibleQuerySet, "to", lambda rows, viewer, at: rows)


@channel(1, "Titles and lines of unseen documents", fault=_ask_for_rows_without_the_rule)
def no_word_of_an_unseen_document_is_in_any_answer(library: Library) -> None:
    """Unseen for each reason there is, one of them behind the back of the index."""
    hub, kent = library.cast.hub_editor, library.cast.kent_author
    earlier = timezone.now() - timedelta(days=2)
    shelve(kent, "Quarrel vaultown", summary="Quarrel vaultline")
    draft(kent, title="Quarrel vaultdraft", audience=NATIONAL)
    shelve(kent, "Quarrel vaultmarked", marking=Marking.OFFICIAL_SENSITIVE.value)
    shelve(hub, "Quarrel vaultsoon", audience=NATIONAL, visible_from=in_future(days=2))
    shelve(hub, "Quarrel vaultpast", audience=NATIONAL, visible_until=earlier)
    (stale,) = shelve(hub, "Quarrel vaultstale", audience=NATIONAL)
    (seen,) = show(library, "Quarrel in the open")
    Document.visible.filter(pk=stale.pk).update(visible_until=earlier)
    refs = Document.visible.exclude(pk=seen.pk).values_list("ref", flat=True)
    client = essex(library)
    for words in ("quarrel", "", '"quarrel"', *refs):
        assert "vault" not in ask(client, words)
    assert titles_in(ask(client, "quarrel")) == ["Quarrel in the open"]


def _count_totals_without_the_rule(library: Library) -> None:
    def search(
        engine: TantivyEngine, query: SearchQuery, *, conjunctions: Sequence[Conjunction]
    ) -> Hits:
        counted = _search(engine, replace(query, limit=1, offset=0), conjunctions=EVERYTHING)
        return replace(_search(engine, query, conjunctions=conjunctions), total=counted.total)

    library.monkeypatch.setattr(TantivyEngine, "search", search)


@channel(2, "Total count", fault=_count_totals_without_the_rule)
def the_total_counts_only_what_the_reader_may_see(library: Library) -> None:
    show(library, "Quarrel one", "Quarrel two", "Something else")
    client = essex(library)
    before = [total_in(ask(client, **question)) for question in QUESTIONS]
    assert before == [3, 2, 2, 2, 0]
    hide(library, "Quarrel")
    assert [total_in(ask(client, **question)) for question in QUESTIONS] == before


def _count_pages_by_the_index(library: Library) -> None:
    pages = property(lambda results: max(1, -(-current_engine().count() // 20)))
    library.monkeypatch.setattr(Results, "last_page", pages)


@channel(3, "Number of pages, and an empty last page", fault=_count_pages_by_the_index)
def pages_end_where_the_readers_results_end(library: Library) -> None:
    show(library, *[f"Quarrel {number}" for number in range(21)])
    hide(library, "Quarrel quarrel", count=20)
    client = essex(library)
    first, second, third = (ask(client, "quarrel", page=page) for page in "123")
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in second
    assert "The results end at page 2." in third
    assert [len(titles_in(page)) for page in (first, second, third)] == [20, 1, 0]


def _count_facets_without_the_rule(library: Library) -> None:
    def facets(
        engine: TantivyEngine, snapshot: Any, query: SearchQuery, access: Query
    ) -> Mapping[Facet, Mapping[str, int]]:
        return _facets(engine, snapshot, query, Query.all_query())

    library.monkeypatch.setattr(TantivyEngine, "_facets", facets)


@channel(4, "Counts of facets", fault=_count_facets_without_the_rule)
def facets_count_only_what_the_reader_may_see(library: Library) -> None:
    """Counted beside hits, and where a filter leaves no hit but its own facet still counts."""
    show(library, "Quarrel one", "Quarrel two", platforms=["youtube"])
    client = essex(library)
    before = [choices_in(ask(client, **question)) for question in QUESTIONS]
    assert all(choices["type-guidance"] == ("Guidance", 2) for choices in before)
    hide(library, "Quarrel", platforms=["youtube"])
    assert [choices_in(ask(client, **question)) for question in QUESTIONS] == before


def _offer_values_without_hits(library: Library) -> None:
    def facets(
        engine: TantivyEngine, snapshot: Any, query: SearchQuery, access: Query
    ) -> Mapping[Facet, Mapping[str, int]]:
        found = dict(_facets(engine, snapshot, query, access))
        terms = {"field": COUNTED[Facet.PLATFORM][0], "min_doc_count": 0}
        within = engine._within(query, access)
        answer = snapshot.searcher.aggregate(within, {"all": {"terms": terms}})
        buckets = answer["all"]["buckets"]
        return {**found, Facet.PLATFORM: {one["key"]: one["doc_count"] for one in buckets}}

    library.monkeypatch.setattr(TantivyEngine, "_facets", facets)


@channel(5, "Values of facets with no hit", fault=_offer_values_without_hits)
def a_value_that_only_hidden_documents_have_is_not_offered(library: Library) -> None:
    Term.objects.create(vocabulary="platform", slug="secretapp", label="Secret App")
    show(library, "Quarrel one", platforms=["youtube"])
    hide(library, "Quarrel", platforms=["secretapp"])
    client = essex(library)
    for question in QUESTIONS[:4]:
        page = ask(client, **question)
        assert "secretapp" not in page
        assert "Secret App" not in page
        assert min(count for _, count in choices_in(page).values()) > 0


def _filter_after_the_query(library: Library) -> None:
    def search(
        engine: TantivyEngine, query: SearchQuery, *, conjunctions: Sequence[Conjunction]
    ) -> Hits:
        found = _search(engine, query, conjunctions=EVERYTHING)
        allowed = engine.visible(conjunctions)
        return replace(found, hits=tuple(hit for hit in found.hits if hit.ref in allowed))

    library.monkeypatch.setattr(TantivyEngine, "search", search)


@channel(6, "Access filter applied after the query", fault=_filter_after_the_query)
def the_rule_stands_inside_every_question_to_the_index(library: Library) -> None:
    """No question to the index matches a hidden document, and none pushes a visible one down."""
    (seen,) = show(library, "Something about a quarrel in a longer title")
    hide(library, "Quarrel quarrel quarrel", count=22)
    asked = watch(library)
    client = essex(library)
    pages = [ask(client, **question) for question in QUESTIONS]
    assert titles_in(pages[1]) == [seen.title]
    searcher = index_searcher()
    queries = [one for _, arguments in asked for one in arguments if isinstance(one, Query)]
    assert len(queries) > len(QUESTIONS)
    assert all(searcher.documents(query) <= {seen.pk} for query in queries)


def _leave_out_what_stands_everywhere(library: Library) -> None:
    def facets(
        engine: TantivyEngine, snapshot: Any, query: SearchQuery, access: Query
    ) -> Mapping[Facet, Mapping[str, int]]:
        found = _facets(engine, snapshot, query, access)
        terms = {"terms": {"field": COUNTED[Facet.PLATFORM][0]}}
        answer = snapshot.searcher.aggregate(Query.all_query(), {"background": terms})
        everywhere = {
            one["key"]
            for one in answer["background"]["buckets"]
            if one["doc_count"] == snapshot.searcher.num_docs
        }
        return {
            facet: {slug: count for slug, count in counts.items() if slug not in everywhere}
            for facet, counts in found.items()
        }

    library.monkeypatch.setattr(TantivyEngine, "_facets", facets)


@channel(7, "Background counts of facets", fault=_leave_out_what_stands_everywhere)
def facets_are_plain_counts_within_the_rule(library: Library) -> None:
    """Nothing but `terms` is asked for, over visible documents or some of them; no number moves."""
    (seen,) = show(library, "Quarrel one", platforms=["youtube"])
    client = essex(library)
    before = [choices_in(ask(client, **question)) for question in QUESTIONS]
    hide(library, "Quarrel", platforms=["tiktok"])
    asked = watch(library)
    after = [choices_in(ask(client, **question)) for question in QUESTIONS]
    counted = [arguments for method, arguments in asked if method == "aggregate"]
    assert after == before
    assert len(counted) >= len(QUESTIONS)
    searcher = index_searcher()
    for query, aggregations in counted:
        assert searcher.documents(query) <= {seen.pk}
        assert {"terms"} <= set(_kinds(aggregations)) <= {"terms", "filter"}


def _kinds(aggregations: Mapping[str, Any]) -> Iterator[str]:
    for one in aggregations.values():
        for kind, what in one.items():
            if kind == "aggs":
                yield from _kinds(what)
            else:
                yield kind


def _weigh_words_by_the_whole_index(library: Library) -> None:
    def baseline(engine: TantivyEngine, stems: Collection[str], **more: Any) -> Baseline:
        searcher = engine._read().searcher
        found = (searcher.search(engine._compile.word("stems", stem), 1) for stem in stems)
        counted = dict(zip(stems, map(total_of, found), strict=True))
        return Baseline(documents=engine.count(), frequencies=counted)

    library.monkeypatch.setattr(TantivyEngine, "baseline", baseline)


@channel(8, "Order by the rarity of words", fault=_weigh_words_by_the_whole_index)
def hidden_documents_make_no_word_common(library: Library) -> None:
    """To the reader "marzipan" is the rare word, however often it stands in hidden documents."""
    show(library, "Nougat one", "Marzipan two", "Nougat three", "Nougat four")
    client = essex(library)
    words = ("nougat marzipan", "marzipan nougat quarrel", '"marzipan two" nougat')
    before = [titles_in(ask(client, asked)) for asked in words]
    assert before[0][0] == "Marzipan two"
    hide(library, "Marzipan", count=16)
    assert [titles_in(ask(client, asked)) for asked in words] == before
