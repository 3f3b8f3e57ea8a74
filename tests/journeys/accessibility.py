"""What axe finds on a page, at both widths and in the dark, and what runs over a phone's edge."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.services.chromium import DESKTOP, PHONE

_RUN = """
([place, rules]) => axe.run(place ?? document, {
  resultTypes: ["violations"],
  // Fetching every style sheet again serves one rule only, which is not among the default ones.
  preload: false,
  ...(rules ? { runOnly: { type: "rule", values: rules } } : {}),
})
"""
# The menu around our pages in the admin is Wagtail's.
OURS_IN_THE_ADMIN = "main"


def faults_of(page: Page, *, on_a_phone_only: bool = False) -> list[str]:
    """All that is wrong at either width, and what cannot be read at night; or nothing."""
    page.evaluate(AXE_SCRIPT)
    if on_a_phone_only:
        return _faults_at(page, PHONE)
    found = [fault for size in (DESKTOP, PHONE) for fault in _faults_at(page, size)]
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in _violations(page, rules=["color-contrast"])]
    page.emulate_media(color_scheme="light")
    return found


def _faults_at(page: Page, size: tuple[int, int]) -> list[str]:
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    wide: int = page.evaluate("document.documentElement.scrollWidth")
    sideways = [f"{width}: scrolls sideways, to {wide}"] if wide > width else []
    return sideways + [f"{width}: {one}" for one in _violations(page)]


def _violations(page: Page, *, rules: list[str] | None = None) -> list[str]:
    place = OURS_IN_THE_ADMIN if "/admin/" in page.url else None
    found: list[dict[str, Any]] = page.evaluate(_RUN, [place, rules])["violations"]
    return [f"{one['id']}: {one['help']}: {_nodes(one)}" for one in found]


def _nodes(violation: dict[str, Any]) -> str:
    return "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:5])
