"""Pages of documents as readers get them: parts, warnings, statements, and the one 404."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.vocabulary import Marking, Role
from guidance import services
from guidance.models import (
    Document,
    EvaluationPage,
    GuidancePage,
    LessonPage,
    PlatformPage,
)
from portal.frame import forget_names
from tests.guidance.scene import Cast, draft, person
from tests.portal.publishing import ESTIMATE, ROUTE, items, law, link, publish, stream
from tests.sign_in import client_of

MOST_STATEMENTS = 12


@pytest.fixture
def officer(cast: Cast) -> Client:
    """An officer of Kent with a second factor."""
    forget_names()
    return client_of(cast.kent_officer)


def page_of(client: Client, address: str, *, status: int = 200) -> str:
    """The text of a page, in one line, so that a sentence is found whole."""
    response = client.get(address)
    assert response.status_code == status, address
    return " ".join(response.content.decode().split())


def statements(client: Client, address: str) -> int:
    """How many SQL statements a page takes."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


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


def test_the_paper_copy_says_whose_and_when(cast: Cast, officer: Client) -> None:
    """Address, reader, force and time."""
    page = publish(GuidancePage, cast)
    html = page_of(officer, page.address)
    assert f"Paper copy of {page.address}, opened by kent officer (Kent)" in html
    assert '<time class="app-opened-at">' in html


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
    before_the_text = html.partition('id="purpose"')[0]
    assert words in before_the_text
    assert "Act a s1" in before_the_text
    assert "Act b s1" not in before_the_text


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


# ----------------------------------------------------------------------------------- the cards


def test_the_card_has_what_is_needed_at_two_in_the_morning(cast: Cast, officer: Client) -> None:
    """By the platform's name or by reference, two clicks from home."""
    route = {**ROUTE, "needs": items("Username", "Dates"), "notes": "Send first."}
    other = {**ROUTE, "purpose": "emergency-disclosure"}
    page = publish(
        PlatformPage,
        cast,
        title="Snapchat",
        routes=stream(("route", route), ("route", other)),
        preservation_days=90,
        preservation_renewable=True,
    )
    assert f'href="{page.address}"' in page_of(officer, "/")
    card = f"/platforms/{page.ref}/preservation/"
    assert f'href="{card}"' in page_of(officer, page.address)
    for address in (card, "/platforms/snapchat/preservation/"):
        html = page_of(officer, address)
        assert "<h1" in html
        assert "Snapchat: Preservation</h1>" in html
        assert "90 days, renewable" in html
        assert "Username" in html
        assert "Answered at all hours" in html
        assert "Emergency disclosure" in html
    emergency = page_of(officer, "/platforms/snapchat/emergency-disclosure/")
    assert emergency.index("Life first.") < emergency.index("Have ready")


def test_removal_asks_for_capture_first(cast: Cast, officer: Client) -> None:
    """On the card itself, whatever the entry says."""
    route = {**ROUTE, "purpose": "content-removal-terms"}
    page = publish(PlatformPage, cast, routes=stream(("route", route)))
    html = page_of(officer, f"/platforms/{page.ref}/content-removal-terms/")
    assert html.index("Capture it first.") < html.index("Have ready")


@pytest.mark.parametrize(
    "address",
    [
        "/platforms/snapchat/user-data/",
        "/platforms/snapchat/no-such-purpose/",
        "/platforms/nowhere/preservation/",
        "/platforms/PL-22222/preservation/",
        "/platforms/hiddenbook/preservation/",
    ],
)
def test_a_card_that_is_not_there_is_the_one_404(
    cast: Cast, officer: Client, address: str
) -> None:
    """No route, no purpose, no platform, or one that is hidden."""
    publish(PlatformPage, cast, routes=stream(("route", ROUTE)))
    publish(
        PlatformPage,
        cast,
        routes=stream(("route", ROUTE)),
        platform_slug="hiddenbook",
        audience=("hub",),
    )
    assert page_of(officer, address, status=404) == page_of(officer, "/GD-22222/", status=404)


# ------------------------------------------------------------------------------ hidden or absent


def test_hidden_and_absent_are_the_same_bytes_headers_and_work(cast: Cast) -> None:
    """The page says nothing of the address that was asked for."""
    hidden = publish(GuidancePage, cast, audience=("hub",), title="Hidden title")
    answers, costs = [], []
    client = client_of(cast.kent_officer)
    client.get("/GD-22222/")
    for ref in (hidden.ref, "GD-22222"):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(f"/{ref}/")
        assert response.status_code == 404
        answers.append((response.content, sorted(response.items())))
        costs.append(len(queries))
    assert answers[0] == answers[1]
    assert costs[0] == costs[1]
    assert b"Hidden title" not in answers[0][0]


def test_no_answer_stays_in_a_cache(cast: Cast, officer: Client) -> None:
    """Pages, cards, lists and the 404."""
    page = publish(PlatformPage, cast, routes=stream(("route", ROUTE)))
    card = f"/platforms/{page.ref}/preservation/"
    for address in (page.address, card, "/guidance/", "/", "/GD-22222/"):
        response = officer.get(address)
        assert response["Cache-Control"] == "private, no-store"
        assert "ETag" not in response


# --------------------------------------------------------------------------------- what it costs


def test_a_page_costs_the_same_with_many_blocks_links_and_files(
    cast: Cast, officer: Client
) -> None:
    """At most twelve statements, the reading's own row in the trail included."""
    linked = [publish(LessonPage, cast, title=f"Lesson {number}") for number in range(4)]
    small, large = (
        publish(
            GuidancePage,
            cast,
            purpose="".join(link(page, "see") for page in linked[:size]),
            body=stream(*[("step", {"title": "Do", "text": "<p>So.</p>"})] * size * 10),
            laws=tuple(law(f"{size}-{number}") for number in range(size)),
            files=size,
            platforms=["snapchat"],
            marking=Marking.OFFICIAL_SENSITIVE,
        )
        for size in (1, 4)
    )
    costs = [statements(officer, page.address) for page in (small, large)]
    assert costs[0] == costs[1]
    assert costs[0] <= MOST_STATEMENTS


def test_lists_cost_the_same_however_long(cast: Cast, officer: Client) -> None:
    """One statement counts, one reads."""
    publish(GuidancePage, cast)
    before = statements(officer, "/guidance/")
    for number in range(4):
        publish(GuidancePage, cast, title=f"Page {number}")
    assert statements(officer, "/guidance/") == before <= 6


# ------------------------------------------------------------------------------------- the lists


def test_a_list_shows_what_one_may_see_and_counts_only_that(cast: Cast, officer: Client) -> None:
    """Not what is hidden, drafted, or kept for later."""
    publish(GuidancePage, cast, title="Seen one")
    publish(GuidancePage, cast, title="Hidden one", audience=("hub",))
    later = timezone.now() + timedelta(days=1)
    publish(GuidancePage, cast, title="Later one", visible_from=later)
    html = page_of(officer, "/guidance/")
    assert "Seen one" in html
    assert "1 page, newest first." in html
    assert "Hidden one" not in html
    assert "Later one" not in html


def test_lists_carry_the_highest_marking_and_keep_sensitive_texts_back(
    cast: Cast, officer: Client
) -> None:
    """A list is no reading, so it shows nothing that would have to be recorded."""
    publish(GuidancePage, cast, summary="Plain words.")
    assert "OFFICIAL-SENSITIVE" not in page_of(officer, "/guidance/")
    publish(
        GuidancePage, cast, summary="Careful words.", marking=Marking.OFFICIAL_SENSITIVE
    )
    html = page_of(officer, "/guidance/")
    assert html.count("<strong>OFFICIAL-SENSITIVE</strong>") == 2
    assert "Careful words." not in html
    assert "Plain words." in html


@pytest.mark.parametrize("number", ["0", "-1", "1066", "abc", "9" * 400])
def test_a_page_number_that_does_not_exist_is_the_nearest_that_does(
    cast: Cast, officer: Client, number: str
) -> None:
    """No error for a number that somebody shortened or typed."""
    publish(GuidancePage, cast, title="Seen one")
    assert "Seen one" in page_of(officer, f"/guidance/?page={number}")


def test_platforms_lead_to_their_cards(cast: Cast, officer: Client) -> None:
    """One chip for each purpose, once."""
    page = publish(PlatformPage, cast, routes=stream(("route", ROUTE), ("route", ROUTE)))
    html = page_of(officer, "/platforms/")
    assert html.count(f'href="/platforms/{page.ref}/preservation/"') == 1


# --------------------------------------------------------------------------------- what was read


def test_home_leads_back_to_the_pages_opened_last(cast: Cast, officer: Client) -> None:
    """Newest first, five at most, and only while they may be seen."""
    pages = [publish(GuidancePage, cast, title=f"Page {number}") for number in range(6)]
    for page in pages:
        officer.get(page.address)
    services.narrow(
        pages[5],
        to=_own_only(pages[5]),
        by=cast.hub_approver,
        reason="Only for the hub from now on.",
    )
    html = page_of(officer, "/").partition('id="opened"')[2].partition("</section>")[0]
    found = [part.partition("<")[0] for part in html.split("Page ")[1:]]
    assert found == ["4", "3", "2", "1"]


def _own_only(page: Document) -> Any:
    from dataclasses import replace

    from guidance.facts import audience_facts

    return replace(audience_facts(page), audience=frozenset({"own"}))


def test_the_list_of_one_person_means_nothing_to_the_next(cast: Cast) -> None:
    """On a shared machine; a made-up list means nothing either."""
    page = publish(GuidancePage, cast, title="Opened by another")
    first, second = client_of(cast.kent_officer), client_of(cast.met_officer)
    first.get(page.address)
    for value in (first.cookies["opened"].value, page.ref, "", "x:y"):
        second.cookies["opened"] = value
        assert 'id="opened"' not in page_of(second, "/")


def test_nobody_else_reads(cast: Cast) -> None:
    """An administrator and an auditor get the 404 of a page that is not there."""
    page = publish(GuidancePage, cast)
    for organisation, role in (("hub", Role.ADMINISTRATOR), ("oversight", Role.AUDITOR)):
        client = client_of(person(organisation, role))
        answers = {client.get(address).content for address in (page.address, "/GD-22222/")}
        assert len(answers) == 1
