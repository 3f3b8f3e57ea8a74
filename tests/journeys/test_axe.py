"""No page has a violation that axe finds, and none runs over the edge of a phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, URLResolver, get_resolver, resolve
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import faults_of
from tests.journeys.examples import NOWHERE, PASSWORD, VISITS, WITHOUT_A_PAGE, Visit
from tests.journeys.kents_own_page import Addresses
from tests.journeys.specimens import specimens_in
from tests.journeys.visitors import Visitors
from tests.services.chromium import DESKTOP, take_picture
from tests.services.running_portal import RunningPortal
from tests.turns import is_in_turn

# Wagtail's own pages are not ours to change; those we add to its admin are.
WAGTAILS = re.compile(r"/admin/(?!guidance/)")


def _written(route: str) -> str:
    """A route as the examples write it: without the marks of a regular expression's ends."""
    return "/" + route.replace("^", "").removesuffix("$")


def _walk(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for one in resolver.url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one, route)
        else:
            yield _written(route)


ROUTES = sorted({route for route in _walk(get_resolver()) if not WAGTAILS.match(route)})


@pytest.fixture(scope="module")
def specimens(portal: RunningPortal, kents: Addresses) -> dict[str, str]:
    """What the addresses of the examples are filled with."""
    own = {"own_page": kents.page, "own_file": kents.file, "own_picture": kents.picture}
    return specimens_in(portal) | own


def test_every_route_has_an_example() -> None:
    """A new page is looked at from its first day; a gone one leaves no example behind."""
    known = {*VISITS, *WITHOUT_A_PAGE}
    unknown, gone = sorted(set(ROUTES) - known), sorted(known - set(ROUTES))
    assert unknown == [], "give these an example in tests/journeys/examples.py"
    assert gone == [], "these are no routes any more"


@pytest.mark.parametrize("template", sorted(VISITS))
def test_no_page_has_a_violation(
    everybody: Visitors, specimens: dict[str, str], template: str
) -> None:
    """In each of its examples: on a phone always; at a desk and in the dark in its turn."""
    faults: dict[str, list[str]] = {}
    in_turn = is_in_turn(template)
    for visit in VISITS[template]:
        page = _arrive(everybody, visit, specimens)
        assert _route(page.url) == template, f"{visit} ended at {page.url}"
        if found := faults_of(page, on_a_phone_only=not in_turn):
            faults[str(visit)] = found
            take_picture(page, f"failed-axe-{re.sub(r'[^a-z]+', '-', str(visit))}")
    assert faults == {}


def test_nor_has_the_page_that_is_not_there(everybody: Visitors, specimens: dict[str, str]) -> None:
    """The one 404."""
    assert faults_of(_arrive(everybody, NOWHERE, specimens)) == []


def test_nor_has_the_page_of_a_fault(everybody: Visitors, specimens: dict[str, str]) -> None:
    """As the portal renders it, put into a tab of the portal: nothing breaks on demand."""
    page = everybody.page()
    page.goto("/risk-to-life/")
    page.set_content(specimens["broken"])
    expect(page.get_by_role("heading", level=1)).to_have_css("font-family", re.compile("Arial"))
    take_picture(page, "e-fault")
    assert faults_of(page) == []


@pytest.mark.parametrize("template", sorted(WITHOUT_A_PAGE))
def test_what_is_not_looked_at_shows_no_page(
    everybody: Visitors, specimens: dict[str, str], template: str
) -> None:
    """It sends on, refuses to be looked at, or is a file."""
    visit = WITHOUT_A_PAGE[template]
    address = visit.address.format_map(specimens)
    assert _route(address) == template
    answer = everybody.tab(visit.by).request.get(address, max_redirects=0)
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    assert answer.status in {200, 302, 405, visit.status}, answer.status
    assert not (answer.ok and is_page)


def test_faults_are_found(everybody: Visitors) -> None:
    """Or all the others would say nothing: a picture without words, pale letters, a wide box."""
    page = everybody.page()
    page.goto("/help/")
    page.locator("main").evaluate(
        """main => main.append(
            Object.assign(document.createElement("img"), { src: "/static/icon.svg", width: 700 }),
            Object.assign(document.createElement("p"), { className: "pale", textContent: "Pale" }),
        )"""
    )
    page.locator(".pale").evaluate("pale => { pale.style.color = '#777'; }")
    kinds = {fault.split(": ")[1].partition(",")[0] for fault in faults_of(page)}
    assert kinds == {"scrolls sideways", "image-alt", "color-contrast"}


def _arrive(everybody: Visitors, visit: Visit, specimens: dict[str, str]) -> Page:
    """Go there, and do what has to be done until the page to look at is there."""
    page = everybody.tab(visit.by) if visit.by else everybody.page()
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    answer = page.goto(visit.address.format_map(specimens))
    assert answer is not None
    assert answer.status == visit.status, visit
    if visit.signs_in_as:
        page.locator("[name=login]").fill(visit.signs_in_as)
        page.locator("[name=password]").fill(PASSWORD)
        _press(page, "Sign in")
    if visit.confirms and "reauthenticate" in page.url:
        page.locator("[name=password]").fill(PASSWORD)
        _press(page, "Confirm")
        everybody.has_proved_themselves(visit.by)
    for name, words in visit.types:
        page.locator(f"main [name={name}]").fill(words)
    if visit.press:
        _press(page, visit.press)
    return page


def _press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def _route(address: str) -> str:
    try:
        found = resolve(urlsplit(address).path).route
    except Resolver404:
        return ""
    return _written(found)
