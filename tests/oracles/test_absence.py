"""What is hidden answers as what is absent, and the crawl's browser leaves nothing changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from access.vocabulary import Role
from guidance.models import LessonPage
from portal.canary.browsers import Answer, Browser
from portal.canary.documents import publish, write
from portal.canary.scene import Cast, person
from tests.sign_in import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(cast: Cast, settings: Settings, tmp_path: Path) -> Cast:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    return cast


def test_whatever_a_form_changes_is_undone(cast: Cast) -> None:
    browser = Browser(cast.kent_author, strong=True)
    page = write("own", LessonPage, by=cast.kent_author)
    deleting = f"/admin/guidance/delete/{page.pk}/"
    answer: Answer = browser.ask("POST", deleting, {"action": "own-draft"})
    assert answer.status == 200, "it was deleted, and the list came back"
    assert page.document.pk == page.pk
    assert browser.ask("POST", "/accounts/logout/").status < 400
    assert browser.ask("GET", f"/{page.ref}/").status == 200, "still signed in"


def test_hidden_and_absent_are_the_same_404(cast: Cast) -> None:
    author = cast.kent_author
    own = publish(write("own", LessonPage, by=author), cast.kent_lead, by=author)
    client = client_of(person("essex", Role.AUTHOR))
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
