"""The search box completes what is typed, with the keyboard alone, and says so aloud."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import faults_of
from tests.journeys.visitors import MET_OFFICER, Visitors
from tests.services.chromium import DESKTOP, PHONE, take_picture

WORDS = "cou"


@pytest.mark.parametrize("path", ["/", "/search/"])
def test_a_title_is_chosen_with_the_keyboard(visitors: Visitors, path: str) -> None:
    """Down to the second, up to the first, and Enter opens it; what was typed stays meanwhile."""
    page = _typed(visitors, path)
    box, options = page.get_by_role("combobox"), page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status").filter(has_text="suggestions")).to_be_attached()
    take_picture(page, f"j-suggestions{'-home' if path == '/' else ''}")
    assert faults_of(page) == []
    for key, place in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(options.nth(place)).to_have_attribute("aria-selected", "true")
        expect(box).to_have_attribute(
            "aria-activedescendant", options.nth(place).get_attribute("id") or ""
        )
    assert faults_of(page) == []
    expect(box).to_have_value(WORDS)
    address = options.first.get_attribute("data-url") or ""
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith(address))


def test_escape_and_tab_close_the_list_and_enter_searches(visitors: Visitors) -> None:
    page = _typed(visitors, "/search/")
    box, options = page.get_by_role("combobox"), page.get_by_role("option")
    expect(options.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(options.first).to_be_hidden()
    expect(box).to_have_value(WORDS)
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("Tab")
    expect(options.first).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press("Enter")
    page.wait_for_url(re.compile(rf"/search/\?q={WORDS}"))


def test_a_finger_chooses_too(visitors: Visitors) -> None:
    page = _typed(visitors, "/search/", size=PHONE)
    option = page.get_by_role("option").first
    expect(option).to_be_visible()
    address = option.get_attribute("data-url") or ""
    option.click()
    page.wait_for_url(lambda url: url.endswith(address))


def test_without_scripts_the_box_is_a_box(visitors: Visitors) -> None:
    page = visitors.page(MET_OFFICER, with_script=False)
    page.goto("/search/")
    box = page.get_by_role("searchbox")
    box.fill(WORDS)
    box.press("Enter")
    page.wait_for_url(re.compile(rf"/search/\?q={WORDS}"))


def _typed(visitors: Visitors, path: str, *, size: tuple[int, int] = DESKTOP) -> Page:
    page = visitors.page(MET_OFFICER, size=size)
    page.goto(path)
    page.locator("main [data-search]").focus()
    page.keyboard.type(WORDS)
    return page
