"""Shelves for the channels of search: what Essex may see, what it may not, and how it asks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import tantivy
from django.test import Client
from django.urls import URLPattern

from access.rules import Conjunction, Le
from access.vocabulary import Marking, State
from forces.models import User
from guidance.changes import record_change
from guidance.models import Document
from portal import urls
from portal.canary.routes import routes
from search.engines import current_engine
from search.engines.tantivy import TantivyEngine
from search.indexing import drain
from tests.channels.register import Library
from tests.guidance.scene import LONG_AGO, draft
from tests.oracles.test_two_worlds import answers
from tests.sign_in import client_of

NATIONAL = ("national",)
# What a careless developer asks the index with: no rule at all.
EVERYTHING: tuple[Conjunction, ...] = ((Le("marking", int(max(Marking))),),)

_TOTAL = re.compile(r"<strong>(\d+) results?</strong>")
_CHOICE = re.compile(
    r'<label[^>]*for="search-([a-z_]+-[^"]+)">(.*?) <span[^>]*>\((\d+)\)</span>', re.DOTALL
)
_OFFER = re.compile(r"(?:Did you mean|Also searched for:)\s*<a[^>]*>(.*?)</a>")
_TITLE = re.compile(r'<h2 class="app-list__title"><a[^>]*>(.*?)</a>', re.DOTALL)


def shelve(author: User, *titles: str, **fields: Any) -> list[Document]:
    """Pages that were published on the days after LONG_AGO, one on each, and not yet indexed."""
    pages: list[Document] = [draft(author, title=title, **fields) for title in titles]
    for day, page in enumerate(pages):
        when = LONG_AGO + timedelta(days=day)
        rows = Document.visible.filter(pk=page.pk)
        rows.update(state=State.PUBLISHED.value, live=True, last_published_at=when)
    return pages


def show(library: Library, *titles: str, **fields: Any) -> list[Document]:
    """National pages of the hub, in the index."""
    pages = shelve(library.cast.hub_editor, *titles, audience=NATIONAL, **fields)
    index_all()
    return pages


def hide(library: Library, title: str, *, count: int = 6, **fields: Any) -> list[Document]:
    """Pages that Essex may not see, in the index: Kent's own, and drafts for everybody."""
    author = library.cast.kent_author
    own = shelve(author, *[title] * (count - count // 2), **fields)
    drafts = [draft(author, title=title, audience=NATIONAL, **fields) for _ in range(count // 2)]
    index_all()
    return [*own, *drafts]


def index_all() -> None:
    """Bring the index up to date, drafts included."""
    for pk in Document.visible.values_list("pk", flat=True):
        record_change(pk)
    while drain():
        pass


def essex(library: Library) -> Client:
    """The browser of an officer of Essex."""
    return client_of(library.cast.essex_officer)


def ask(client: Client, words: str = "", **asked: str) -> str:
    """The page that answers a search."""
    return client.get("/search/", {"q": words, **asked}).content.decode()


def total_in(page: str) -> int:
    """How many results the page says there are."""
    found = _TOTAL.search(page)
    assert found is not None
    return int(found[1])


def choices_in(page: str) -> dict[str, tuple[str, int]]:
    """The values of facets that the page offers, each with its name and its count."""
    return {key: (label, int(count)) for key, label, count in _CHOICE.findall(page)}


def titles_in(page: str) -> list[str]:
    """The titles of the hits in order, without marks."""
    return [html.unescape(re.sub(r"</?mark>", "", title)) for title in _TITLE.findall(page)]


def offered_in(page: str) -> list[str]:
    """The searches that the page proposes in place of the one that was typed."""
    return _OFFER.findall(page)


def served(pattern: str, *, admin: bool = False) -> list[str]:
    """The addresses of the resolver that match, those of Wagtail's admin only if asked for."""
    return [
        route.template
        for route in routes()
        if re.search(pattern, f"{route.template} {route.name}", re.IGNORECASE)
        and (admin or not route.template.startswith("/admin/"))
    ]


def add_route(library: Library, route: URLPattern) -> None:
    """Mount an address that the portal does not have, for the rest of this test."""
    careless = ModuleType("careless_urls")
    vars(careless).update(vars(urls), urlpatterns=[route, *urls.urlpatterns])
    library.settings.ROOT_URLCONF = careless


class WatchedSearcher:
    """Passes everything on to the index, and keeps what was asked."""

    def __init__(self, searcher: tantivy.Searcher, asked: list[tuple[str, Sequence[Any]]]) -> None:
        """Wrap the searcher of one snapshot."""
        self._searcher = searcher
        self._asked = asked

    def __getattr__(self, name: str) -> Any:
        """The searcher's own, noted where it is called."""
        held = getattr(self._searcher, name)
        if not callable(held):
            return held

        def noted(*args: Any, **more: Any) -> Any:
            self._asked.append((name, (*args, *more.values())))
            return held(*args, **more)

        return noted

    def documents(self, query: tantivy.Query) -> set[int]:
        """The documents that a query matches, whoever asks."""
        found = self._searcher.search(query, max(1, self._searcher.num_docs)).hits
        pks = self._searcher.fast_field_values("pk", [address for _, address in found])
        return {int(pk or 0) for pk in pks}


def watch(library: Library) -> list[tuple[str, Sequence[Any]]]:
    """Everything that is asked of the embedded index from now on: method and arguments."""
    asked: list[tuple[str, Sequence[Any]]] = []
    read: Callable[[TantivyEngine], Any] = TantivyEngine._read

    def reading(self: TantivyEngine) -> Any:
        snapshot = read(self)
        return replace(snapshot, searcher=WatchedSearcher(snapshot.searcher, asked))

    library.monkeypatch.setattr(TantivyEngine, "_read", reading)
    return asked


def index_searcher() -> WatchedSearcher:
    """The index of this test as it is now."""
    engine = current_engine()
    assert isinstance(engine, TantivyEngine)
    return WatchedSearcher(engine._read().searcher, [])


def pages_of(client: Client, *questions: Mapping[str, str]) -> dict[str, Any]:
    """Status, headers and page of each search, but for what differs at every request."""
    return answers(client, [f"/search/?{urlencode(question)}" for question in questions])
