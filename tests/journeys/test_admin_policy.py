"""The admin works under the policy that portal.headers sends with it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from portal.headers import WITH_SCRIPTS
from tests.journeys.visitors import ADMINISTRATOR, HUB_EDITOR, Visitors

EDITORS = (
    "/admin/",
    "/admin/images/",
    "/admin/images/add/",
    "/admin/documents/",
    "/admin/documents/multiple/add/",
    "/admin/guidance/import/",
    "/admin/snippets/guidance/term/",
    "/admin/snippets/guidance/term/add/",
    "/admin/snippets/guidance/lawreference/add/",
)
ADMINISTRATORS = ("/admin/", "/admin/organisations/", "/admin/phases/", "/admin/need_to_know/")


@pytest.mark.parametrize(
    ("email", "addresses"), [(HUB_EDITOR, EDITORS), (ADMINISTRATOR, ADMINISTRATORS)]
)
def test_no_page_of_the_admin_breaks_it(
    visitors: Visitors, email: str, addresses: tuple[str, ...]
) -> None:
    """The browser complains of whatever it refuses; the fixture fails for a complaint."""
    page = visitors.page(email)
    for address in addresses:
        page.goto(address)
        page.wait_for_load_state("networkidle")


def test_listing_editing_preview_and_history_work(visitors: Visitors) -> None:
    """From the list of a section to a page's form, its preview and its history."""
    page = visitors.page(HUB_EDITOR)
    page.goto("/admin/pages/")
    page.wait_for_load_state("networkidle")
    page.locator("a[href*='/edit/']").first.click()
    expect(page.get_by_role("button", name="More actions")).to_be_visible()
    page.get_by_role("button", name="Toggle preview").click()
    preview = page.frame_locator("iframe[src*='/preview/']")
    expect(preview.get_by_role("heading", level=1)).to_be_visible()
    assert WITH_SCRIPTS.search(page.url)
    page.goto(page.url.replace("/edit/", "/history/"))
    page.wait_for_load_state("networkidle")


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
