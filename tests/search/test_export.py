"""Results as a table: the reader's own, marked, harmless to a spreadsheet, and in the trail."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from access.vocabulary import Marking
from audit.models import Entry
from forces.models import User
from forces.step_up import LASTS
from forces.strength import add_second_factor, forget_second_factor
from guidance.models import Document
from search.engines.base import Engine
from search.indexing import rebuild
from tests.guidance.scene import Cast, draft, published
from tests.sign_in import client_of

PATH = "/search/export/?q=quarrel"


def lay_out(cast: Cast) -> None:
    """A national page with a title that a spreadsheet would run, and one of Kent's own."""
    published(
        cast.kent_author,
        cast.kent_lead,
        cast.hub_approver,
        title='=HYPERLINK("https://x.example","Quarrel")',
        audience=("national",),
    )
    published(cast.kent_author, cast.kent_lead, title="Quarrel of Kent")


@pytest.fixture(autouse=True)
def _indexed(cast: Cast, index: Engine) -> None:
    rebuild()


def taken(user: User, path: str = PATH) -> tuple[Any, list[list[str]]]:
    answer = client_of(user).get(path)
    return answer, list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_it_holds_what_the_reader_sees_and_nothing_else(cast: Cast) -> None:
    answer, rows = taken(cast.kent_officer)
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Cache-Control"] == "private, no-store"
    first, header, *found, last = rows
    assert (len(found), first, header[:2]) == (2, last, ["Reference", "Title"])
    assert first[0] == "OFFICIAL"
    assert "2 of 2 results" in first[1]
    _, (_, _, *found, _) = taken(cast.essex_officer)
    ((ref, title, *_),) = found
    assert title == '\'=HYPERLINK("https://x.example","Quarrel")'
    assert found[0][-1] == f"http://testserver/{ref}/"


def test_filters_count_and_the_page_does_not(cast: Cast) -> None:
    assert len(taken(cast.kent_officer, f"{PATH}&page=9")[1]) == 5
    assert len(taken(cast.kent_officer, f"{PATH}&type=lesson")[1]) == 3


def test_all_pages_are_taken(cast: Cast) -> None:
    for number in range(22):
        draft(cast.kent_author, title=f"Quarrel {number}")
    rebuild()
    refs = [row[0] for row in taken(cast.kent_author)[1][2:-1]]
    assert len(refs) == len(set(refs)) == 24


def test_its_name_and_its_ends_bear_the_gravest_marking(cast: Cast) -> None:
    kents = Document.visible.filter(title="Quarrel of Kent")
    kents.update(marking=Marking.OFFICIAL_SENSITIVE.value)
    rebuild()
    answer, rows = taken(cast.kent_lead)
    day = timezone.localdate()
    name = f'attachment; filename="OFFICIAL-SENSITIVE search {day:%Y-%m-%d}.csv"'
    assert answer["Content-Disposition"] == name
    assert rows[0][0] == rows[-1][0] == "OFFICIAL-SENSITIVE"
    (entry,) = Entry.objects.filter(event="export")
    assert (entry.actor, entry.action_object) == (cast.kent_lead.public_id, "search")
    assert entry.detail == {"rows": 2, "sensitive": 1}
    assert "quarrel" not in str(entry.detail).lower()


def test_an_old_session_is_asked_first_and_nothing_leaves(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    session = client.session
    forget_second_factor(session)
    past = timezone.now() - LASTS - timedelta(minutes=1)
    add_second_factor(session, cast.kent_officer, at=past.timestamp())
    session.save()
    answer = client.get(PATH)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/2fa/")
    assert not Entry.objects.filter(event="export").exists()


@pytest.mark.parametrize("asked", ["?q=%2B+-", "?published_from=1066-10-14", "?sort=views"])
def test_bad_input_is_refused_as_on_the_page(cast: Cast, asked: str) -> None:
    assert client_of(cast.kent_officer).get(f"/search/export/{asked}").status_code == 400


def test_the_page_of_results_leads_to_it(cast: Cast) -> None:
    officer = client_of(cast.kent_officer)
    html = officer.get("/search/?q=quarrel&page=1&type=guidance").content.decode()
    assert 'href="/search/export/?q=quarrel&amp;type=guidance"' in html
    assert "/search/export/" not in officer.get("/search/?q=zebra").content.decode()
