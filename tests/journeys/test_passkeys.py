"""A passkey instead of password and code, with an authenticator that Chromium plays."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.visitors import Visitors
from tests.services.chromium import PHONE, take_picture
from tests.services.running_portal import RunningPortal

EMAIL = "keyholder@essex.police.example"
PASSWORD = "eleven-herons-on-a-roof"
# The proofs of all the key holder's sessions, half an hour older.
LATER = f"""
from forces.models import PersonSession
from forces.sessions import SessionStore
for row in PersonSession.objects.filter(user__email={EMAIL!r}):
    session = SessionStore(row.session_key)
    for proof in session["account_authentication_methods"]:
        proof["at"] -= 1800
    session.save(must_create=False)
"""
OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """The part of a phone that keeps passkeys and asks for a finger."""

    def __init__(self, page: Page) -> None:
        self._connection = page.context.new_cdp_session(page)
        self._connection.send("WebAuthn.enable")
        added: dict[str, Any] = self._connection.send(
            "WebAuthn.addVirtualAuthenticator", {"options": OPTIONS}
        )
        self._named = {"authenticatorId": added["authenticatorId"]}

    def knows_the_finger(self, known: bool) -> None:
        """Whether the next finger is the owner's."""
        state = {**self._named, "isUserVerified": known}
        self._connection.send("WebAuthn.setUserVerified", state)


@pytest.fixture(scope="module")
def first_password_link(portal: RunningPortal) -> str:
    words = ("--name", "Key holder", "--organisation", "essex", "--role", "officer")
    printed = portal.manage("create_person", EMAIL, *words, "--print-reset-link")
    return printed.split()[-1]


def test_a_passkey_is_added_and_signs_in_alone(
    visitors: Visitors, portal: RunningPortal, first_password_link: str
) -> None:
    page = visitors.page(size=PHONE)
    # A browser offers passkeys on a name only, never on an address of numbers.
    home = f"http://localhost:{portal.port}"
    device = Device(page)
    page.goto(home + first_password_link)
    _choose_password(page)
    page.goto(f"{home}/")
    page.get_by_label(re.compile("E-?mail")).fill(EMAIL)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    page.get_by_role("link", name="Add a passkey instead").click()
    take_picture(page, "e-add-a-passkey")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name=re.compile("recovery codes", re.I))).to_be_visible()

    _sign_out(page, home)
    page.goto(f"{home}/account/")
    device.knows_the_finger(known=False)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    take_picture(page, "e-passkey-refused")
    device.knows_the_finger(known=True)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("With a second factor")).to_be_visible()
    take_picture(page, "e-signed-in-by-passkey")

    # Half an hour later the finger is asked for again before anything leaves the portal.
    portal.manage("shell", "--no-imports", "-c", LATER)
    _take_results_out(page, home, device)


def _take_results_out(page: Page, home: str, device: Device) -> None:
    page.goto(f"{home}/search/?q=threat")
    page.get_by_role("link", name="Results as a table").click()
    expect(page).to_have_url(re.compile("/passkeys/reauthenticate/"))
    take_picture(page, "e-asked-for-a-finger-again")
    device.knows_the_finger(known=False)
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("The passkey was not used")
    # What was wanted comes with the proof.
    device.knows_the_finger(known=True)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Use your passkey").click()
    assert taken.value.suggested_filename.endswith(".csv")


def _choose_password(page: Page) -> None:
    fields = page.locator("input[type=password]")
    fields.first.fill(PASSWORD)
    fields.last.fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("link", name="Sign in with the new password")).to_be_visible()


def _sign_out(page: Page, home: str) -> None:
    page.goto(f"{home}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
