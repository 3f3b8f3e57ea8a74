"""What stands around every page: marking, navigation, the way to help, policy, and faults."""

from __future__ import annotations

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from django.utils import timezone

from access.policy import ANONYMOUS, Viewer
from access.vocabulary import Role
from forces.models import Organisation
from forces.viewers import viewer_for
from portal import urls as portal_urls
from portal.frame import Frame, forget_names, short_name
from tests.guidance.scene import Cast, person
from tests.portal.publishing import page_of
from tests.sign_in import client_of

PUBLIC = ("/risk-to-life/", "/help/", "/accessibility/", "/privacy/", "/handling/")
SIGNED_IN = (
    "/",
    "/account/",
    "/guidance/",
    "/lessons/",
    "/evaluations/",
    "/platforms/",
    "/forces/",
)


@login_not_required
def _raise(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret words")


urlpatterns = [*portal_urls.urlpatterns, path("broken/", _raise)]
handler404 = portal_urls.handler404
handler500 = portal_urls.handler500


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    """Names of organisations are kept by the process, tests each have their own."""
    forget_names()


@pytest.mark.parametrize("address", SIGNED_IN)
def test_pages_are_for_people_who_signed_in(db: None, client: Client, address: str) -> None:
    """Everybody else is led to sign-in."""
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("address", PUBLIC)
def test_standing_pages_are_for_everybody(db: None, client: Client, address: str) -> None:
    """Signed out, they show no navigation and ask the database nothing."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        html = page_of(client, address)
    assert len(queries) == 0
    assert html.count("<h1") == 1
    assert 'id="navigation"' not in html
    assert html.count("<strong>OFFICIAL</strong>") == 2


@pytest.mark.parametrize("address", [*SIGNED_IN, *PUBLIC, "/search/", "/GD-22222/"])
def test_risk_to_life_is_one_tap_away(cast: Cast, address: str) -> None:
    """On every page, in the header; and from there the call."""
    response = client_of(cast.kent_officer).get(address)
    html = response.content.decode()
    assert 'class="app-urgent" href="/risk-to-life/"' in html
    assert html.count("<h1") == 1
    assert html.index("govuk-skip-link") < html.index("app-urgent") < html.index("<h1")


def test_who_is_called_stands_first(db: None, client: Client) -> None:
    """As a telephone link, before anything else, and no form to fill in."""
    html = page_of(client, "/risk-to-life/")
    main = html.partition('id="main-content"')[2]
    assert main.index('href="tel:999"') < main.index("<li>")
    assert "<form" not in main.partition("</main>")[0]


NAVIGATION = [
    (
        "kent",
        Role.OFFICER,
        ["Search", "Guidance", "Lessons", "Evaluations", "Platforms", "My force", "Hub"],
    ),
    (
        "kent",
        Role.AUTHOR,
        [
            *("Search", "Guidance", "Lessons", "Evaluations", "Platforms"),
            *("My force", "Hub", "Write"),
        ],
    ),
    (
        "hub",
        Role.HUB_APPROVER,
        [
            *("Search", "Guidance", "Lessons", "Evaluations", "Platforms"),
            *("The hub", "Write", "People"),
        ],
    ),
    ("hub", Role.ADMINISTRATOR, ["People"]),
    ("oversight", Role.AUDITOR, ["Oversight"]),
    ("riverside", Role.PARTNER, ["Search", "Guidance", "Lessons", "Evaluations", "Platforms"]),
]


def frame_of(viewer: Viewer, address: str = "/") -> Frame:
    """The frame of a request that somebody makes."""
    request = RequestFactory().get(address)
    request.viewer = viewer  # type: ignore[attr-defined]
    return Frame(request)


@pytest.mark.parametrize(("organisation", "role", "labels"), NAVIGATION)
def test_the_navigation_leads_only_where_there_is_something(
    cast: Cast, organisation: str, role: Role, labels: list[str]
) -> None:
    """And each entry's page is there for that person."""
    user = person(organisation, role, name="newcomer")
    viewer = viewer_for(user, second_factor=True, at=timezone.now())
    entries = frame_of(viewer).navigation
    assert [str(entry.label) for entry in entries] == labels
    client = client_of(user)
    answers = [client.get(entry.address, follow=True).status_code for entry in entries]
    # 503 is a search page whose index has not been built.
    assert set(answers) <= {200, 503}


def test_nobody_has_no_navigation_and_no_force() -> None:
    """Also where a request failed before it was known who asks."""
    frame = frame_of(ANONYMOUS)
    assert (frame.navigation, frame.organisation, frame.search_address) == ([], "", "")
    assert Frame(RequestFactory().get("/")).is_signed_in is False


@pytest.mark.parametrize(
    ("address", "label"),
    [
        ("/GD-7F3K2/", "Guidance"),
        ("/EV-7F3K2/files/", "Evaluations"),
        ("/platforms/snapchat/preservation/", "Platforms"),
        ("/forces/kent/", "My force"),
        ("/forces/hub/", "Hub"),
        ("/forces/essex/", ""),
        ("/", ""),
    ],
)
def test_the_navigation_shows_where_one_is(cast: Cast, address: str, label: str) -> None:
    """By the address alone."""
    viewer = viewer_for(cast.kent_officer, second_factor=True, at=timezone.now())
    current = [str(one.label) for one in frame_of(viewer, address).navigation if one.is_current]
    assert current == ([label] if label else [])


def test_a_renamed_force_is_shown_by_its_new_name(cast: Cast) -> None:
    """Names are kept in the process until one changes."""
    assert short_name("kent") == "Kent"
    organisation = Organisation.objects.get(slug="kent")
    organisation.short_name = "Kent and Medway"
    organisation.save()
    assert short_name("kent") == "Kent and Medway"
    assert short_name("nowhere") == ""


def test_the_policy_allows_nothing_but_ourselves(cast: Cast) -> None:
    """No inline code, no other host, no frame around us."""
    response = client_of(cast.kent_officer).get("/")
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


# --------------------------------------------------------------------------------- what goes wrong


def test_a_fault_says_so_without_the_database(client: Client) -> None:
    """Whatever broke, 999 is there, and no word of the fault."""
    client.raise_request_exception = False
    with override_settings(ROOT_URLCONF=__name__):
        response = client.get("/broken/")
    html = response.content.decode()
    assert response.status_code == 500
    assert 'href="tel:999"' in html
    assert "secret words" not in html
    assert html.count("<strong>OFFICIAL</strong>") == 2
