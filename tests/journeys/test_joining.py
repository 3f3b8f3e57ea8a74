"""From the mail that invites an officer to the first hit of a search, on a phone."""

from __future__ import annotations

import email
import re
from email import policy

from playwright.sync_api import Page, expect

from tests.journeys.authenticator import code_now
from tests.journeys.visitors import MET_LEAD, Visitors
from tests.services.chromium import PHONE, take_picture
from tests.services.running_portal import RunningPortal

EMAIL = "night.shift@metropolitan.police.example"
PASSWORD = "seven-kettles-on-a-barge"


def test_an_invited_officer_finds_the_first_page(visitors: Visitors, portal: RunningPortal) -> None:
    """Three fields, one code: then the page that one was sent, and a search."""
    lead = visitors.page(MET_LEAD)
    _invite(lead)
    lead.goto("/guidance/")
    sent = lead.locator('main a[href^="/GD-"]').first.get_attribute("href") or ""

    page = visitors.page(size=PHONE)
    page.goto(sent)
    expect(page).to_have_url(re.compile(r"/accounts/login/"))
    page.goto(_link_in_mail(portal))
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    take_picture(page, "i-welcome")
    page.get_by_label("Your name").fill("Night shift officer")
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    secret = page.locator(".app-secret").inner_text().strip()
    # A code may end while it is on its way; the next one does not end at once.
    for _ in range(2):
        if page.locator(".app-secret").count():
            page.get_by_role("textbox", name="code").fill(code_now(secret))
            with page.expect_navigation():
                page.get_by_role("button", name="Finish").click()
    page.get_by_role("button", name="I have saved them").click()
    expect(page).to_have_url(re.compile(f"{sent}$"))

    take_picture(page, "i-first-page")
    page.locator("[data-search]").first.fill("drill video threat")
    page.get_by_role("button", name="Search").first.click()
    first = page.locator(".app-hit__title a, .app-list__title a").first
    expect(first).to_be_visible()
    take_picture(page, "i-first-search")
    first.click()
    expect(page.locator("main")).to_contain_text(re.compile(r"(GD|LS|EV|PL)-\w{5}"))


def _invite(page: Page) -> None:
    page.goto("/people/invitations/")
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Officer").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("heading", name=EMAIL)).to_be_visible()


def _link_in_mail(portal: RunningPortal) -> str:
    for file in (portal.folder / "mail").iterdir():
        for text in file.read_bytes().split(b"-" * 79):
            message = email.message_from_bytes(text.lstrip(), policy=policy.default)
            found = re.search(r"(/join/\S+/)", message.as_string())
            if message["To"] == EMAIL and found:
                return found[1]
    raise AssertionError("no mail with a link")
