"""Finds pages like one that a reader has open: by its most telling words, and by what it means."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from itertools import islice

from access.policy import Viewer
from access.rules import Conjunction, In
from access.vocabulary import State
from forces.viewers import nation_of
from guidance.models import Document
from search.documents import indexed_documents
from search.engines import current_engine
from search.engines.base import Alternative, Engine, IndexedDocument, SearchQuery, Slot, WeighedTerm
from search.engines.rows import words_in
from search.level import excluded_now
from search.meaning.nearest import nearest_to_document
from search.preferences import in_use_first, preferences
from search.ranking import LEVELS, Baseline, rarity
from search.services import Result, confirmed, reading_rules, sees_baseline, visible_hits

MOST = 10
# Twelve to sixteen words say what a text is about; more of them find what is merely of the trade.
MOST_WORDS = 16
KNOWN_WORDS = 12
# Whose rarity is looked up. Those of title and first lines come first among equals.
_MOST_LOOKED_UP = 60


def more_like(viewer: Viewer, seed: Document, *, at: datetime) -> tuple[Result, ...]:
    """The pages in use most like a page that the gate has opened to this reader.

    Asked as any search is, within the reader's own rule, and confirmed by the database. The page
    itself is read from the database, too: the index may be older, and holds it for everybody.
    Raises EngineUnavailableError.
    """
    engine = current_engine()
    excluded = excluded_now(engine) | {seed.pk}
    rules = published_rules(viewer, at=at)
    text = next(indexed_documents([seed.pk], at=at), None)
    if text is None:
        return ()
    counted = engine if sees_baseline(viewer) else None
    slots = slots_of(text, engine=counted, exclude_pks=excluded - {seed.pk})
    asked = SearchQuery(
        slots=slots,
        preferences=preferences(slots, nation=nation_of(viewer.organisation), at=at),
        tier=in_use_first(slots),
        nearest=nearest_to_document(seed.pk, conjunctions=rules, exclude_pks=excluded),
        exclude_pks=excluded,
        limit=MOST,
        with_facets=False,
        # Of sixteen words the one that stands in a line says little; how a page begins says more.
        with_marks=False,
    )
    if not asked.has_words:
        return ()
    look_up = partial(visible_hits, viewer, at=at)
    hits, documents = confirmed(engine, asked, rules, look_up=look_up)
    return tuple(Result(documents[hit.pk], hit) for hit in hits.hits if hit.pk in documents)


def published_rules(viewer: Viewer, *, at: datetime) -> tuple[Conjunction, ...]:
    """The reader's own rule, and in each part of it that a page is in use."""
    published = In("state", frozenset({State.PUBLISHED.value}))
    return tuple((*rule, published) for rule in reading_rules(viewer, at=at))


def slots_of(
    document: IndexedDocument, *, engine: Engine | None, exclude_pks: Collection[int] = ()
) -> tuple[Slot, ...]:
    """The most telling words of a document: level in it times rarity among baseline documents.

    Without an engine every word is as rare as the next. Words that no other baseline document
    has come last: they find pages of the reader's own force, if anything.
    """
    levels = words_in(document).levels
    # The sort is stable, and words of the title and the first lines were counted first.
    firsts = sorted((word for word in levels if not word.isdigit()), key=lambda one: -levels[one])
    firsts = firsts[:_MOST_LOOKED_UP]
    baseline = engine.baseline(firsts, exclude_pks=frozenset(exclude_pks)) if engine else Baseline()
    weights = {
        word: LEVELS[levels[word]]
        * rarity(baseline.frequency(word), documents=baseline.documents)
        // LEVELS[-1]
        for word in firsts
    }
    ordered = sorted(firsts, key=lambda word: (-weights[word], word))
    least = 1 + document.in_baseline
    known = [word for word in ordered if baseline.frequency(word) >= least][:KNOWN_WORDS]
    others = (word for word in ordered if baseline.frequency(word) < least)
    chosen = [*known, *islice(others, MOST_WORDS - len(known))]
    return tuple(_slots(chosen, weights=weights))


def _slots(words: Collection[str], *, weights: dict[str, int]) -> Iterator[Slot]:
    for word in words:
        yield (Alternative(terms=(WeighedTerm(word, max(1, weights[word])),)),)
