"""The search page: what it shows, what it refuses, what it costs."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.vocabulary import Marking
from audit.models import Entry
from guidance.models import Attachment, GuidancePage, StoredFile
from search.engines.base import Engine
from search.indexing import rebuild
from tests.channels import answers
from tests.channels.hidden import hidden_document
from tests.guidance.scene import Cast, draft, published
from tests.sign_in import client_of

MOST_STATEMENTS = 9


def lay_out(cast: Cast) -> GuidancePage:
    """A page of Kent's own."""
    return published(
        cast.kent_author,
        cast.kent_lead,
        title='Quarrel <script>alert("1")</script> posts',
        purpose="<p>A quarrel &lt;b&gt;begins&lt;/b&gt; online.</p>",
        last_verified_on_date=timezone.localdate(),
    )


@pytest.fixture
def page(pages: GuidancePage, index: Engine) -> GuidancePage:
    """That page, indexed."""
    rebuild()
    return pages


@pytest.fixture
def officer(cast: Cast, page: GuidancePage) -> Client:
    """An officer of Kent with a second factor."""
    return client_of(cast.kent_officer)


def test_a_hit_is_shown_with_its_facts_and_escaped_marks(
    officer: Client, page: GuidancePage
) -> None:
    answer = officer.get("/search/", {"q": "quarrels"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "<strong>1 result</strong>" in html
    assert f'href="/{page.ref}/"' in html
    assert "<mark>Quarrel</mark> &lt;script&gt;" in html
    assert "<mark>quarrel</mark> &lt;b&gt;begins" in html
    for fact in ("Guidance", "Kent", page.ref, "OFFICIAL", "reviewed "):
        assert fact in html
    assert answer["Cache-Control"] == "private, no-store"


def test_a_hit_in_a_file_leads_to_the_file_and_says_the_page(cast: Cast, index: Engine) -> None:
    """By the gated address; to others neither the file nor its name is there."""
    hidden = hidden_document(cast)
    pages = "First\fSecond, of a vilnagorsk"
    StoredFile.objects.filter(pk=hidden.file.pk).update(text=pages)
    Attachment.objects.update(label="Form <7>")
    rebuild()
    address = f"/{hidden.page.ref}/files/{hidden.file.ref}/"
    officer = client_of(cast.kent_officer)
    html = officer.get("/search/", {"q": "vilnagorsk"}).content.decode()
    link = f'In the file <a class="govuk-link" href="{address}">Form &lt;7&gt;</a>'
    assert f"{link}, page 2</p>" in html
    assert "Second, of a <mark>vilnagorsk</mark>" in html
    assert answers.ask(officer, address).status == 200
    named = officer.get("/search/", {"q": "form 7"}).content.decode()
    assert f"{link}</p>" in named
    others = client_of(cast.essex_officer).get("/search/", {"q": "vilnagorsk form 7"})
    assert address not in others.content.decode()
    assert "Form &lt;7&gt;" not in others.content.decode()


def test_another_force_sees_no_trace(cast: Cast, page: GuidancePage) -> None:
    html = client_of(cast.essex_officer).get("/search/", {"q": "quarrel"}).content.decode()
    assert "Nothing found that you may read" in html
    assert page.ref not in html
    assert "(1)" not in html


def test_the_page_costs_nine_statements_however_much_there_is(
    cast: Cast, index: Engine, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(3):
        draft(cast.kent_author, title=f"Quarrel {number}")
    rebuild()
    author = client_of(cast.kent_author)
    author.get("/search/?q=quarrel")
    with django_assert_max_num_queries(MOST_STATEMENTS) as few:
        author.get("/search/?q=quarrel&type=guidance")
    for number in range(20):
        draft(cast.kent_author, title=f"Quarrel {number}", marking=Marking.OFFICIAL.value)
    rebuild()
    with django_assert_max_num_queries(MOST_STATEMENTS) as many:
        html = author.get("/search/?q=quarrel&type=guidance").content.decode()
    assert html.count('class="app-list__item') == 20
    assert len(few) == len(many)


def test_the_trail_gets_counts_and_no_words(officer: Client, cast: Cast) -> None:
    Entry.objects.filter(event="search").exists()
    officer.get("/search/", {"q": "quarrel online", "type": "guidance"})
    entry = Entry.objects.get(event="search")
    assert entry.actor == cast.kent_officer.public_id
    assert entry.detail == {
        "total": 1,
        "page": 1,
        "words": 2,
        "filters": 1,
        "sensitive_shown": 0,
    }


def test_the_marking_band_follows_what_is_shown(cast: Cast, index: Engine) -> None:
    draft(cast.kent_author, title="Quarrel", marking=Marking.OFFICIAL_SENSITIVE.value)
    rebuild()
    html = client_of(cast.kent_author).get("/search/?q=quarrel").content.decode()
    assert html.count("app-marking--sensitive") == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"q": "knife " * 1700}, "Shorten it to 1000 characters"),
        ({"q": "+ - &&"}, "There is no word in your search"),
        ({"published_from": "1066-10-14"}, "Enter a year between 2000 and 2100."),
        ({"published_to": "yesterday"}, "Enter the date as day, month and year"),
        ({"published_from": "2026-05-02", "published_to": "2026-05-01"}, "on or after"),
        ({"page": "0"}, "Pages start at 1."),
        ({"page": "one"}, "The page must be a number."),
        ({"page": "99999"}, "Results go no further than this."),
        ({"sort": "views"}, "Sort by relevance, newest or last reviewed."),
        ({"type": "guidance) OR (1=1"}, "Choose the filters again."),
        ({"type": ["a"] * 51}, "Choose the filters again."),
    ],
)
def test_bad_input_is_refused_with_what_to_do(
    officer: Client, asked: dict[str, str], said: str
) -> None:
    answer = officer.get("/search/", asked)
    assert answer.status_code == 400
    html = re.sub(r"(\d),(\d)", r"\1\2", unescape(answer.content.decode()))
    assert "There is a problem" in html
    assert said in html
    assert not Entry.objects.filter(event="search").exists()


@pytest.mark.parametrize("query", ["q=%00", "q=%ff%fe", "type=&harm=", "q=%F0%9F%98%80"])
def test_no_bytes_break_it(officer: Client, query: str) -> None:
    assert officer.get("/search/", QUERY_STRING=query).status_code in {200, 400}


def test_unknown_values_of_a_facet_find_nothing_and_can_be_removed(officer: Client) -> None:
    html = officer.get("/search/?q=quarrel&platform=myspace").content.decode()
    assert "Search without filters: 1 result" in html
    assert "Platform: myspace" in html
    assert 'href="?q=quarrel"' in html


def test_a_page_beyond_the_last_says_so(officer: Client) -> None:
    html = officer.get("/search/?q=quarrel&page=7").content.decode()
    assert "There is no such page" in html
    assert "The results end at page 1." in html


def test_slips_and_ambiguous_words_offer_links(officer: Client, cast: Cast, index: Engine) -> None:
    published(
        cast.kent_author,
        cast.kent_lead,
        cast.hub_approver,
        title="Squabbles",
        audience=("national",),
    )
    rebuild()
    html = officer.get("/search/?q=squables+osa").content.decode()
    assert 'href="?q=squabbles+osa"' in html
    assert 'href="?q=squables+Online+Safety+Act"' in html


def test_without_an_index_the_page_says_so_plainly(cast: Cast, index: Engine) -> None:
    answer = client_of(cast.kent_officer).get("/search/?q=quarrel")
    assert answer.status_code == 503
    assert "Search is not available just now" in answer.content.decode()


def test_signed_out_visitors_are_sent_to_sign_in(db: None) -> None:
    answer = Client().get("/search/?q=quarrel")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_search_is_read_only(officer: Client) -> None:
    assert officer.post("/search/", {"q": "quarrel"}).status_code == 405


def test_filters_in_use_are_ticked_and_have_a_way_out(officer: Client) -> None:
    html = officer.get("/search/?q=quarrel&type=guidance&force=kent&page=1").content.decode()
    assert 'value="guidance" form="search-form" checked' in html
    assert 'href="?q=quarrel&amp;force=kent"' in html
    assert 'href="?q=quarrel&amp;type=guidance"' in html
    assert 'href="?q=quarrel"' in html
