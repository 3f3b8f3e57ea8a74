"""A real Chromium, driven by playwright, with nothing in it that would look for the internet."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.services.availability import missing

# The first is the same browser without the parts that draw windows: a third less work.
PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PICTURES = Path(__file__).resolve().parent.parent / "journeys" / "pictures"
DESKTOP = (1280, 900)
PHONE = (360, 740)


def chromium_program() -> str | None:
    """Find the browser: the one CHROMIUM names, or the machine's."""
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, PROGRAMS)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all journeys of a worker."""
    program = chromium_program()
    if program is None:
        missing("Chromium", remedy="Install it (Debian: apt-get install chromium-headless-shell).")
    # playwright's synchronous interface runs an event loop in this thread, and Django refuses
    # the database to any thread with a running loop.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(SWITCHES))
        yield started
        started.close()


def take_picture(page: Page, name: str) -> Path:
    """Save what the page looks like, for a person to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    width = (page.viewport_size or {"width": 0})["width"]
    path = PICTURES / f"{name}-{width}.png"
    page.screenshot(path=path, full_page=True)
    return path
