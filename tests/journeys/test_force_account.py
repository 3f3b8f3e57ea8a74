"""An officer signs in with the force's account: asks, is let in, and reads the page they wanted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.visitors import MET_LEAD, MET_OFFICER, Visitors
from tests.services.chromium import PHONE, take_picture
from tests.services.identity_provider.process import CLIENT_ID, Provider, running_provider
from tests.services.running_portal import RunningPortal

_CONNECT = """
from forces.models import IdentityProvider, Organisation
met = Organisation.objects.get(slug="metropolitan")
IdentityProvider.objects.create(
    slug="met-own", organisation=met, issuer={issuer!r}, client_id={client_id!r}
)
"""


@pytest.fixture
def provider(portal: RunningPortal, tmp_path: Path) -> Iterator[Provider]:
    back = f"{portal.address}/accounts/force/met-own/"
    with running_provider(tmp_path / "met", redirects=[back]) as running:
        connect = _CONNECT.format(issuer=running.issuer, client_id=CLIENT_ID)
        portal.manage("shell", "--no-imports", "-c", connect)
        yield running


def test_from_the_forces_own_sign_in_to_the_page(visitors: Visitors, provider: Provider) -> None:
    provider.claim("robin", email="robin@metropolitan.police.example")
    page = visitors.page(size=PHONE)
    wanted = _address_of_some_page(visitors.page(MET_OFFICER))
    _sign_in_at_the_force(page, wanted)
    expect(page.get_by_role("heading", name="Your lead has been asked")).to_be_visible()
    take_picture(page, "f-your-lead-has-been-asked")

    lead = visitors.page(MET_LEAD)
    lead.goto("/people/invitations/")
    lead.get_by_role("link", name="Look and let in robin@").click()
    expect(lead.get_by_role("heading", name="Let Robin in")).to_be_visible()
    take_picture(lead, "f-let-robin-in")
    lead.get_by_role("button", name="Let them in").click()
    expect(lead.get_by_text("Robin can sign in with the force’s account now")).to_be_visible()

    _sign_in_at_the_force(page, wanted)
    expect(page).to_have_url(f"{visitors.portal.address}{wanted}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def _sign_in_at_the_force(page: Page, wanted: str) -> None:
    page.goto(wanted)
    page.get_by_role("link", name="Sign in with your force’s account").click()
    take_picture(page, "f-choose-your-force")
    page.get_by_label("Your force").select_option("met-own")
    page.get_by_role("button", name="Continue").click()
    # The page in between goes on by itself; the second time the force knows who it is.
    expect(page.get_by_role("heading", name="On to your force’s sign-in")).not_to_be_visible()
    if page.get_by_role("heading", name="A force's sign-in").is_visible():
        page.get_by_label("Name").fill("robin")
        page.get_by_role("button", name="Sign in").click()


def _address_of_some_page(page: Page) -> str:
    page.goto("/guidance/")
    address = page.locator(".app-list__title a").first.get_attribute("href")
    assert address is not None
    return address
