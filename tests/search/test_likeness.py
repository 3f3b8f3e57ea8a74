"""Pages like a page that one may read, and nothing about any other."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access.vocabulary import Marking, Role
from audit.models import Entry
from guidance.models import Document
from search.engines.base import Engine
from search.indexing import rebuild
from search.likeness import KNOWN_WORDS, MOST, MOST_WORDS, slots_of
from tests.guidance.scene import Cast, draft, person, published
from tests.search.shelf import document, fill
from tests.sign_in import client_of

_TITLE = re.compile(r'<h2 class="app-list__title"><a[^>]*>(.*?)</a>', re.DOTALL)
FOOTAGE = "<p>Footage of a stabbing is preserved and then removed from the platform.</p>"


def lay_out(cast: Cast) -> dict[str, Document]:
    """A seed of Kent's own, and pages that are like it more or less."""
    kent, hub = cast.kent_author, cast.hub_editor
    return {
        "seed": published(kent, cast.kent_lead, title="Stabbing footage", purpose=FOOTAGE),
        "alike": published(
            hub,
            cast.hub_approver,
            title="Removing footage of stabbings",
            purpose=FOOTAGE,
            audience=("national",),
        ),
        "a little": published(kent, cast.kent_lead, title="Platform contacts"),
        "unlike": published(kent, cast.kent_lead, title="Kitchens", purpose="<p>Cake.</p>"),
        "draft": draft(kent, title="Stabbing footage of a draft", purpose=FOOTAGE),
    }


@pytest.fixture
def shelf(pages: dict[str, Document], index: Engine) -> dict[str, Document]:
    """All of them, indexed."""
    rebuild()
    return pages


def _page(client: Client, seed: Document, *, status: int = 200) -> str:
    answer = client.get(f"{seed.address}similar/")
    assert answer.status_code == status
    assert answer["Cache-Control"] == "private, no-store"
    return answer.content.decode()


def _titles(page: str) -> list[str]:
    return [re.sub(r"</?mark>", "", title) for title in _TITLE.findall(page)]


def test_the_most_alike_comes_first_and_the_page_itself_is_left_out(
    cast: Cast, shelf: dict[str, Document]
) -> None:
    """Nor is a draft in it, even for its author."""
    for reader in (cast.kent_officer, cast.kent_author):
        page = _page(client_of(reader), shelf["seed"])
        assert _titles(page)[:2] == ["Removing footage of stabbings", "Platform contacts"]
        assert f'href="{shelf["seed"].address}"' in page
        assert "Footage of a stabbing is preserved" in page
        assert "<mark>" not in page
    assert _titles(_page(client_of(cast.essex_officer), shelf["alike"])) == []


def test_a_hidden_seed_and_an_absent_one_are_the_same_404(
    cast: Cast, shelf: dict[str, Document]
) -> None:
    client = client_of(cast.essex_officer)
    hidden, absent = (
        client.get(f"/{ref}/similar/").content.replace(ref.encode(), b"")
        for ref in (shelf["seed"].ref, "GD-22222")
    )
    assert hidden == absent
    _page(client, shelf["seed"], status=404)
    assert Entry.objects.filter(event="refusal", action_object=shelf["seed"].ref).exists()
    assert not Entry.objects.filter(event="search").exists()


def test_the_seed_is_read_from_the_database(cast: Cast, shelf: dict[str, Document]) -> None:
    """The index may still hold an older text of it, or none."""
    rows = Document.visible.filter(pk=shelf["seed"].pk)
    rows.update(title="Kitchens and cake")
    assert _titles(_page(client_of(cast.kent_officer), shelf["seed"]))[0] == "Kitchens"


def test_a_page_hidden_behind_the_back_of_the_index_is_left_out(
    cast: Cast, shelf: dict[str, Document]
) -> None:
    Document.visible.filter(pk=shelf["alike"].pk).update(state="draft")
    page = _page(client_of(cast.kent_officer), shelf["seed"])
    assert _titles(page)[0] == "Platform contacts"
    assert "Removing" not in page


def test_the_band_follows_what_is_shown_and_the_trail_gets_numbers(
    cast: Cast, shelf: dict[str, Document]
) -> None:
    title = "Stabbing footage marked higher"
    marking = Marking.OFFICIAL_SENSITIVE.value
    marked = published(cast.kent_author, cast.kent_lead, title=title, marking=marking)
    rebuild()
    page = _page(client_of(cast.kent_officer), shelf["seed"])
    assert title in _titles(page)
    assert page.count("app-marking--sensitive") == 2
    entry = Entry.objects.get(event="search")
    assert entry.action_object == shelf["seed"].ref
    assert entry.detail == {"total": len(_titles(page)), "sensitive_shown": 1}
    _page(client_of(cast.kent_officer), marked)
    assert Entry.objects.filter(event="sensitive-reading", action_object=marked.ref).exists()


def test_it_costs_the_same_however_much_there_is(
    cast: Cast, shelf: dict[str, Document], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(cast.kent_author)
    _page(client, shelf["seed"])
    with django_assert_max_num_queries(24) as few:
        _page(client, shelf["seed"])
    for number in range(MOST + 2):
        published(cast.kent_author, cast.kent_lead, title=f"Footage {number}", purpose=FOOTAGE)
    rebuild()
    with django_assert_max_num_queries(24) as many:
        assert len(_titles(_page(client, shelf["seed"]))) == MOST
    assert len(few) == len(many)


def test_a_partner_finds_by_words_alone(cast: Cast, shelf: dict[str, Document]) -> None:
    shared = published(
        cast.hub_editor,
        cast.hub_approver,
        title="Stabbing footage for partners",
        audience=("partner:riverside",),
    )
    other = published(
        cast.hub_editor,
        cast.hub_approver,
        title="Footage, more for partners",
        audience=("partner:riverside",),
    )
    rebuild()
    assert _titles(_page(client_of(person("riverside", Role.PARTNER)), shared)) == [other.title]


def test_without_an_index_the_page_says_so_plainly(cast: Cast, index: Engine) -> None:
    seed = published(cast.kent_author, cast.kent_lead, title="Stabbing footage")
    page = _page(client_of(cast.kent_officer), seed, status=503)
    assert "Search is not available just now" in page


def test_a_page_leads_to_those_like_it_and_a_draft_to_none(
    cast: Cast, shelf: dict[str, Document]
) -> None:
    client = client_of(cast.kent_author)
    assert f"{shelf['seed'].address}similar/" in client.get(shelf["seed"].address).content.decode()
    assert "/similar/" not in client.get(shelf["draft"].address).content.decode()


def _stems(slots: object) -> list[str]:
    assert isinstance(slots, tuple)
    return [slot[0].terms[0].stem for slot in slots]


def test_the_most_telling_words_are_rare_and_stand_elsewhere_too(engine: Engine) -> None:
    """A number tells nothing, and a word that only the seed has finds nothing."""
    seed = document(1, "Gang injunction 2026", "A gang and a court and a vilnagorsk.")
    others = [document(one, f"Court {one}", "A court.") for one in range(2, 9)]
    fill(engine, [seed, document(20, "Injunction", "Of a gang."), *others])
    slots = slots_of(seed, engine=engine)
    assert _stems(slots) == ["gang", "injunct", "court", "vilnagorsk"]
    weights = [slot[0].terms[0].weight for slot in slots]
    assert weights[0] > weights[2] > 0


def test_of_many_words_some_are_asked_for(engine: Engine) -> None:
    common = " ".join(f"word{letter}" for letter in "abcdefghijklmnopqrst")
    seed = document(1, "A seed", f"{common} oneof twoof threeof fourof fiveof")
    fill(engine, [seed, document(2, "Another", common)])
    stems = _stems(slots_of(seed, engine=engine))
    assert len(stems) == MOST_WORDS
    assert sum(stem.startswith("word") for stem in stems) == KNOWN_WORDS
    assert len(_stems(slots_of(seed, engine=None))) == MOST_WORDS
    assert slots_of(document(3, "", "2026 1 2"), engine=engine) == ()
