"""Platform x action: a search that names both is answered by the card, above the hits."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, reduce
from operator import or_

from django.conf import settings
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from access.policy import Viewer
from access.vocabulary import State
from guidance.models import PlatformPage
from guidance.routes import EMERGENCY, REMOVALS, Route, routes_of
from search.analysis import VOCABULARY_DIR, stem, stop_stems, words_of
from search.query import LONGEST_DEMAND
from search.services import Results
from search.thesaurus import Stems, Thesaurus, stems_in, thesaurus

MOST_PLATFORMS = 2
MOST_ROUTES = 3
# Words of the longest name of a platform that is looked for.
LONGEST_NAME = 3

# What the cards' facts are made of; the entry's long texts stay in the database.
COLUMNS = (
    *("ref", "title", "marking", "platform_slug", "routes"),
    *("expires_on_date", "last_verified_on_date", "last_published_at"),
)


@dataclass(frozen=True, slots=True)
class Meant:
    """What a search asks for, and what the platform may be called."""

    purposes: tuple[str, ...]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """A platform with the routes that were asked for."""

    page: PlatformPage
    routes: tuple[Route, ...]
    is_expired: bool

    @property
    def is_emergency(self) -> bool:
        """Whether somebody has to be called before the platform is asked."""
        return any(route.purpose == EMERGENCY for route in self.routes)

    @property
    def is_removal(self) -> bool:
        """Whether something is about to go that nobody may have kept."""
        return any(route.purpose in REMOVALS for route in self.routes)


@dataclass(frozen=True, slots=True)
class _Actions:
    """The curated words, by their stems."""

    purposes: Mapping[Stems, tuple[str, ...]]
    platforms: Mapping[Stems, tuple[str, ...]]
    longest: int


def answers_to(results: Results, viewer: Viewer, *, at: datetime) -> tuple[Answer, ...]:
    """The cards that answer, on the first page of a search that nothing narrows.

    Whether the database is asked depends on the words alone, and it is asked once: a hidden entry
    takes the same work as none.
    """
    asked = results.request
    if asked.page > 1 or asked.filters or asked.published_from_date or asked.published_to_date:
        return ()
    words = [dict(results.analysis.corrections).get(word, word) for word in words_of(asked.words)]
    meant = meant_by(words, known=thesaurus(slang=settings.SEARCH_SLANG))
    if meant is None:
        return ()
    found = [_answer(page, meant, at=at) for page in _pages(meant, viewer, at=at)]
    return tuple(answer for answer in found if answer.routes)[:MOST_PLATFORMS]


def meant_by(words: list[str], *, known: Thesaurus) -> Meant | None:
    """The purposes among the words, and the names that the others may be; None without both."""
    if len(words) > LONGEST_DEMAND:
        return None
    purposes: dict[str, None] = {}
    others: list[list[str]] = [[]]
    place = 0
    while place < len(words):
        length, listed = _purposes_at(words, place, known=known)
        if listed:
            purposes.update(dict.fromkeys(listed))
            others.append([])
        else:
            others[-1].append(words[place])
        place += length
    names = frozenset(name for run in others for name in _names_in(run, known=known))
    if not purposes or not names:
        return None
    return Meant(tuple(one for one in _purposes() if one in purposes), names)


def _purposes_at(words: list[str], place: int, *, known: Thesaurus) -> tuple[int, tuple[str, ...]]:
    """The purposes of the longest listed term that starts here, and how many words it takes."""
    listed = _actions().purposes
    for length in range(min(_actions().longest, len(words) - place), 0, -1):
        said = tuple(stem(word) for word in words[place : place + length])
        for one in (said, *known.expand(said)):
            if purposes := listed.get(one):
                return length, purposes
    return 1, ()


def _names_in(run: list[str], *, known: Thesaurus) -> Iterator[str]:
    """What a platform may be called by neighbouring words: as typed, and what nicknames mean."""
    for start in range(len(run)):
        for length in range(1, min(LONGEST_NAME, len(run) - start) + 1):
            words = run[start : start + length]
            said = tuple(map(stem, words))
            if length == 1 and said[0] in stop_stems():
                continue
            yield " ".join(words)
            yield from _actions().platforms.get(said, ())
            meant = (known.wordings.get(one, "") for one in known.expand(said))
            yield from (name.lower() for name in meant if name)


def _pages(meant: Meant, viewer: Viewer, *, at: datetime) -> list[PlatformPage]:
    """The newest entry of each platform that is called so, of those that this reader may see."""
    slugs = {name.replace(" ", "-") for name in meant.names}
    # As text, because SQLite cannot ask for an element of a list.
    called = (Q(names_text__icontains=json.dumps(name)) for name in sorted(meant.names))
    rows = (
        PlatformPage.visible.published_to(viewer, at=at)
        .filter(state=State.PUBLISHED)
        .annotate(names_text=Cast("other_names", TextField()))
        .filter(reduce(or_, called, Q(platform_slug__in=sorted(slugs))))
        .order_by("-last_published_at", "ref")
        .only(*COLUMNS)
    )
    newest: dict[str, PlatformPage] = {}
    for row in rows:
        newest.setdefault(row.platform_slug, row)
    return list(newest.values())


def _answer(page: PlatformPage, meant: Meant, *, at: datetime) -> Answer:
    """Its first route for each purpose that was asked for."""
    first: dict[str, Route] = {}
    for route in routes_of(page):
        first.setdefault(route.purpose, route)
    routes = [first[purpose] for purpose in meant.purposes if purpose in first]
    return Answer(page, tuple(routes[:MOST_ROUTES]), page.is_expired(at=at))


@cache
def _actions() -> _Actions:
    with (VOCABULARY_DIR / "actions.toml").open("rb") as file:
        listing = tomllib.load(file)
    purposes, platforms = _by_stems(listing["purposes"]), _by_stems(listing["platforms"])
    return _Actions(purposes, platforms, max(map(len, purposes)))


def _purposes() -> tuple[str, ...]:
    """The purposes in the order of the vocabulary, which is that of the cards."""
    return tuple(dict.fromkeys(one for listed in _actions().purposes.values() for one in listed))


def _by_stems(listing: Mapping[str, list[str]]) -> dict[Stems, tuple[str, ...]]:
    found: dict[Stems, tuple[str, ...]] = {}
    for meant, terms in listing.items():
        for key in dict.fromkeys(map(stems_in, terms)):
            found[key] = (*found.get(key, ()), meant)
    return found
