"""Adding hidden documents changes no byte of what anybody else is answered."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import Settings

from access.vocabulary import Role
from guidance import querysets
from guidance.models import ForceSection
from search.indexing import drain
from tests.guidance.scene import Cast, draft, person, published
from tests.sign_in import client_of

pytestmark = pytest.mark.django_db

WORDS = "referring music video removal preservation request livestream threat"
# The only fields that may differ, each by its name.
NORMALISED = {
    "the form's token": re.compile(rb'name=\\?"csrfmiddlewaretoken\\?" value=\\?"\w+'),
    "the admin's token": re.compile(rb'"CSRF_TOKEN": "[^"]+"'),
    "when it was opened": re.compile(rb'<span class="app-opened-at">.*?</span>', re.DOTALL),
    "when the session ends": re.compile(rb'<time class="app-session-end">[^<]*</time>'),
}
QUERIES = ["", "video", "music video removal", "preservaton request", '"music video"', "quillon"]
TYPED = ["mu", "music vid", "referring a music", "quillon", "criminal beh"]
FILTERS: list[dict[str, str]] = [{}, {"type": "guidance"}, {"sort": "newest"}, {"page": "2"}]
PAGES = ["/", "/guidance/", "/lessons/", "/evaluations/", "/platforms/", "/forces/"]
PAGES += ["/forces/kent/", "/forces/essex/", "/my-force/", "/account/"]


def requests_of(seen: str) -> list[str]:
    """What each persona asks for in both worlds."""
    searches = [
        "/search/?" + urlencode({"q": words, **extra}) for words in QUERIES for extra in FILTERS
    ]
    searches += ["/search/suggest/?" + urlencode({"q": words}) for words in TYPED]
    return [*PAGES, seen, f"{seen}preview/", f"{seen}similar/", *searches]


def admin_requests() -> list[str]:
    """Lists and choosers of the admin, which know about pages too."""
    kent, essex = (ForceSection.objects.get(organisation_id=s).pk for s in ("kent", "essex"))
    paths = ["/admin/", f"/admin/pages/{essex}/", f"/admin/pages/{kent}/", "/admin/choose-page/"]
    paths += [f"/admin/choose-page/{kent}/", "/admin/choose-page/search/?q=video"]
    return [*paths, "/admin/images/chooser/", "/admin/documents/chooser/"]


def answers(client: Client, paths: list[str]) -> dict[str, tuple[int, object, bytes]]:
    """Status, headers and body of each answer, without the named fields."""
    found: dict[str, tuple[int, object, bytes]] = {}
    for path in paths:
        response = client.get(path)
        body = response.content
        for pattern in NORMALISED.values():
            body = pattern.sub(b"", body)
        # Django's never_cache writes the time into Expires.
        headers = sorted(pair for pair in response.items() if pair[0] != "Expires")
        found[path] = (response.status_code, headers, body)
    return found


@pytest.fixture
def cast(cast: Cast, settings: Settings, tmp_path: Path) -> Cast:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    return cast


def add_hidden(cast: Cast, *, count: int) -> None:
    """Own-force pages and drafts of Kent, stuffed with the words that are searched for."""
    for number in range(count):
        text = f"<p>{WORDS * 3} quillonvane</p>"
        published(
            cast.kent_author,
            cast.kent_lead,
            title=f"{WORDS[:60]} {number}",
            purpose=text,
            summary="Quillonvane.",
            platforms=["snapchat"],
            tactics=["evidence-capture"],
        )
        draft(cast.kent_author, title=f"Music video {number}", purpose=text)
    while drain():
        pass


def first_world(cast: Cast) -> str:
    """A few pages that everybody sees; the address of one of them."""
    approvers = [cast.hub_approver]
    for number in range(6):
        page = published(
            cast.hub_editor,
            *approvers,
            audience=("national",),
            title=f"Referring a music video for removal {number}",
            purpose=f"<p>{WORDS} {'video ' * number}</p>",
            platforms=["youtube"],
        )
    while drain():
        pass
    return page.address


def test_hidden_documents_change_no_byte(cast: Cast) -> None:
    seen = first_world(cast)
    essex_author = person("essex", Role.AUTHOR)
    people = [cast.essex_officer, cast.met_officer, cast.hub_editor, essex_author]
    people += [person("riverside", Role.PARTNER), person("oversight", Role.AUDITOR)]
    clients = {user.email: client_of(user) for user in people}
    paths = {user.email: requests_of(seen) for user in people}
    for editor in (essex_author, cast.hub_editor):
        paths[editor.email] += admin_requests()
    for email, client in clients.items():
        answers(client, paths[email])  # what a page remembers of the last is there from now on
    before = {email: answers(client, paths[email]) for email, client in clients.items()}
    add_hidden(cast, count=5)
    for email, client in clients.items():
        after = answers(client, paths[email])
        changed = [path for path in paths[email] if after[path] != before[email][path]]
        assert not changed, (email, changed)
    own = client_of(cast.kent_officer).get("/search/?q=quillonvane")
    assert b"5 results" in own.content, "the hidden documents are there, for their own force"


def test_the_comparison_can_fail(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.models import Q

    first_world(cast)
    client = client_of(cast.essex_officer)
    before = answers(client, PAGES)
    monkeypatch.setattr(querysets, "access_q", lambda *args, **kwargs: Q())
    add_hidden(cast, count=1)
    assert answers(client, PAGES) != before
