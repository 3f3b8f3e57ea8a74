"""The search page as a reader uses it: results, counts, and waiting for the worker."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page

from tests.journeys.visitors import PATIENCE_MS


def search_for(page: Page, words: str) -> None:
    """Open the search page, type, and send."""
    page.goto("/search/")
    box = page.get_by_label("Search the portal")
    box.fill(words)
    box.press("Enter")
    page.wait_for_url(re.compile(r"[?&]q="))


def titles(page: Page) -> list[str]:
    """The titles of the results on this page."""
    return page.locator(".search-hit h2").all_inner_texts()


def total(page: Page) -> int:
    """The number in "132 results"."""
    words = page.locator(".search-count strong").inner_text()
    return int(words.split()[0])


def wait_until_found(page: Page, title: str) -> None:
    """Reload the results until the worker has brought a new document into the index."""
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while title not in titles(page):
        assert time.monotonic() < deadline, f"“{title}” was not found: {titles(page)}"
        page.reload()


def facet_counts(page: Page) -> dict[str, dict[str, int]]:
    """The number beside each value of each facet, folded ones too."""
    counts: dict[str, dict[str, int]] = {}
    for box in page.locator(".search-facet input[type=checkbox]").all():
        facet, value = box.get_attribute("name") or "", box.get_attribute("value") or ""
        words = page.locator(f"label[for={box.get_attribute('id')}]").text_content() or ""
        counts.setdefault(facet, {})[value] = int(words.rpartition("(")[2].rstrip(")\n "))
    return counts
