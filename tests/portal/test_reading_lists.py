"""The cards, the lists, the one 404, what pages cost, and what was opened last."""

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
    GuidancePage,
    LessonPage,
    PlatformPage,
)
from portal.frame import forget_names
from tests.guidance.scene import Cast, person
from tests.portal.publishing import ROUTE, items, law, link, page_of, publish, stream
from tests.sign_in import client_of

MOST_STATEMENTS = 12


@pytest.fixture
def officer(cast: Cast) -> Client:
    """An officer of Kent with a second factor."""
    forget_names()
    return client_of(cast.kent_officer)


def statements(client: Client, address: str) -> int:
    """How many SQL statements a page takes."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


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
def test_a_card_that_is_not_there_is_the_one_404(cast: Cast, officer: Client, address: str) -> None:
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
    publish(GuidancePage, cast, summary="Careful words.", marking=Marking.OFFICIAL_SENSITIVE)
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
