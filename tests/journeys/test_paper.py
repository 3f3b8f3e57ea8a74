"""What leaves the printer says whose copy it is, of what, from when, and how it is marked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.visitors import MET_OFFICER, Visitors
from tests.services.chromium import take_picture

# A sensitive page of the demo library, a list of such, and pages of the frame alone.
ADDRESSES = ("/guidance/", "/search/?q=emergency", "/platforms/", "/account/", "/help/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_page_of_a_reader_prints_its_reader_address_time_and_marking(
    visitors: Visitors, address: str
) -> None:
    """And none of what cannot be pressed on paper; on the screen that line is not shown."""
    page = visitors.page(MET_OFFICER)
    page.goto(address)
    line = page.locator(".app-paper")
    expect(line).to_be_hidden()
    page.emulate_media(media="print")
    expect(line).to_be_visible()
    expect(line).to_contain_text(f"Paper copy of {address.partition('?')[0]}, opened by ")
    expect(line).to_contain_text("(Met)")
    expect(line.locator(".app-opened-at")).to_have_text(re.compile(r"^\d+ \w+ \d{4}, \d\d:\d\d$"))
    expect(page.locator(".app-marking:visible")).to_have_count(2)
    expect(page.locator(".app-navigation, .app-urgent, .app-search:visible").first).to_be_hidden()
    take_picture(page, f"paper-{address.strip('/').partition('/')[0]}")
