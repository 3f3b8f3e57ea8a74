"""Pages that the hub has chosen for certain words: shown on top to those who may read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from access.vocabulary import State
from guidance.models import Document
from guidance.querysets import VisibleQuerySet
from search.analysis import stem, stop_stems, words_of
from search.models import BestBet
from search.query import LONGEST_DEMAND, Analysis

MOST_SHOWN = 2


def stems_key(words: Iterable[str]) -> str:
    """The set of stems by which words are compared, as one text; "" for stop words only."""
    return " ".join(sorted({stem(word) for word in words} - stop_stems()))


def with_chosen(
    visible: VisibleQuerySet, pks: Iterable[int], text: str, analysis: Analysis, *, at: datetime
) -> VisibleQuerySet:
    """These documents and those chosen for the words, of what the reader may see.

    One statement for both, whatever the words: that there is a best bet for a hidden page takes
    no more work than that there is none. A chosen one has its reason in `chosen_for`.
    """
    bets = _bets_for(text, analysis, at=at)
    # A union and no OR, which PostgreSQL would answer by reading every document.
    wanted = Document.visible.filter(pk__in=list(pks)).values("pk")
    wanted = wanted.union(Document.visible.filter(ref__in=bets.values("ref")).values("pk"))
    reason = bets.filter(ref=OuterRef("ref")).values("reason")[:1]
    found: VisibleQuerySet = visible.filter(pk__in=wanted).annotate(chosen_for=Subquery(reason))
    return found


def _bets_for(text: str, analysis: Analysis, *, at: datetime) -> QuerySet[BestBet]:
    """Those of today for exactly these words, as typed or with their slips mended."""
    words = words_of(text)
    if len(words) > LONGEST_DEMAND:
        words = []
    mended = dict(analysis.corrections)
    keys = {stems_key(words), stems_key(mended.get(word, word) for word in words)} - {""}
    today = timezone.localdate(at)
    return BestBet.objects.filter(stems__in=sorted(keys or {""}), until_date__gte=today)


def chosen_among(documents: Iterable[Document], *, at: datetime) -> Iterator[Document]:
    """The chosen ones of what `with_chosen` found, as readers' lists show: published, not ended."""
    found = [
        one
        for one in documents
        if getattr(one, "chosen_for", None)
        and one.state == State.PUBLISHED
        and (one.visible_from is None or one.visible_from <= at)
    ]
    yield from sorted(found, key=lambda one: one.ref)[:MOST_SHOWN]
