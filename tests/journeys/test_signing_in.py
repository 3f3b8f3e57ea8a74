"""A new officer gets in by a link to a page: password, second factor, and the page itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.authenticator import another_code, code_now
from tests.journeys.visitors import KENT_OFFICER, Visitors
from tests.services.chromium import PHONE, take_picture
from tests.services.running_portal import RunningPortal

NAME = "New Kent officer"
EMAIL = "newcomer@kent.police.example"
MAIL = re.compile("E-?mail")
PASSWORD = "nine-lighthouses-in-fog"
# A code may end while it is on its way; the next one does not end at once.
TRIES = 2


@pytest.fixture(scope="module")
def first_password_link(portal: RunningPortal) -> str:
    """The address that a new officer is sent, to choose a first password at."""
    words = ("--name", NAME, "--organisation", "kent", "--role", "officer")
    printed = portal.manage("create_person", EMAIL, *words, "--print-reset-link")
    return printed.split()[-1]


def test_a_new_officer_gets_in_and_comes_back(visitors: Visitors, first_password_link: str) -> None:
    """Each time to the page that the link was for, and not by a wrong password or code."""
    wanted = _address_of_some_page(visitors.page(KENT_OFFICER))
    page = visitors.page(size=PHONE)
    page.goto(first_password_link)
    _choose_password(page)

    page.goto(wanted)
    _enter_password(page)
    secret = _enrol(page)
    _keep_recovery_codes(page)
    _is_at(page, wanted)

    _sign_out(page)
    page.goto(wanted)
    _enter_password(page)
    _is_no_further(page, wanted)
    _enter_code(page, secret)
    _is_at(page, wanted)
    take_picture(page, "d-back-at-the-page")


def _address_of_some_page(page: Page) -> str:
    page.goto("/guidance/")
    address = page.locator(".app-list__title a").first.get_attribute("href")
    assert address is not None
    return address


def _is_at(page: Page, address: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(address) + "$"))
    expect(page.locator("main")).to_contain_text(address.strip("/"))


def _choose_password(page: Page) -> None:
    """One that anybody would guess is sent back with the reason."""
    heading = page.get_by_role("heading", name="Choose a new password")
    expect(heading).to_be_visible()
    for password in ("password", PASSWORD):
        fields = page.locator("input[type=password]")
        fields.first.fill(password)
        fields.last.fill(password)
        page.get_by_role("button", name="Change password").click()
        if password != PASSWORD:
            expect(page.get_by_role("alert")).to_contain_text("too short")
            take_picture(page, "d-weak-password")
    expect(page.get_by_role("link", name="Sign in with the new password")).to_be_visible()


def _enter_password(page: Page) -> None:
    """A wrong one first: the message leads on, and the address need not be typed again."""
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label(MAIL).fill(EMAIL)
    for password in ("not-the-password", PASSWORD):
        page.get_by_label("Password", exact=True).fill(password)
        page.get_by_role("button", name="Sign in").click()
        if password != PASSWORD:
            expect(page.get_by_role("alert")).to_contain_text("password")
            expect(page.get_by_label(MAIL)).to_have_value(EMAIL)
            take_picture(page, "d-wrong-password")


def _is_no_further(page: Page, address: str) -> None:
    """A password alone opens nothing: every page asks for the code again."""
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()


def _enrol(page: Page) -> str:
    """From the secret on the page; a wrong code is answered by what to do next."""
    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()
    take_picture(page, "d-second-factor")
    secret = page.locator(".app-secret").inner_text().strip()
    _enter_wrong_code(page, secret, button="Finish")
    take_picture(page, "d-wrong-code-at-first")
    assert page.locator(".app-secret").inner_text().strip() == secret
    _send_code(page, secret, button="Finish")
    return secret


def _enter_code(page: Page, secret: str) -> None:
    expect(page.get_by_role("heading", name="Enter your code")).to_be_visible()
    _enter_wrong_code(page, secret, button="Sign in")
    take_picture(page, "d-wrong-code")
    _send_code(page, secret, button="Sign in")


def _enter_wrong_code(page: Page, secret: str, *, button: str) -> None:
    page.get_by_role("textbox", name="code").fill(another_code(secret))
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("alert")).to_contain_text("Wait for the next one in your app")


def _send_code(page: Page, secret: str, *, button: str) -> None:
    for _ in range(TRIES):
        page.get_by_role("textbox", name="code").fill(code_now(secret))
        with page.expect_navigation():
            page.get_by_role("button", name=button).click()
        if not page.get_by_role("alert").count():
            return


def _keep_recovery_codes(page: Page) -> None:
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".app-codes li")).to_have_count(10)
    take_picture(page, "d-recovery-codes")
    page.get_by_role("button", name="I have saved them").click()


def _sign_out(page: Page) -> None:
    """From the account page; and what was seen there does not come back by the back button."""
    page.goto("/account/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign out")).to_be_visible()
    take_picture(page, "d-sign-out")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/account/")
    page.go_back()
    page.go_back()
    expect(page.get_by_text(EMAIL)).to_have_count(0)
