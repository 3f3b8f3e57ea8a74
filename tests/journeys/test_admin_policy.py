"""The admin works under the policy that portal.headers sends with it."""

from __future__ import annotations

from playwright.sync_api import expect

from portal.headers import WITH_SCRIPTS
from tests.journeys.visitors import HUB_EDITOR, Visitors, wait_for_icons


def test_listing_editing_preview_and_history_work(visitors: Visitors) -> None:
    """From the list of a section to a page's form, its preview and its history."""
    page = visitors.page(HUB_EDITOR)
    page.goto("/admin/pages/")
    page.locator("a[href*='/edit/']").first.click()
    expect(page.get_by_role("button", name="More actions")).to_be_visible()
    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("iframe[src*='/preview/']")
    expect(preview.get_by_role("heading", level=1)).to_be_visible()
    assert WITH_SCRIPTS.search(page.url)
    page.goto(page.url.replace("/edit/", "/history/"))
    wait_for_icons(page)


def test_a_script_that_somebody_brought_in_does_not_run(visitors: Visitors) -> None:
    """Where Wagtail needs no script of its own, none runs."""
    page = visitors.page(HUB_EDITOR)
    page.goto("/admin/images/")
    page.evaluate(
        "const s = document.createElement('script');"
        "s.textContent = 'window.broughtIn = true'; document.body.append(s)"
    )
    assert page.evaluate("window.broughtIn") is None
    assert len(visitors.complaints) == 1
    visitors.complaints.clear()
