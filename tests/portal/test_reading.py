"""Pages of documents as readers get them: their parts, and what they warn of."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from guidance import services
from guidance.models import (
    Document,
    EvaluationPage,
    GuidancePage,
    LessonPage,
    PlatformPage,
)
from portal.frame import forget_names
from tests.guidance.scene import Cast, approve_all, draft
from tests.portal.publishing import ESTIMATE, ROUTE, items, law, link, page_of, publish, stream
from tests.sign_in import client_of


@pytest.fixture
def officer(cast: Cast) -> Client:
    """An officer of Kent with a second factor."""
    forget_names()
    return client_of(cast.kent_officer)


# ------------------------------------------------------------------------------- what is shown


@pytest.mark.parametrize("model", [GuidancePage, LessonPage, EvaluationPage, PlatformPage])
def test_each_type_has_one_heading_contents_and_both_markings(
    cast: Cast, officer: Client, model: type[Document]
) -> None:
    """The frame of ux.md, and contents that lead to sections that are there."""
    html = page_of(officer, publish(model, cast, title="Made for this test").address)
    assert html.count("<h1") == 1
    assert "Made for this test</h1>" in html
    assert html.count("<strong>OFFICIAL</strong>") == 2
    anchors = {part.partition('"')[0] for part in html.split('href="#')[1:]}
    assert {"law", "files"}.isdisjoint(anchors)
    assert all(f'id="{anchor}"' in html for anchor in anchors)
    assert "Risk to life now" in html


def test_guidance_says_when_not_to_before_what_to_do(cast: Cast, officer: Client) -> None:
    """And safeguarding before either, where the page says so."""
    page = publish(
        GuidancePage,
        cast,
        safeguarding_first=True,
        safeguarding_text="<p>The child.</p>",
        body=stream(("step", {"title": "First", "text": "<p>Do.</p>"})),
    )
    html = page_of(officer, page.address)
    places = [html.index(f'id="{name}"') for name in ("safeguarding", "when", "steps", "challenge")]
    assert places == sorted(places)


def test_steps_are_numbered_through_other_blocks(cast: Cast, officer: Client) -> None:
    """A caution between two steps does not start again at 1."""
    page = publish(
        GuidancePage,
        cast,
        body=stream(
            ("step", {"title": "One", "text": ""}),
            ("caution", {"text": "<p>Mind.</p>"}),
            ("step", {"title": "Two", "text": ""}),
        ),
    )
    html = page_of(officer, page.address)
    assert "</span>1</span> One" in html
    assert "</span>2</span> Two" in html
    assert html.count("app-step--last") == 1


def test_every_kind_of_block_shows_its_words_and_escapes_them(cast: Cast, officer: Client) -> None:
    """What authors type is text, except in rich text that Wagtail has cleaned."""
    platform = publish(PlatformPage, cast, routes=stream(("route", ROUTE)), title="Snap <i>")
    page = publish(
        GuidancePage,
        cast,
        body=stream(
            ("heading", "A <b>heading"),
            ("paragraph", "<p>Rich <b>text</b></p>"),
            ("list", items("One <b>item")),
            ("checklist", {"title": "Have <b>ready", "items": items("Phone <b>")}),
            ("do_dont", {"do": items("This <b>"), "dont": items("That <b>")}),
            ("decision", {"question": "Is <b>it?", "if_yes": "Go <b>", "if_no": "Stop <b>"}),
            ("platform_card", {"platform": platform.pk, "purpose": "preservation", "note": "N"}),
        ),
    )
    html = page_of(officer, page.address)
    body = html.partition('id="steps"')[2].partition('id="necessity"')[0]
    assert body.count("<b>") == 1
    assert body.count("&lt;b&gt;") == 9
    assert f'href="/platforms/{platform.ref}/preservation/"' in body
    assert "Snap &lt;i&gt;: Preservation" in body


def test_a_link_to_a_page_one_may_not_see_is_words_only(cast: Cast, officer: Client) -> None:
    """Neither its address nor its title."""
    hidden = publish(LessonPage, cast, audience=("hub",), title="Hidden title")
    seen = publish(LessonPage, cast, title="Seen title")
    page = publish(GuidancePage, cast, purpose=link(hidden, "that") + link(seen, "this"))
    html = page_of(officer, page.address)
    assert f'<a href="{seen.address}">this</a>' in html
    assert "<a>that</a>" in html
    assert hidden.ref not in html
    assert "Hidden title" not in html


def test_an_evaluation_shows_finding_grid_plot_and_table(cast: Cast, officer: Client) -> None:
    """And says at every figure that the figures are synthetic."""
    page = publish(
        EvaluationPage,
        cast,
        estimates=stream(("estimate", ESTIMATE)),
        synthetic=True,
        null_result=True,
        effect_rating=3,
    )
    html = page_of(officer, page.address)
    assert '<p class="app-finding">It does not.</p>' in html
    assert "No effect found" in html
    assert html.count("<svg") == 2 + 5
    assert html.count("<table") == 1
    assert html.count("ynthetic") >= 3


def test_files_and_laws_stand_at_their_addresses(cast: Cast, officer: Client) -> None:
    """Files below the page's own address."""
    page = publish(GuidancePage, cast, laws=(law("a"),), files=1)
    html = page_of(officer, page.address)
    assert f'href="{page.address}files/F-' in html
    assert "Act a s1" in html
    assert "as at 1 June 2026, unchecked" in html


def test_key_facts_say_where_the_page_stands(cast: Cast, officer: Client) -> None:
    """State, who else reads it, and when it is looked at again; a group is not named."""
    page = publish(GuidancePage, cast, audience=("own", "force:kent"), review_by_date="2027-03-01")
    facts = page_of(officer, page.address).partition('class="app-facts')[2].partition("</dl>")[0]
    assert "<dt>Status</dt><dd>Published</dd>" in facts
    assert "<dt>Who can see this</dt><dd>Kent, Hub</dd>" in facts
    assert "<dt>Next review</dt><dd>1 March 2027</dd>" in facts


def test_the_change_history_holds_notes_and_no_title(cast: Cast, officer: Client) -> None:
    """Of what was published; the note of a draft and a former title are the editors'."""
    page = publish(GuidancePage, cast, title="Former", change_note="First version.")
    held = page.get_latest_revision_as_object()
    held.title, held.version, held.change_note = "Today", "1.1", "Not approved yet."
    held.save_revision(user=cast.hub_editor)
    history = page_of(officer, page.address).partition('id="history"')[2]
    assert "Version 1.0" in history
    assert "Not approved yet." not in history
    services.submit(page, by=cast.hub_editor)
    approve_all(page, cast.hub_approver)
    html = page_of(officer, page.address)
    history = html.partition('id="history"')[2]
    assert history.index("Not approved yet.") < history.index("First version.")
    assert "Former" not in html


def test_the_paper_copy_says_whose_and_when(cast: Cast, officer: Client) -> None:
    """Address, reader, force and time."""
    page = publish(GuidancePage, cast)
    html = page_of(officer, page.address)
    assert f"Paper copy of {page.address}, opened by kent officer (Kent)" in html
    assert '<span class="app-opened-at">' in html


# ------------------------------------------------------------------------------- what is warned


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("not-commenced", "This law may not be relied on:"),
        ("ended", "This law may not be relied on:"),
        ("pilot", "This law may not be relied on:"),
        ("unknown", "Law that may not be relied on until you have checked its status:"),
    ],
)
def test_law_that_is_not_in_force_is_said(
    cast: Cast, officer: Client, status: str, words: str
) -> None:
    """By name, with the day somebody looked."""
    page = publish(GuidancePage, cast, laws=(law("a", status=status), law("b")))
    html = page_of(officer, page.address)
    warned, _facts, rest = html.partition('class="app-facts')
    assert words in warned
    assert "Act a s1" in warned
    assert "Act b s1" not in warned
    basis = rest.partition("</dl>")[0]
    assert "Act b s1" in basis
    assert "Act a s1" not in basis


def test_law_in_force_is_no_warning(cast: Cast, officer: Client) -> None:
    """Or nobody would read the warnings."""
    page = publish(GuidancePage, cast, laws=(law("a"),), last_verified_on_date="2026-01-02")
    assert "app-notice" not in page_of(officer, page.address)


WARNINGS: list[tuple[type[Document], dict[str, Any], str]] = [
    (GuidancePage, {"reliance": "do-not-rely"}, "Do not rely on this page yet."),
    (GuidancePage, {"reliance": "caution"}, "Use with caution."),
    (GuidancePage, {"subject_group": "both"}, "the child first."),
    (GuidancePage, {"subject_group": "under-18"}, "the child first."),
    (GuidancePage, {"review_by_date": "2026-01-02"}, "Review overdue since 2 January 2026."),
    (LessonPage, {}, "Unverified."),
    (EvaluationPage, {"synthetic": True}, "The figures are synthetic."),
    (PlatformPage, {"expires_on_date": "2026-01-02"}, "This entry has expired."),
    (PlatformPage, {"expires_on_date": None}, "This entry has expired."),
]


@pytest.mark.parametrize(("model", "given", "words"), WARNINGS)
def test_the_page_warns(
    cast: Cast, officer: Client, model: type[Document], given: dict[str, Any], words: str
) -> None:
    """Before its text starts."""
    html = page_of(officer, publish(model, cast, **given).address)
    assert words in html.partition('class="app-document__side"')[0]


def test_a_withdrawn_page_stays_with_reason_and_successor(cast: Cast, officer: Client) -> None:
    """The successor only where the reader may see it."""
    new = publish(GuidancePage, cast, title="The new one")
    hidden = publish(GuidancePage, cast, title="Hidden successor", audience=("hub",))
    for successor, is_named in ((new, True), (hidden, False)):
        old = publish(GuidancePage, cast)
        services.withdraw(
            old, by=cast.hub_approver, reason="The route has closed.", successor_ref=successor.ref
        )
        html = page_of(officer, old.address)
        assert "Do not use it." in html
        assert "The route has closed." in html
        assert (successor.ref in html) is is_named
        assert (f"Use instead: {successor.title}" in html) is is_named


def test_a_draft_says_so_to_its_editor(cast: Cast) -> None:
    """And is a 404 to the officer beside them."""
    page = draft(cast.kent_author)
    html = page_of(client_of(cast.kent_author), f"{page.address}preview/")
    assert "Draft: not published." in html
    page_of(client_of(cast.kent_officer), f"{page.address}preview/", status=404)
