"""No answer, mail or log line holds a word of a document that its reader may not see."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.mail import send_mail
from django.db.models import Q
from django.http import HttpResponse
from django.urls import path
from pytest_django import Settings

from access.policy import Decision, Reason
from guidance import querysets, serving
from portal import urls
from portal.canary.crawl import METHOD_PERSONAS, Crawl
from portal.canary.traces import traces
from portal.canary.world import World
from tests.turns import is_everything, is_in_turn

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the buffer in which it makes a picture's size to the collector.
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning"),
]


@pytest.fixture(scope="module")
def _world(kept_for_the_file: None) -> World:
    """Laid out once for all tests of this file."""
    return World()


@pytest.fixture
def world(_world: World, db: None) -> World:
    """The world; what a test changes in its database is undone after it."""
    return _world


def test_nobody_meets_a_word_they_may_not_know(
    world: World,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # One asks for every address by every method; the others take turns.
    asking = [one for one in world.personas if one.name in METHOD_PERSONAS or is_in_turn(one.name)]
    monkeypatch.setattr(world, "personas", asking)
    report = Crawl(world).run()
    assert report.complaints() == []
    assert len(report.known) > 300, "Wagtail's admin is part of the site"
    assert report.requests > (3_000 if is_everything() else 2_000)
    printed = capsys.readouterr()
    logged = printed.out + printed.err + caplog.text
    assert not traces(world.canaries, folder=Path(settings.MEDIA_ROOT), logged=logged)


def test_the_crawl_can_fail(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gate that lets everybody in, lists that forget the rule, and words in a mail are seen."""
    with monkeypatch.context() as fault:
        allow = Decision(allowed=True, reason=Reason.AUDIENCE)
        fault.setattr(serving, "decide", lambda *args, **kwargs: allow)
        assert "partner sees own at GET" in leaks_of(world, "document")
    with monkeypatch.context() as fault:
        fault.setattr(querysets, "access_q", lambda *args, **kwargs: Q())
        assert "partner sees own at GET" in leaks_of(world, "type_list")
    assert not leaks_of(world, "document", "type_list")
    word = world.canaries[1].words[1]
    send_mail("A page", f"About {word}", None, ["officer@kent.example"])
    assert traces(world.canaries, folder=Path("no-such-folder")) == ["a mail names own"]
    assert traces(world.canaries, folder=Path("no-such-folder"), logged=f"Title {word}") == [
        "a mail names own",
        "the log names own",
    ]


def leaks_of(world: World, *names: str) -> str:
    """What a partner and a visitor meet who ask for some routes only."""
    crawl = Crawl(world)
    personas = [one for one in world.personas if one.name in ("partner", "visitor")]
    for persona in personas:
        for route in crawl.routes:
            if route.name in names:
                crawl.visit(persona, route)
    return "\n".join(crawl.report.leaks)


def test_an_address_without_a_place_in_the_crawl_fails_it(world: World, settings: Settings) -> None:
    def answer(request: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponse()

    careless = ModuleType("careless_urls")
    new = path("lists/<str:riddle>/", answer)
    vars(careless).update(vars(urls), urlpatterns=[new, *urls.urlpatterns])
    settings.ROOT_URLCONF = careless
    crawl = Crawl(world)
    crawl.visit(world.personas[0], next(one for one in crawl.routes if "riddle" in one.route))
    complaints = str(crawl.reported().complaints())
    assert "does not know the argument 'riddle'" in complaints
    assert "Not visited: lists/<str:riddle>/" in complaints
