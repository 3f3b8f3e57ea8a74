"""Adding hidden documents changes no byte of what anybody else is answered."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import Settings

from access.vocabulary import Marking, Role
from forces.models import NeedToKnowGroup, Organisation, Region
from forces.services import join_group
from guidance import querysets
from guidance.models import AudienceTerm, ForceSection, GuidancePage, LessonPage, PlatformPage
from portal.canary.documents import Canary, publish, words_of, write
from portal.canary.routes import addresses, routes, values_of
from search.indexing import drain
from tests.guidance.scene import (
    LONG_AGO,
    Cast,
    draft,
    in_future,
    need_to_know,
    person,
    published,
)
from tests.sign_in import client_of
from tests.turns import is_in_turn

pytestmark = pytest.mark.django_db

GROUP = "inner-circle"
WORDS = "referring music video removal preservation request livestream threat"
# The only fields that may differ, each by its name.
NORMALISED = {
    "the form's token": re.compile(rb'name=\\?"csrfmiddlewaretoken\\?" value=\\?"\w+'),
    "the admin's token": re.compile(rb'"CSRF_TOKEN": "[^"]+"'),
    "when it was opened": re.compile(rb'<span class="app-opened-at">.*?</span>', re.DOTALL),
    "how long ago it was": re.compile(
        rb"just now|\d+(?:\xc2\xa0|\\u00a0|&nbsp;| )(?:second|minute|hour)s? ago", re.IGNORECASE
    ),
    "the number of the editing": re.compile(rb"/editing-sessions/(?:ping/[\w/]+|release)/\d+/"),
    "drawn keys of rich text": re.compile(rb"key\\*&quot;: \\*&quot;\w{5}\\*&quot;"),
    "drawn names of new blocks": re.compile(rb"&quot;id&quot;: &quot;[\da-f-]{36}&quot;"),
    "when it was taken out": re.compile(rb"(?<=on )\d+ \w+ \d{4} \d\d:\d\d(?=: \d+ of)"),
    "when the session ends": re.compile(rb'<time class="app-session-end">[^<]*</time>'),
}
QUERIES = [
    "",
    "video",
    "title",
    "music video removal",
    "preservaton request",
    '"music video"',
    "quillon",
]
TYPED = ["mu", "music vid", "referring a music", "quillon", "criminal beh"]
FILTERS: list[dict[str, str]] = [{}, {"type": "guidance"}, {"sort": "newest"}, {"page": "2"}]
PAGES = ["/", "/guidance/", "/lessons/", "/evaluations/", "/platforms/", "/forces/"]
# Of the resolver, what says nothing of documents and draws something new each time; what shows an
# auditor that there are more documents, which is what it is for; and what one asked oneself.
LEFT_OUT = ("/accounts/", "/join/", "/scim/", "/oversight/", "/account/data/")


def requests_of(seen: Canary, *, is_editor: bool) -> list[str]:
    """Every address of the resolver that a reader has, and many searches; the admin for editors."""
    searches = [
        "/search/?" + urlencode({"q": words, **extra}) for words in QUERIES for extra in FILTERS
    ]
    searches += ["/search/suggest/?" + urlencode({"q": words}) for words in TYPED]
    values = values_of(seen) | {"platform": (words_of("card")[0],)}
    found = []
    for route in routes():
        if route.template.startswith("/admin/"):
            is_asked = is_editor
        else:
            is_asked = not route.template.startswith(LEFT_OUT)
        found += addresses(route, values) if is_asked else []
    return [*found, *searches, *(admin_requests() if is_editor else [])]


def admin_requests() -> list[str]:
    """Lists and choosers of the admin, which know about pages too."""
    kent, essex = (ForceSection.objects.get(organisation_id=s).pk for s in ("kent", "essex"))
    paths = ["/admin/", f"/admin/pages/{essex}/", f"/admin/pages/{kent}/", "/admin/choose-page/"]
    paths += [f"/admin/choose-page/{kent}/", "/admin/choose-page/search/?q=video"]
    return [*paths, "/admin/images/chooser/", "/admin/documents/chooser/"]


def answers(
    client: Client, paths: list[str], *, methods: tuple[str, ...] = ("GET",)
) -> dict[str, tuple[int, object, bytes]]:
    """Status, headers and body of each answer, without the named fields; by path and method."""
    found: dict[str, tuple[int, object, bytes]] = {}
    for path in paths:
        for method in methods:
            response = client.generic(method, path)
            streamed = getattr(response, "streaming_content", None)
            body = b"".join(streamed) if streamed is not None else response.content
            for pattern in NORMALISED.values():
                body = pattern.sub(b"", body)
            # Django's never_cache writes the time into Expires; how long ago something was makes
            # a page of the admin longer or shorter, and its bytes are compared anyway.
            left_out = {"Expires", "Content-Length" if path.startswith("/admin/") else ""}
            headers = sorted(pair for pair in response.items() if pair[0] not in left_out)
            key = path if method == "GET" else f"{method} {path}"
            found[key] = (response.status_code, headers, body)
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


def add_hidden_by_each_clause(cast: Cast) -> None:
    """With files and pictures, what each clause of the rule keeps from all who are compared."""
    author, leads = cast.kent_author, (cast.kent_lead, cast.hub_approver)
    group = NeedToKnowGroup.objects.get(slug=GROUP)
    for user in (author, *leads):
        join_group(user, group, by="system", at=LONG_AGO)
    national: dict[str, Any] = {"audience": ("national",)}
    hidden: dict[str, dict[str, Any]] = {
        "kept-sensitive": {"marking": Marking.OFFICIAL_SENSITIVE},
        "kept-group": {"group": group, **national},
        "kept-embargo": {"visible_from": in_future(days=1), **national},
        "kept-expired": {"visible_until": in_future(days=-1), **national},
        "kept-partner": {"audience": ("partner:harbour",)},
        "kept-region": {"audience": ("region:wales",)},
        "kept-card": {},
    }
    for name, facts in hidden.items():
        model = PlatformPage if name == "kept-card" else GuidancePage
        needed = leads if "audience" in facts else leads[:1]
        publish(write(name, model, by=author, **facts), *needed, by=author)
    write("kept-draft", LessonPage, by=author)
    while drain():
        pass


def first_world(cast: Cast) -> Canary:
    """A few pages that everybody sees, one with a file and a picture, and a platform's card."""
    Organisation.objects.create(slug="harbour", name="Harbour", short_name="H", kind="partner")
    Region.objects.create(slug="wales", name="Wales")
    for term in ("partner:harbour", "region:wales"):
        AudienceTerm.objects.get_or_create(pk=term)
    need_to_know(GROUP)
    approvers = [cast.hub_approver]
    for number in range(6):
        published(
            cast.hub_editor,
            *approvers,
            audience=("national",),
            title=f"Referring a music video for removal {number}",
            purpose=f"<p>{WORDS} {'video ' * number}</p>",
            platforms=["youtube"],
        )
    shown: dict[str, Any] = {"by": cast.hub_editor, "audience": ("national",)}
    publish(write("card", PlatformPage, **shown), *approvers, by=cast.hub_editor)
    seen = publish(write("seen", GuidancePage, **shown), *approvers, by=cast.hub_editor)
    while drain():
        pass
    return seen


@pytest.mark.parametrize("share", [9, pytest.param(1, marks=pytest.mark.soak)])
def test_hidden_documents_change_no_byte(cast: Cast, share: int) -> None:
    seen = first_world(cast)
    essex_author = person("essex", Role.AUTHOR)
    people = [essex_author, cast.hub_editor, cast.essex_officer, cast.met_officer]
    people += [person("riverside", Role.PARTNER), person("oversight", Role.AUDITOR)]
    clients = {user.email: client_of(user) for user in people}
    paths = {
        user.email: requests_of(seen, is_editor=user in (essex_author, cast.hub_editor))
        for user in people
    }
    assert min(map(len, paths.values())) > 60, "the resolver's own, and not a list by hand"
    # Each person asks for another share, the pages that list what there is always.
    paths = {
        email: sorted({*filter(is_in_turn, asked[turn % share :: share]), *PAGES})
        for turn, (email, asked) in enumerate(paths.items())
    }
    for email, client in clients.items():
        answers(client, paths[email])  # what a page remembers of the last is there from now on
    both = ("GET", "HEAD")
    before = {
        email: answers(client, paths[email], methods=both) for email, client in clients.items()
    }
    add_hidden(cast, count=5)
    add_hidden_by_each_clause(cast)
    for email, client in clients.items():
        after = answers(client, paths[email], methods=both)
        changed = [path for path in after if after[path] != before[email][path]]
        assert not changed, (email, changed)
    own = client_of(cast.kent_officer).get("/search/?q=quillonvane")
    assert b"5 results" in own.content, "the hidden documents are there, for their own force"
    met = client_of(cast.kent_lead).get("/search/?q=title")
    assert words_of("kept-group")[0] in met.content.decode(), "and so are those of each clause"


def test_the_comparison_can_fail(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.models import Q

    first_world(cast)
    client = client_of(cast.essex_officer)
    before = answers(client, PAGES)
    monkeypatch.setattr(querysets, "access_q", lambda *args, **kwargs: Q())
    add_hidden(cast, count=1)
    assert answers(client, PAGES) != before
