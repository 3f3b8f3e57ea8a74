"""What the search box is told while somebody types."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access.vocabulary import Marking, Role
from audit.models import Entry
from guidance.models import Document
from search.engines.base import Engine
from search.indexing import rebuild
from tests.guidance.scene import LONG_AGO, Cast, draft, person, published
from tests.sign_in import client_of


def lay_out(cast: Cast) -> dict[str, Document]:
    """Pages of Kent and of the hub; the national one is the newest."""
    kent, hub = cast.kent_author, cast.hub_editor
    national = {"audience": ("national",)}
    orders = "criminal behaviour order"
    pages: dict[str, Document] = {
        "own": published(kent, cast.kent_lead, title="Quarrels among pupils"),
        "sensitive": published(
            kent,
            cast.kent_lead,
            title="Quarrel marked higher",
            marking=Marking.OFFICIAL_SENSITIVE.value,
        ),
        "draft": draft(kent, title="Quarrel of a draft"),
        "national": published(
            hub, cast.hub_approver, title="A café quarrel <b>", purpose=orders, **national
        ),
    }
    # Published within one minute they would stand in the order of their references.
    Document.visible.filter(pk=pages["own"].pk).update(last_published_at=LONG_AGO)
    return pages


@pytest.fixture
def shelf(pages: dict[str, Document], index: Engine) -> dict[str, Document]:
    """All of them, indexed."""
    rebuild()
    return pages


def _asked(client: Client, words: str) -> list[dict[str, Any]]:
    answer = client.get("/search/suggest/", {"q": words})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "private, no-store"
    found: list[dict[str, Any]] = answer.json()["suggestions"]
    return found


def _titles(client: Client, words: str) -> list[str]:
    return [one["title"] for one in _asked(client, words)]


def test_each_reader_is_told_of_what_he_may_see(cast: Cast, shelf: dict[str, Document]) -> None:
    """Neither a draft nor a title of a higher marking, even to its author."""
    both = ["A café quarrel <b>", "Quarrels among pupils"]
    for own in (cast.kent_officer, cast.kent_author):
        assert _titles(client_of(own), "quarr") == both
    assert _titles(client_of(cast.essex_officer), "quarr") == both[:1]
    assert _titles(client_of(person("oversight", Role.AUDITOR)), "quarr") == []


def test_a_suggestion_says_what_it_is_and_where_it_leads(
    cast: Cast, shelf: dict[str, Document]
) -> None:
    (one,) = _asked(client_of(cast.essex_officer), "CAFÉ qu")
    assert one == {
        "title": "A café quarrel <b>",
        "url": shelf["national"].address,
        "type": "Guidance, Hub",
    }


def test_terms_of_the_trade_are_offered_where_everybody_may_know_of_them(
    cast: Cast, shelf: dict[str, Document]
) -> None:
    """And only such as a search would find; partners know nothing of what is national."""
    (term,) = _asked(client_of(cast.essex_officer), "criminal beh")
    assert term == {
        "title": "criminal behaviour order",
        "url": "/search/?q=criminal+behaviour+order",
        "type": "Search",
    }
    assert _titles(client_of(cast.essex_officer), "online saf") == []
    assert _titles(client_of(person("riverside", Role.PARTNER)), "criminal beh") == []


def test_a_term_that_is_a_title_is_offered_once(cast: Cast, index: Engine) -> None:
    title = "Criminal Behaviour Order"
    published(cast.hub_editor, cast.hub_approver, title=title, audience=("national",))
    rebuild()
    assert _titles(client_of(cast.essex_officer), "criminal beh") == [title]


@pytest.mark.parametrize("words", ["", " ", "q", "+-", "quarrel " * 20, "q" * 2000, "\0", "ab\0"])
def test_what_completes_nothing_is_answered_with_nothing(
    cast: Cast, shelf: dict[str, Document], words: str
) -> None:
    assert _asked(client_of(cast.kent_officer), words) == []


def test_a_title_narrowed_behind_the_back_of_the_index_is_replaced_by_the_next(
    cast: Cast, shelf: dict[str, Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.suggestions.MOST", 1)
    Document.visible.filter(pk=shelf["national"].pk).update(state="draft")
    assert _titles(client_of(cast.kent_officer), "quarr") == ["Quarrels among pupils"]


def test_nothing_is_written_and_little_is_asked(
    cast: Cast, shelf: dict[str, Document], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(cast.kent_officer)
    _asked(client, "quarr")
    entries = Entry.objects.count()
    with django_assert_max_num_queries(6):
        assert len(_asked(client, "quarr")) == 2
    assert Entry.objects.count() == entries


def test_without_an_index_there_is_nothing_to_offer(cast: Cast, index: Engine) -> None:
    assert _asked(client_of(cast.kent_officer), "quarr") == []


def test_it_only_reads_and_only_for_those_signed_in(cast: Cast) -> None:
    assert client_of(cast.kent_officer).post("/search/suggest/").status_code == 405
    assert Client().get("/search/suggest/?q=quarr").status_code == 302


@pytest.mark.parametrize("path", ["/", "/search/", "/search/?page=0"])
def test_the_boxes_know_where_to_ask(cast: Cast, shelf: dict[str, Document], path: str) -> None:
    html = client_of(cast.kent_officer).get(path).content.decode()
    assert html.count('data-suggest="/search/suggest/"') == 1
    assert "search/suggestions.js" in html
