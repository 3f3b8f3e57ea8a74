"""People with a browser each: who they are, how wide their screen is, what their console said."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.services.chromium import DESKTOP, take_picture
from tests.services.running_portal import RunningPortal

HUB_EDITOR = "editor@hub.police.example"
HUB_APPROVER = "approver@hub.police.example"
MET_OFFICER = "officer@metropolitan.police.example"
MET_LEAD = "approver@metropolitan.police.example"
WEST_MIDLANDS_OFFICER = "officer@west-midlands.police.example"
KENT_OFFICER = "officer@kent.police.example"
WAITING_OFFICER = "officer@cnc.police.example"
UNENROLLED_OFFICER = "officer@greater-manchester.police.example"
PARTNER = "worker@riverside-youth-trust.example"
AUDITOR = "auditor@oversight.police.example"
ADMINISTRATOR = "administrator@hub.police.example"
PERSONAS = (
    HUB_EDITOR,
    HUB_APPROVER,
    MET_OFFICER,
    MET_LEAD,
    WEST_MIDLANDS_OFFICER,
    KENT_OFFICER,
    WAITING_OFFICER,
    PARTNER,
    AUDITOR,
    ADMINISTRATOR,
)
# A loaded machine may take this long for one step; none waits longer than it has to.
PATIENCE_MS = 60_000
# Below the five minutes after which some pages ask for a proof, which gives a session another key.
FRESH_FOR_SECONDS = 200

_PRINT_COOKIES = """
from django.core.management import call_command
for email in {emails!r}:
    call_command("session_cookie", email, second_factor=True)
"""


class SessionKeys:
    """A strong session for each person, made anew before its proof is too old for any page.

    One process makes them all, instead of one for each.
    """

    def __init__(self, portal: RunningPortal, emails: tuple[str, ...]) -> None:
        """Keep whose; they are made at the first use."""
        self._portal = portal
        self._emails = emails
        self._keys: dict[str, str] = {}
        self._made_at = 0.0

    def of(self, email: str) -> str:
        """The key of a session that was signed in to just now, or a few minutes ago."""
        if not self._keys or time.monotonic() - self._made_at > FRESH_FOR_SECONDS:
            self._made_at = time.monotonic()
            code = _PRINT_COOKIES.format(emails=self._emails)
            printed = self._portal.manage("shell", "--no-imports", "-c", code).split()
            pairs = zip(self._emails, printed, strict=True)
            self._keys = {email: line.rpartition("=")[2] for email, line in pairs}
        return self._keys[email]

    def changed(self, email: str, key: str) -> None:
        """The session has another key now, which opens what the old one did."""
        self._keys[email] = key


@dataclass
class Visitors:
    """Opens pages for people, and remembers what their browsers complained of."""

    browser: Browser
    portal: RunningPortal
    keys: SessionKeys
    complaints: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)
    _tabs: dict[str, Page] = field(default_factory=dict)
    _tab_keys: dict[str, str] = field(default_factory=dict)

    def page(
        self, email: str = "", *, size: tuple[int, int] = DESKTOP, with_script: bool = True
    ) -> Page:
        """An empty tab of a signed-in person, or of nobody; addresses are the portal's."""
        context = self.browser.new_context(
            base_url=self.portal.address,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=with_script,
            reduced_motion="reduce",
            locale="en-GB",
        )
        context.set_default_timeout(PATIENCE_MS)
        if email:
            self._sign_in(context, email)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        return page

    def tab(self, email: str) -> Page:
        """The tab that somebody has open already, or their first; nobody has one too."""
        key = self.keys.of(email) if email else ""
        if email not in self._tabs:
            self._tabs[email] = self.page(email)
        elif self._tab_keys[email] != key:
            self._sign_in(self._tabs[email].context, email)
        self._tab_keys[email] = key
        return self._tabs[email]

    def has_proved_themselves(self, email: str) -> None:
        """Proving oneself again gives a session another key: other tabs are to come in by it."""
        cookies = self._tabs[email].context.cookies()
        key = next(str(one["value"]) for one in cookies if one["name"] == "sessionid")
        self.keys.changed(email, key)
        self._tab_keys[email] = key

    def _sign_in(self, context: BrowserContext, email: str) -> None:
        key = self.keys.of(email)
        context.add_cookies([{"name": "sessionid", "value": key, "url": self.portal.address}])

    def _listen(self, message: ConsoleMessage) -> None:
        # An answer such as 404 is an error to the console too; only what the page itself
        # did wrong is a complaint.
        if "Content Security Policy" in message.text or "Refused to" in message.text:
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def take_pictures(self, name: str) -> None:
        """What everybody sees at this moment."""
        name = re.sub(r"\W+", "-", name)
        pages = [page for context in self._contexts for page in context.pages]
        for number, page in enumerate(pages, start=1):
            take_picture(page, f"failed-{name}-{number}")

    def leave(self) -> None:
        """Close every tab."""
        self._tabs.clear()
        while self._contexts:
            self._contexts.pop().close()


def wait_for_icons(page: Page) -> None:
    """Until a page of the admin has done everything it does by itself; its icons come last.

    Chromium's "networkidle" is no measure: it sometimes never comes, though every request ended.
    """
    page.locator("[data-sprite] svg").wait_for(state="attached")
