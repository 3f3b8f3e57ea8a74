"""Finds documents for a reader: the engine proposes, the database decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

import structlog
from django.conf import settings
from django.db.models import QuerySet

from access.policy import Viewer
from access.rules import Conjunction, rules_for
from access.vocabulary import NATIONAL
from forces.viewers import nation_of
from guidance.models import Document
from search.best_bets import chosen_among, with_chosen
from search.engines import current_engine
from search.engines.base import (
    DEEPEST_HIT,
    PAGE_SIZE,
    Engine,
    Facet,
    Hit,
    Hits,
    SearchQuery,
    Sort,
)
from search.level import excluded_now
from search.meaning.nearest import finder, text_to_embed
from search.preferences import in_use_first, preferences
from search.query import Analysis, Vocabulary, analyse, mended
from search.ranking import Baseline
from search.thesaurus import thesaurus
from search.weighing import weigh

log = structlog.get_logger("search.services")

# What a hit shows; the long texts of a document stay in the database.
COLUMNS = (
    "title",
    "ref",
    "marking",
    "state",
    "visible_from",
    "review_by_date",
    "last_verified_on_date",
    "last_published_at",
    "owner_org__slug",
    "owner_org__short_name",
    "evaluationpage__effect_rating",
)
# A second look is needed only where the index lags; a third tells of a fault.
_MOST_LOOKS = 3


@dataclass(frozen=True, slots=True)
class Request:
    """What a reader asked for, already validated."""

    words: str = ""
    filters: Mapping[Facet, frozenset[str]] = field(default_factory=dict)
    published_from_date: date | None = None
    published_to_date: date | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1


@dataclass(frozen=True, slots=True)
class Result:
    """One hit that the database has confirmed for this reader."""

    document: Document
    hit: Hit


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results, with what helps to go on from it."""

    request: Request
    total: int
    results: tuple[Result, ...]
    facets: Mapping[Facet, Mapping[str, int]]
    analysis: Analysis
    without_phrases: bool = False
    without_filters: int = 0
    # What the hub has put above the results for these words: in no total and no facet.
    chosen: tuple[Document, ...] = ()
    # Ambiguous words with their meanings; where nothing was found, only those that find something.
    meanings: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def last_page(self) -> int:
        """The last page that can be shown."""
        return max(1, -(-min(self.total, DEEPEST_HIT) // PAGE_SIZE))


def find(viewer: Viewer, request: Request, *, at: datetime) -> Results:
    """Search as this reader. The caller records it in the trail.

    Raises QueryTooLongError and NothingToSearchError for what was typed, and
    EngineUnavailableError, also where the index is not level, for which there is no substitute.
    """
    engine = current_engine()
    excluded = excluded_now(engine)
    vocabulary = _vocabulary(engine, viewer, excluded=excluded)
    analysis = analyse(request.words, vocabulary=vocabulary)
    rules = reading_rules(viewer, at=at)
    asked = _query(engine, viewer, request, analysis, excluded=excluded, at=at)
    asked = _with_finder(asked, rules)
    hits = Hits(0, (), {})
    without_phrases = False
    look_up = partial(_documents, viewer, text=request.words, analysis=analysis, at=at)
    documents: Mapping[int, Document] = {}
    for query in _ways(asked, analysis):
        without_phrases = query.phrases != asked.phrases
        hits, documents = confirmed(engine, query, rules, look_up=look_up)
        if hits.total:
            break
    if not hits.hits:
        documents = look_up(hits)
    asks = partial(_finds, engine, viewer, vocabulary, rules, excluded=excluded, at=at)
    return Results(
        request=request,
        total=hits.total,
        results=tuple(Result(documents[hit.pk], hit) for hit in hits.hits if hit.pk in documents),
        facets=hits.facets,
        analysis=analysis,
        without_phrases=without_phrases and bool(hits.total),
        without_filters=0 if hits.total else _total_without_filters(engine, asked, rules),
        chosen=tuple(chosen_among(documents.values(), at=at)) if request.page == 1 else (),
        meanings=_meanings(request, analysis, finds=None if hits.total else asks),
    )


def reading_rules(viewer: Viewer, *, at: datetime) -> tuple[Conjunction, ...]:
    """What the index is asked within: the rule that opens live rows to this reader."""
    return tuple(rule for rule in rules_for(viewer, at=at) if not _is_review(rule))


def _meanings(
    request: Request, analysis: Analysis, *, finds: Callable[[Request], bool] | None
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The meanings to ask about; with `finds`, those alone that lead to something.

    Nothing else is worth offering where nothing was found: a slip was already searched as mended,
    and a page needs only one of the words to be found, so fewer words find no more.
    """
    if finds is None:
        return analysis.meanings
    kept = []
    for word, listed in analysis.meanings:
        meant = [(one, replace(request, words=with_meaning(request, word, one))) for one in listed]
        if worth := tuple(one for one, asked in meant if finds(replace(asked, page=1))):
            kept.append((word, worth))
    return tuple(kept)


def with_meaning(request: Request, word: str, meaning: str) -> str:
    """What was typed, with one meaning in the place of the ambiguous word alone."""
    return mended(request.words, corrections={word: meaning})


def _finds(
    engine: Engine,
    viewer: Viewer,
    vocabulary: Vocabulary,
    rules: tuple[Conjunction, ...],
    request: Request,
    *,
    excluded: frozenset[int],
    at: datetime,
) -> bool:
    """Whether a search would find anything by its words; asks the index and no database."""
    analysis = analyse(request.words, vocabulary=vocabulary)
    asked = _query(engine, viewer, request, analysis, excluded=excluded, at=at)
    found = engine.search(replace(asked, limit=1, with_facets=False), conjunctions=rules)
    return bool(found.total)


def _vocabulary(engine: Engine, viewer: Viewer, *, excluded: frozenset[int]) -> Vocabulary:
    """Words of the baseline only for readers who see the baseline; curated ones for everybody."""
    known = thesaurus(slang=settings.SEARCH_SLANG)
    if not sees_baseline(viewer):
        return Vocabulary(known, known.frequencies, lambda prefix: {})
    return Vocabulary(
        known,
        lambda stems: engine.baseline(stems, exclude_pks=excluded).frequencies,
        lambda prefix: engine.baseline_words_like(prefix, exclude_pks=excluded),
    )


def sees_baseline(viewer: Viewer) -> bool:
    """Whether what everybody may know is known to this reader, too."""
    return viewer.active and viewer.admitted and NATIONAL in viewer.audience_terms


def _query(
    engine: Engine,
    viewer: Viewer,
    request: Request,
    analysis: Analysis,
    *,
    excluded: frozenset[int],
    at: datetime,
) -> SearchQuery:
    counted = sees_baseline(viewer) and analysis.parts
    baseline = engine.baseline(analysis.stems, exclude_pks=excluded) if counted else Baseline()
    slots = weigh(analysis, baseline=baseline)
    return SearchQuery(
        slots=slots,
        preferences=preferences(slots, nation=nation_of(viewer.organisation), at=at),
        tier=in_use_first(slots),
        phrases=analysis.phrases,
        filters=request.filters,
        published_from_date=request.published_from_date,
        published_to_date=request.published_to_date,
        sort=request.sort,
        offset=(request.page - 1) * PAGE_SIZE,
        exclude_pks=excluded,
        meant=text_to_embed(request.words, analysis) if analysis.parts else "",
    )


def _with_finder(query: SearchQuery, rules: tuple[Conjunction, ...]) -> SearchQuery:
    """The same question, asked of what documents mean as well."""
    find = finder(query.meant, conjunctions=rules, exclude_pks=query.exclude_pks)
    return replace(query, find_nearest=find)


def _ways(asked: SearchQuery, analysis: Analysis) -> list[SearchQuery]:
    """What to try in turn, until something is found: a reference, the words, looser words."""
    ways = [asked]
    if analysis.reference:
        ways.insert(0, replace(asked, reference=analysis.reference, slots=(), phrases=(), meant=""))
    if asked.phrases and asked.slots:
        ways.append(replace(asked, phrases=()))
    return ways


def confirmed(
    engine: Engine,
    query: SearchQuery,
    rules: tuple[Conjunction, ...],
    *,
    look_up: Callable[[Hits], Mapping[int, Document]],
) -> tuple[Hits, Mapping[int, Document]]:
    """Hits of which the database says that the reader may see them.

    What it refuses is left out of the whole question, so that totals, facets and the page are
    those of a reader from whom it was always hidden.
    """
    for _ in range(_MOST_LOOKS):
        hits = engine.search(query, conjunctions=rules)
        documents = look_up(hits) if hits.hits else {}
        dropped = frozenset(hit.pk for hit in hits.hits) - documents.keys()
        if not dropped:
            return hits, documents
        # Must be zero in quiet running: see the alert on this event.
        log.warning("hits dropped", event_name="search.hit_dropped", dropped=len(dropped))
        query = replace(query, exclude_pks=query.exclude_pks | dropped)
        query = _with_finder(query, rules)
    shown = tuple(hit for hit in hits.hits if hit.pk in documents)
    return replace(hits, hits=shown, total=max(0, hits.total - len(dropped))), documents


def visible_hits(viewer: Viewer, hits: Hits, *, at: datetime) -> Mapping[int, Document]:
    """The hits that the database lets this viewer see."""
    rows = Document.visible.to(viewer, at=at).filter(pk__in=[hit.pk for hit in hits.hits])
    return _rows(rows)


def _documents(
    viewer: Viewer, hits: Hits, *, text: str, analysis: Analysis, at: datetime
) -> Mapping[int, Document]:
    """The hits that this viewer may see, and the best bets beside them."""
    visible = Document.visible.to(viewer, at=at)
    wanted = with_chosen(visible, [hit.pk for hit in hits.hits], text, analysis, at=at)
    return _rows(wanted)


def _rows(wanted: QuerySet[Document]) -> Mapping[int, Document]:
    rows = wanted.select_related("owner_org", "evaluationpage").only(*COLUMNS)
    return {row.pk: row for row in rows}


def _total_without_filters(
    engine: Engine, asked: SearchQuery, rules: tuple[Conjunction, ...]
) -> int:
    """How many the same words would find, to offer it where the filters left nothing."""
    narrowed = any(asked.filters.values()) or asked.published_from_date or asked.published_to_date
    if not narrowed:
        return 0
    wider = replace(
        asked,
        filters={},
        published_from_date=None,
        published_to_date=None,
        offset=0,
        limit=1,
        with_facets=False,
    )
    return engine.search(wider, conjunctions=rules).total


def _is_review(rule: Conjunction) -> bool:
    """A review opens a revision, and never the live row that the index holds."""
    return any(condition.field == "review" for condition in rule)
