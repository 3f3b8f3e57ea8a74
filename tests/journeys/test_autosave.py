"""Whoever writes is never told that somebody else saved, when it was their own editor."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.journeys.evaluation import choose_action, fill_in, open_tab
from tests.journeys.visitors import HUB_EDITOR, Visitors

# Asks the editor to save what changed, and answers whether it would.
_MAY_SAVE = """() => new Promise((answer) => {
    const heard = (event) => answer(!event.defaultPrevented);
    window.addEventListener("w-autosave:save", heard, { capture: true });
    const changed = new CustomEvent("w-unsaved:add", { bubbles: true });
    document.querySelector("#page-edit-form").dispatchEvent(changed);
})"""


@pytest.fixture
def editor(visitors: Visitors) -> Page:
    """Where a new evaluation is written."""
    page = visitors.page(HUB_EDITOR)
    page.goto("/")
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_role("link", name="New evaluation finding").click()
    return page


def test_what_was_saved_by_itself_is_submitted(editor: Page) -> None:
    """First while the page is new, then when it is opened again."""
    fill_in(editor)
    _call_it(editor, "Autosaved once")
    _was_saved_by_itself(editor)
    editor.get_by_role("button", name="Save draft").click()
    expect(editor.locator(".messages")).to_contain_text("updated")
    _call_it(editor, "Autosaved twice")
    _was_saved_by_itself(editor)
    choose_action(editor, "Submit to")
    expect(editor.locator(".messages")).to_contain_text("has been submitted")
    expect(editor.get_by_role("link", name="Autosaved twice")).to_be_visible()


def test_a_button_waits_for_the_save_on_its_way(editor: Page) -> None:
    """A new page is made once, with the words that stood there last; so is what is submitted."""
    held = _hold_autosave(editor)
    with editor.expect_request(_is_autosave):
        fill_in(editor)
        _call_it(editor, "Held once")
        _save_by_itself(editor)
    _call_it(editor, "Held twice")
    choose_action(editor, "Submit to")
    assert "/add/" in editor.url
    for route in held:
        route.continue_()
    expect(editor.locator(".messages")).to_contain_text("submitted for moderation")
    # The message stands above the list, which may still be on its way.
    editor.wait_for_load_state()
    assert re.findall(r"Held \w+", editor.locator("main").inner_text()) == ["Held twice"]


def test_what_was_refused_is_not_saved_by_itself(editor: Page) -> None:
    """Only what is written after it: who was overtaken has read why by then."""
    fill_in(editor)
    _call_it(editor, "Opened twice")
    editor.get_by_role("button", name="Save draft").click()
    # Where the editor was faster, it has made the page by itself.
    expect(editor.locator(".messages")).to_contain_text(re.compile("created|updated"))
    faster = editor.context.new_page()
    faster.goto(editor.url)
    _call_it(faster, "Saved first")
    faster.get_by_role("button", name="Save draft").click()
    expect(faster.locator(".messages")).to_contain_text("updated")
    _call_it(editor, "Saved second")
    with editor.expect_navigation():
        editor.get_by_role("button", name="Save draft").click()
    expect(editor.locator(".messages")).to_contain_text("Somebody saved this page")
    assert not editor.evaluate(_MAY_SAVE)
    indicator = editor.locator("#w-autosave-indicator")
    expect(indicator).not_to_have_attribute("data-w-autosave-state-value", "saving")
    _call_it(editor, "Written after it")
    _was_saved_by_itself(editor)


def _call_it(page: Page, title: str) -> None:
    open_tab(page, "Content")
    page.locator("[name=title]").fill(title)


def _save_by_itself(page: Page) -> None:
    """At once: the editor looks for changes twice a second, and not in its first two seconds."""
    page.wait_for_load_state()
    page.locator("#page-edit-form").dispatch_event("w-unsaved:add")


def _was_saved_by_itself(page: Page) -> None:
    with page.expect_response(lambda response: _is_autosave(response.request)):
        _save_by_itself(page)
    expect(page.locator("#w-autosave-indicator")).to_have_attribute(
        "data-w-autosave-state-value", "saved"
    )


def _is_autosave(request: Request) -> bool:
    return request.method == "POST" and request.headers.get("accept") == "application/json"


def _hold_autosave(page: Page) -> list[Route]:
    """Keep what the editor sends by itself from the portal, until it is let go."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        if _is_autosave(route.request):
            held.append(route)
        else:
            route.continue_()

    page.route("**/admin/pages/**", hold)
    return held
