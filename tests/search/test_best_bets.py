"""Best bets: who chooses, for which words they are shown, until when, and to whom not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from access.vocabulary import State
from audit.models import Entry
from forces.models import User
from guidance.models import Document, GuidancePage
from search.best_bets import stems_key
from search.engines.base import Engine
from search.indexing import rebuild
from search.models import BestBet
from tests.channels.answers import ask, warm
from tests.guidance.scene import Cast, published
from tests.sign_in import client_of

REASON = "Settled by the hub in May."
MOST_STATEMENTS = 9


def lay_out(cast: Cast) -> GuidancePage:
    """A national page that no word of the searches stands in."""
    return published(
        cast.kent_author,
        cast.kent_lead,
        cast.hub_approver,
        title="Cover sheets",
        audience=("national",),
    )


@pytest.fixture
def page(pages: GuidancePage, index: Engine) -> GuidancePage:
    """That page, indexed."""
    rebuild()
    return pages


def bet(ref: str, *, words: str = "warning letters", until: date | None = None) -> BestBet:
    return BestBet.objects.create(
        words=words,
        stems=stems_key(words.split()),
        ref=ref,
        reason=REASON,
        until_date=until or timezone.localdate(),
    )


def search(user: User, words: str, **more: str) -> str:
    return client_of(user).get("/search/", {"q": words, **more}).content.decode()


@pytest.mark.parametrize("words", ["warning letters", "Letter, the warning?", "letters warning"])
def test_it_is_shown_for_its_words_in_any_form_and_in_no_count(
    cast: Cast, page: GuidancePage, words: str
) -> None:
    before = search(cast.essex_officer, words)
    bet(page.ref)
    html = search(cast.essex_officer, words)
    assert "Chosen by the hub" in html
    assert REASON in html
    assert f'href="/{page.ref}/"' in html
    assert "<strong>0 results</strong>" in before
    assert "<strong>0 results</strong>" in html


@pytest.mark.parametrize("words", ["warning", "warning letters school", "letters", ""])
def test_for_other_words_there_is_none(cast: Cast, page: GuidancePage, words: str) -> None:
    bet(page.ref)
    assert "Chosen by the hub" not in search(cast.essex_officer, words)


def test_one_that_ended_does_nothing(cast: Cast, page: GuidancePage) -> None:
    bet(page.ref, until=timezone.localdate() - timedelta(days=1))
    assert "Chosen by the hub" not in search(cast.essex_officer, "warning letters")
    bet(page.ref)
    assert "Chosen by the hub" not in search(cast.essex_officer, "warning letters", page="2")
    Document.visible.filter(pk=page.pk).update(state=State.WITHDRAWN)
    assert "Chosen by the hub" not in search(cast.essex_officer, "warning letters")


def test_beside_hits_it_stands_above_them(cast: Cast, page: GuidancePage) -> None:
    bet(page.ref, words="cover sheets")
    html = search(cast.essex_officer, "cover sheet")
    assert html.count(f'href="/{page.ref}/"') == 2
    assert "<strong>1 result</strong>" in html
    assert html.index("Chosen by the hub") < html.index('class="search-count"')


def test_one_for_a_hidden_page_is_as_none_with_the_same_work(cast: Cast, index: Engine) -> None:
    hidden = published(cast.kent_author, cast.kent_lead, title="Cover sheets")
    rebuild()
    path = "/search/?q=warning+letters"
    essex = client_of(cast.essex_officer)
    warm(essex, path)
    none = ask(essex, path)
    assert none.statements <= MOST_STATEMENTS
    bet(hidden.ref)
    assert ask(essex, path) == none
    assert "Chosen by the hub" in search(cast.kent_officer, "warning letters")


def form_of(ref: str, **changes: str) -> dict[str, str]:
    today = timezone.localdate()
    fields = {"words": "warning letters", "ref": ref, "reason": REASON}
    return {**fields, "until_date": str(today + timedelta(days=30)), **changes}


def add(client: Client, ref: str, **changes: str) -> int:
    return client.post("/admin/best_bets/new/", form_of(ref, **changes)).status_code


def test_the_hub_chooses_and_ends_and_the_trail_says_so(cast: Cast, page: GuidancePage) -> None:
    editor = client_of(cast.hub_editor)
    assert "/admin/best_bets/" in editor.get("/admin/").content.decode()
    assert add(editor, page.ref.lower()) == 302
    one = BestBet.objects.get()
    assert (one.stems, one.ref, one.set_by) == ("letter warn", page.ref, cast.hub_editor)
    assert "Chosen by the hub" in search(cast.essex_officer, "warning letters")
    until, yesterday = (str(timezone.localdate() + timedelta(days=days)) for days in (30, -1))
    ended = form_of(page.ref, until_date=yesterday)
    approver = client_of(cast.hub_approver)
    assert approver.post(f"/admin/best_bets/edit/{one.pk}/", ended).status_code == 302
    assert "Chosen by the hub" not in search(cast.essex_officer, "warning letters")
    rows = Entry.objects.filter(event="best-bet").order_by("pk")
    assert [(row.actor, row.decision) for row in rows] == [
        (cast.hub_editor.public_id, "added"),
        (cast.hub_approver.public_id, "changed"),
    ]
    assert rows[1].detail == {"until_date_before": until, "until_date_after": yesterday}
    assert editor.post(f"/admin/best_bets/delete/{one.pk}/").status_code in (302, 403, 404)
    assert BestBet.objects.exists()


def test_forces_neither_see_nor_choose(cast: Cast, page: GuidancePage) -> None:
    for user in (cast.kent_author, cast.kent_lead, cast.kent_officer):
        client = client_of(user)
        assert client.get("/admin/best_bets/").status_code in (302, 403, 404)
        assert add(client, page.ref) in (302, 403, 404)
        assert "best_bets" not in client.get("/admin/").content.decode()
    assert not BestBet.objects.exists()


def test_what_cannot_be_chosen_is_said(cast: Cast, page: GuidancePage) -> None:
    """A page that the editor may not read is refused in the words for one that is not there."""
    hidden = published(cast.kent_author, cast.kent_lead)
    editor, today = client_of(cast.hub_editor), timezone.localdate()
    said = {}
    for ref in (hidden.ref, "GD-22222"):
        html = editor.post("/admin/best_bets/new/", form_of(ref)).content.decode()
        said[ref] = "Enter the reference of a published page" in html
    assert set(said.values()) == {True}
    for changes in (
        {"words": "the and of"},
        {"words": "letter " * 13},
        {"until_date": str(today - timedelta(days=1))},
        {"until_date": str(today + timedelta(days=400))},
        {"until_date": ""},
        {"reason": ""},
    ):
        assert add(editor, page.ref, **changes) == 200
    assert not BestBet.objects.exists()
