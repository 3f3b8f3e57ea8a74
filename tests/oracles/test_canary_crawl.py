"""No answer, mail or log line holds a word of a document that its reader may not see."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from access.policy import Decision, Reason
from audit.models import Entry
from guidance import querysets, serving
from search.indexing import drain
from tests.oracles.crawl import Route, addresses, browsers, everything_in, routes
from tests.oracles.world import Persona, World, may_know

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the buffer in which it makes a picture's size to the collector.
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning"),
]

# Admin addresses are asked for by these, for these canaries; `make soak` asks for all by all.
ADMIN_PERSONAS = ("essex author", "hub editor", "kent officer")
ADMIN_CANARIES = ("own", "in-review")
# The crawl of `make test` leaves out what another persona of the same clauses shows as well.
QUIET_PERSONAS = ("kent lead", "essex officer", "information rights", "auditor", "leaver")
QUERIES = ("", "title")


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    made = World()
    while drain():
        pass
    return made


class Crawl:
    """Asks, and remembers what came out that should not have."""

    def __init__(self, world: World) -> None:
        """Work out once who may know what."""
        self.world = world
        self.clients = browsers(world)
        self.requests = 0
        self.leaks: list[str] = []
        self.seen: set[tuple[str, str]] = set()
        self.allowed = {
            (persona.name, canary.name): may_know(persona, canary)
            for persona in world.personas
            for canary in world.canaries
        }

    def ask(self, persona: Persona, path: str, *, own_words: str = "") -> None:
        """One GET; `own_words` are those the person typed, which an answer may repeat."""
        client = self.clients[persona.name]
        client.raise_request_exception = False
        response = client.get(path)
        self.requests += 1
        if response.status_code >= 500:
            self.leaks.append(f"{persona.name} {path}: {response.status_code}")
        text = everything_in(response)  # type: ignore[arg-type]
        for canary in self.world.canaries:
            if canary.token not in text or canary.token in own_words + path:
                continue
            if self.allowed[persona.name, canary.name]:
                self.seen.add((persona.name, canary.name))
            else:
                self.leaks.append(f"{persona.name} sees {canary.name} at {path}")

    def readers(self, route: Route, *, everything: bool) -> None:
        """One route of the readers' side, for every canary."""
        paths = {path for canary in self.world.canaries for path in addresses(route, canary)}
        for persona in self._askers(everything=everything):
            for path in sorted(paths):
                self.ask(persona, path)

    def _askers(self, *, everything: bool) -> list[Persona]:
        return [p for p in self.world.personas if everything or p.name not in QUIET_PERSONAS]

    def admin(self, route: Route, *, everything: bool) -> None:
        """One route of the admin."""
        canaries = [c for c in self.world.canaries if everything or c.name in ADMIN_CANARIES]
        paths = {path for canary in canaries for path in addresses(route, canary)}
        for persona in self.world.personas:
            if everything or persona.name in ADMIN_PERSONAS:
                for path in sorted(paths):
                    self.ask(persona, path)

    def searches(self, *, everything: bool) -> None:
        """Every token, and words that stand in all documents."""
        words = [*QUERIES, *(canary.token for canary in self.world.canaries)]
        for persona in self._askers(everything=everything):
            for word in words:
                self.ask(persona, "/search/?" + urlencode({"q": word}), own_words=word)


def crawl_of(world: World, *, everything: bool = False) -> Crawl:
    crawl = Crawl(world)
    for route in routes():
        if route.template.startswith("/admin/"):
            crawl.admin(route, everything=everything)
        else:
            crawl.readers(route, everything=everything)
    crawl.searches(everything=everything)
    return crawl


def test_nobody_meets_a_word_they_may_not_know(
    world: World, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    crawl = crawl_of(world)
    assert not crawl.leaks, crawl.leaks[:20]
    asked = {
        key for key, allowed in crawl.allowed.items() if allowed and key[0] not in QUIET_PERSONAS
    }
    unseen = asked - crawl.seen
    assert not unseen, f"nothing proves that the crawl would see a leak: {unseen}"
    assert crawl.requests > 1_000
    tokens = [canary.token for canary in world.canaries]
    printed = capsys.readouterr()
    logged = printed.out + printed.err + caplog.text
    trail = str(list(Entry.objects.values()))
    mails = " ".join(str(message.message()) for message in mail.outbox)
    for token in tokens:
        assert token not in logged, "the operator's log names no content"
        assert token not in trail, "the trail names no content"
        assert token not in mails, "a mail names no content"


def test_every_route_has_its_place_and_no_stored_file_its_name(
    world: World, settings: Settings
) -> None:
    found = routes()
    assert len(found) > 200, "Wagtail's admin is part of the site"
    for route in found:
        addresses(route, world.canaries[0])
    names = " ".join(str(path) for path in Path(settings.MEDIA_ROOT).rglob("*"))
    assert not [canary.name for canary in world.canaries if canary.token in names]


def test_hidden_and_absent_are_the_same_404(world: World) -> None:
    own = next(canary for canary in world.canaries if canary.name == "own")
    client = browsers(world)["essex officer"]
    # The frame remembers names of organisations; the first page of a process reads them.
    client.get("/help/")
    conditions = {"If-None-Match": "*", "If-Modified-Since": "Mon, 23 Nov 2026 00:00:00 GMT"}
    for suffix in ("", "preview/", "files/F-22222/", "images/F-22222/320/"):
        for method, headers in (("get", {}), ("head", {}), ("get", conditions)):
            answers = []
            for ref in (own.ref, "LS-22222"):
                with CaptureQueriesContext(connection) as queries:
                    response = getattr(client, method)(f"/{ref}/{suffix}", headers=headers)
                answer = (response.status_code, dict(response.items()), response.content)
                answers.append((*answer, len(queries)))
            assert answers[0] == answers[1], (method, suffix)
            assert answers[0][0] == 404


def test_the_crawl_can_fail(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that lets everybody in, and lists that forget the rule, are both seen."""
    gate, lists = Crawl(world), Crawl(world)
    with monkeypatch.context() as fault:
        allow = Decision(allowed=True, reason=Reason.AUDIENCE)
        fault.setattr(serving, "decide", lambda *args, **kwargs: allow)
        page = next(route for route in routes() if route.name == "document")
        gate.readers(page, everything=False)
    assert any("sees own" in leak for leak in gate.leaks)
    with monkeypatch.context() as fault:
        fault.setattr(querysets, "access_q", lambda *args, **kwargs: Q())
        for route in routes():
            if route.name == "type_list":
                lists.readers(route, everything=False)
    assert any("sees own" in leak for leak in lists.leaks)


@pytest.mark.soak
def test_everybody_at_every_address(world: World) -> None:
    crawl = crawl_of(world, everything=True)
    assert not crawl.leaks, crawl.leaks[:20]
