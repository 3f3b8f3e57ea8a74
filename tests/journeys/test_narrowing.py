"""An officer narrows a search by facets on a phone, with the keyboard and nothing else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.keyboard import tab_to
from tests.journeys.searching import facet_counts, titles, total
from tests.journeys.visitors import MET_OFFICER, Visitors
from tests.services.chromium import PHONE, take_picture

WORDS = "threat"


@pytest.mark.parametrize("with_script", [True, False], ids=["script", "no-script"])
def test_narrowing_on_a_phone_with_the_keyboard(visitors: Visitors, with_script: bool) -> None:
    """Type, open the filters, choose, apply, take one off again: every count comes true."""
    page = visitors.page(MET_OFFICER, size=PHONE, with_script=with_script)
    suffix = "" if with_script else "-no-script"
    page.goto("/search/")
    tab_to(page, page.get_by_label("Search the portal"))
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"[?&]q={WORDS}"))
    everything = total(page)
    take_picture(page, f"b-words{suffix}")

    guidance = _choose(page, facet="type", value="guidance")
    take_picture(page, f"b-one-filter{suffix}")
    assert 0 < guidance < everything
    assert _types(page) == {"Guidance"}

    both = _choose(page, facet="platform", value="snapchat")
    take_picture(page, f"b-two-filters{suffix}")
    assert 0 < both < guidance

    _take_off(page, "Type: Guidance")
    assert total(page) > both
    expect(_chips(page)).to_have_count(1)
    _take_off(page, "Platform: Snapchat")
    assert total(page) == everything
    expect(_chips(page)).to_have_count(0)


def test_all_filters_come_off_at_once(visitors: Visitors) -> None:
    """By one link, with the words kept."""
    page = visitors.page(MET_OFFICER, size=PHONE)
    page.goto(f"/search/?q={WORDS}&type=guidance&platform=snapchat")
    expect(_chips(page)).to_have_count(2)
    tab_to(page, page.get_by_role("link", name="Clear all filters"))
    page.keyboard.press("Enter")
    expect(_chips(page)).to_have_count(0)
    expect(page.get_by_label("Search the portal")).to_have_value(WORDS)


def test_the_numbers_are_those_of_the_results(visitors: Visitors) -> None:
    """Counted by hand, over all pages of the results."""
    page = visitors.page(MET_OFFICER, size=PHONE)
    page.goto(f"/search/?q={WORDS}")
    promised, seen = total(page), titles(page)
    while page.get_by_role("link", name="Next page").count():
        page.get_by_role("link", name="Next page").click()
        page.wait_for_load_state()
        seen += titles(page)
    assert len(seen) == len(set(seen)) == promised


def _choose(page: Page, *, facet: str, value: str) -> int:
    """Open the filters, tick one, apply; return the number beside it, which must come true."""
    promised = facet_counts(page)[facet][value]
    tab_to(page, page.locator("summary.search-filters__toggle"))
    page.keyboard.press("Enter")
    expect(page.locator("details.search-filters")).to_have_attribute("open", "")
    tab_to(page, page.locator(f"#search-{facet}-{value}"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Apply filters"))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"[?&]{facet}={value}"))
    assert total(page) == promised
    assert facet_counts(page)[facet][value] == promised
    return promised


def _take_off(page: Page, label: str) -> None:
    chip = _chips(page).filter(has_text=label)
    tab_to(page, chip)
    page.keyboard.press("Enter")
    expect(chip).to_have_count(0)


def _chips(page: Page) -> Locator:
    return page.locator(".moj-filter__tag")


def _types(page: Page) -> set[str]:
    """The type that each result says it is, which follows its marking and other tags."""
    about = ".search-hit .app-list__about > .app-tag + span:not(.app-tag)"
    return set(page.locator(about).all_inner_texts())
