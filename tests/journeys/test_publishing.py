"""A hub editor writes, another person approves, and officers of two forces find it or do not."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.evaluation import RARE_WORD, TITLE, choose_action, fill_in, open_tab
from tests.journeys.searching import search_for, titles, wait_until_found
from tests.journeys.visitors import (
    HUB_APPROVER,
    HUB_EDITOR,
    MET_OFFICER,
    WEST_MIDLANDS_OFFICER,
    Visitors,
)
from tests.services.chromium import PHONE, take_picture

NEW_EVALUATION = "New evaluation finding"
COUNT_OF_NONE = re.compile(r"Once published: 0 forces, (\d+) people")
COUNT_OF_ONE = re.compile(r"Once published: 1 force, (\d+) people")
COUNT_OF_SOME = re.compile(r"Once published: \d\d forces, (\d+) people")


def test_an_evaluation_goes_from_the_editor_to_the_officers_it_is_for(visitors: Visitors) -> None:
    """Through the admin's own forms, with nobody approving what they wrote."""
    editor = visitors.page(HUB_EDITOR)
    _write(editor)
    _choose_the_met(editor)
    _submit(editor)
    _cannot_approve(editor)

    officer = visitors.page(MET_OFFICER)
    search_for(officer, RARE_WORD)
    assert TITLE not in titles(officer)

    _approve(visitors.page(HUB_APPROVER))

    wait_until_found(officer, TITLE)
    _reads(officer)
    stranger = visitors.page(WEST_MIDLANDS_OFFICER, size=PHONE)
    _finds_nothing(stranger, address=officer.url)


def _write(page: Page) -> None:
    """From the admin's first page to a saved draft; an empty form is sent back first."""
    page.goto("/")
    page.get_by_role("link", name="Write", exact=True).click()
    page.get_by_role("link", name=NEW_EVALUATION).click()
    choose_action(page, "Submit to")
    expect(page.locator(".messages")).to_contain_text("validation errors")
    expect(page.locator("#panel-child-content-title-section")).to_contain_text("required")
    fill_in(page)
    open_tab(page, "Access and marking")
    expect(page.get_by_text("Save a draft first")).to_be_visible()
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator(".messages")).to_contain_text("created")


def _choose_the_met(page: Page) -> None:
    """The count follows the boxes, before anything is saved."""
    open_tab(page, "Access and marking")
    nobody_else = _counted(page, COUNT_OF_NONE)
    page.get_by_label("All forces, and the hub").check()
    everybody = _counted(page, COUNT_OF_SOME)
    page.get_by_label("My own force").uncheck()
    page.get_by_label("All forces, and the hub").uncheck()
    page.get_by_label("Metropolitan Police Service").check()
    only_the_met = _counted(page, COUNT_OF_ONE)
    assert 0 < nobody_else < only_the_met < everybody
    take_picture(page, "a-who-will-see-this")


def _counted(page: Page, expected: re.Pattern[str]) -> int:
    """Wait for the sentence, and take the number of people from it."""
    sentence = page.locator("[data-reach-url]")
    expect(sentence).to_have_text(expected)
    found = expected.search(sentence.inner_text())
    assert found
    return int(found[1])


def _submit(page: Page) -> None:
    choose_action(page, "Submit to")
    expect(page.locator(".messages")).to_contain_text("submitted")


def _cannot_approve(page: Page) -> None:
    """The last editor finds it in review, with no way to approve or publish it."""
    page.get_by_role("link", name=TITLE).first.click()
    expect(page.locator(".messages")).to_contain_text("awaiting 'Hub approver'")
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("button", name="Cancel workflow")).to_be_visible()
    for word in ("Approve", "Publish"):
        expect(page.locator("footer").get_by_text(word)).to_have_count(0)
    take_picture(page, "a-editor-in-review")


def _approve(page: Page) -> None:
    """The second person finds it on the first page, reads it, and agrees to who will see it."""
    page.goto("/admin/")
    row = page.get_by_role("row").filter(has_text=TITLE)
    row.get_by_role("button", name="Actions").click()
    take_picture(page, "a-approver-first-page")
    row.get_by_role("button", name="Approve").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("I have read this page").check()
    take_picture(page, "a-approver-agrees")
    dialog.get_by_role("button", name="Approve").click()
    expect(row).to_have_count(0)


def _reads(page: Page) -> None:
    """The officer opens the hit: finding, EMMIE and figure are there."""
    take_picture(page, "a-found")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)
    expect(page.get_by_text("Fewer fights followed where")).to_be_visible()
    expect(
        page.get_by_role("img", name=re.compile("Rate ratio|Fights|forest", re.I))
    ).to_be_visible()
    take_picture(page, "a-read")


def _finds_nothing(page: Page, *, address: str) -> None:
    """For the other force there is no such page, not even by its address."""
    search_for(page, RARE_WORD)
    assert TITLE not in titles(page)
    take_picture(page, "a-not-found")
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 404
    assert TITLE not in page.content()
