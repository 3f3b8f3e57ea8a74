"""The / key jumps to the search box, types a / where somebody types, and can be turned off."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.visitors import MET_OFFICER, Visitors

OFF, ON = "Turn the / key off", "Turn the / key on"


@pytest.mark.parametrize(("address", "box"), [("/guidance/", "#site-search"), ("/", "#search")])
def test_the_key_jumps_to_the_box_and_types_nothing(
    visitors: Visitors, address: str, box: str
) -> None:
    """The one of the page where it has its own; once there, the key is a letter like others."""
    page = _ready(visitors, address)
    page.keyboard.press("/")
    expect(page.locator(box)).to_be_focused()
    expect(page.locator(box)).to_have_value("")
    page.keyboard.type("and/or")
    expect(page.locator(box)).to_have_value("and/or")


def test_it_can_be_turned_off_and_on_again(visitors: Visitors) -> None:
    """For people who speak to their computer (WCAG 2.1.4)."""
    page = _ready(visitors, "/account/")
    page.get_by_role("button", name=OFF).click()
    expect(page.get_by_role("button", name=ON)).to_be_visible()
    for _page in range(2):
        _wait_for_script(page)
        page.keyboard.press("/")
        expect(page.locator("[data-search]").first).not_to_be_focused()
        page.goto("/guidance/")
    page.goto("/account/")
    page.get_by_role("button", name=ON).click()
    expect(page.get_by_role("button", name=OFF)).to_be_visible()
    _wait_for_script(page)
    page.keyboard.press("/")
    expect(page.locator("[data-search]").first).to_be_focused()


def _ready(visitors: Visitors, address: str) -> Page:
    page = visitors.page(MET_OFFICER)
    page.goto(address)
    _wait_for_script(page)
    return page


def _wait_for_script(page: Page) -> None:
    """The module listens once it has started the kit, which marks what it started."""
    expect(page.locator("[data-govuk-service-navigation-init]")).to_have_count(1)
