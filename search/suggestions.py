"""Completes what is typed in the search box: titles one may see, and words of the trade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import urlencode

import structlog
from django.urls import reverse
from django.utils.translation import gettext as _

from access.policy import Viewer
from access.rules import Conjunction, In, Le
from access.vocabulary import Marking, State
from guidance.models import Document
from search.analysis import stem, stop_stems, words_of
from search.engines import current_engine
from search.engines.base import Engine
from search.level import excluded_now
from search.presentation import type_of
from search.query import LONGEST_DEMAND, LONGEST_QUERY
from search.services import reading_rules, sees_baseline
from search.thesaurus import thesaurus

log = structlog.get_logger("search.suggestions")

MOST = 8
MOST_TERMS = 2
# A single letter begins everything.
SHORTEST = 2
# A second look is needed only where the index lags; a third tells of a fault.
_MOST_LOOKS = 3
# How many terms are looked up before none is offered: the list is short, and so is patience.
_MOST_LOOKED_UP = 6


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line below the search box, and where it leads."""

    title: str
    url: str
    type: str


def suggestions(viewer: Viewer, text: str, *, at: datetime) -> list[Suggestion]:
    """What may be meant by what was typed so far; nothing where that is no word or too much.

    Pages in force and marked OFFICIAL: a title of a higher marking would stand under the band of
    a lower one, and what was withdrawn belongs beside what replaced it, on the search page.
    Raises EngineUnavailableError.
    """
    words = words_of(text) if len(text) <= LONGEST_QUERY else []
    if not len("".join(words)) >= SHORTEST or len(words) > LONGEST_DEMAND:
        return []
    engine = current_engine()
    excluded = excluded_now(engine)
    terms = list(_terms(engine, viewer, words, excluded=excluded))
    titles = _titles(engine, viewer, words, excluded=excluded, at=at, limit=MOST - len(terms))
    named = {one.title.casefold() for one in titles}
    return [*titles, *(one for one in terms if one.title.casefold() not in named)]


def suggesting_rules(viewer: Viewer, *, at: datetime) -> tuple[Conjunction, ...]:
    """The reader's own rule, and two conditions more in each part of it."""
    published = In("state", frozenset({State.PUBLISHED.value}))
    official = Le("marking", int(Marking.OFFICIAL))
    return tuple((*rule, published, official) for rule in reading_rules(viewer, at=at))


def _titles(
    engine: Engine,
    viewer: Viewer,
    words: Sequence[str],
    *,
    excluded: frozenset[int],
    at: datetime,
    limit: int,
) -> list[Suggestion]:
    """Titles of which the database says that the reader may see them, in the engine's order."""
    rules = suggesting_rules(viewer, at=at)
    rows: Mapping[int, Document] = {}
    found: tuple[int, ...] = ()
    for _look in range(_MOST_LOOKS):
        found = engine.titles_beginning(
            words, conjunctions=rules, exclude_pks=excluded, limit=limit
        )
        rows = _visible(viewer, found, at=at)
        dropped = frozenset(found) - rows.keys()
        if not dropped:
            break
        # Must be zero in quiet running: see the alert on this event.
        log.warning("hits dropped", event_name="search.hit_dropped", dropped=len(dropped))
        excluded |= dropped
    return [_as_suggestion(rows[pk]) for pk in found if pk in rows]


def _visible(viewer: Viewer, pks: Sequence[int], *, at: datetime) -> Mapping[int, Document]:
    if not pks:
        return {}
    rows = Document.visible.to(viewer, at=at).filter(
        pk__in=pks, marking=int(Marking.OFFICIAL), state=State.PUBLISHED.value
    )
    shown = rows.select_related("owner_org").only("title", "ref", "owner_org__short_name")
    return {row.pk: row for row in shown}


def _as_suggestion(row: Document) -> Suggestion:
    about = f"{type_of(row)}, {row.owner_org.short_name}"
    return Suggestion(title=row.title, url=row.address, type=about)


def _terms(
    engine: Engine, viewer: Viewer, words: Sequence[str], *, excluded: frozenset[int]
) -> Iterator[Suggestion]:
    """Listed terms that begin so, as far as everybody may know that they stand anywhere."""
    if not sees_baseline(viewer):
        return
    offered = 0
    for term in _beginning(words)[:_MOST_LOOKED_UP]:
        stems = {stem(word) for word in words_of(term)} - stop_stems()
        if all(engine.baseline(stems, exclude_pks=excluded).frequencies.values()):
            address = f"{reverse('search')}?{urlencode({'q': term})}"
            yield Suggestion(title=term, url=address, type=_("Search"))
            offered += 1
            if offered == MOST_TERMS:
                return


def _beginning(words: Sequence[str]) -> list[str]:
    """The listed terms with these words, the last of which may go on; the shortest first."""
    *whole, last = words
    return [
        term
        for term, of_term in _listed()
        if of_term != tuple(words)
        and set(whole) <= set(of_term)
        and any(word.startswith(last) for word in of_term)
    ]


@cache
def _listed() -> list[tuple[str, tuple[str, ...]]]:
    terms = sorted(set(thesaurus().wordings.values()), key=lambda term: (len(term), term))
    return [(term, tuple(words_of(term))) for term in terms]
