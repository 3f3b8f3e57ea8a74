"""An officer of a force that has only SAML comes back from another site, and reads their page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from tests.journeys.visitors import Visitors
from tests.services.running_portal import RunningPortal
from tests.services.saml_provider.process import SamlProvider, running_saml_provider

EMAIL = "jo.saml@metropolitan.police.example"
_CONNECT = """
from access.vocabulary import Role
from forces.models import IdentityProvider, Organisation
from forces.services import create_person, tie_force_account
from forces.single_sign_on.claims import uid_of
met = Organisation.objects.get(slug="metropolitan")
row = IdentityProvider(
    slug="met-saml", organisation=met, kind="saml",
    issuer={issuer!r}, sso_address={address!r}, certificate={certificate!r},
)
row.full_clean()
row.save()
officer = create_person(
    email={email!r}, name="Jo", organisation=met, roles=[Role.OFFICER]
)
tie_force_account(officer, provider=row, uid=uid_of(row, subject="jo"), by="system")
"""


@pytest.fixture
def provider(portal: RunningPortal, tmp_path: Path) -> Iterator[SamlProvider]:
    with running_saml_provider(tmp_path / "met") as running:
        connect = _CONNECT.format(
            issuer=running.issuer,
            address=running.address,
            certificate=running.certificate,
            email=EMAIL,
        )
        portal.manage("shell", "--no-imports", "-c", connect)
        yield running


def test_the_answer_from_another_site_finds_the_browser_that_asked(
    visitors: Visitors, provider: SamlProvider
) -> None:
    """The post comes without our cookies (`SameSite=Lax`), what follows it with them."""
    methods = "http://schemas.microsoft.com/claims/authnmethodsreferences"
    provider.tell("jo", attributes={"mail": EMAIL, methods: ["mfa"]})
    page = visitors.page()
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))  # noqa: PLW0108 - a method takes no mark
    page.goto("/account/")
    page.get_by_role("link", name="Sign in with your force’s account").click()
    page.get_by_label("Your force").select_option("met-saml")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill("jo")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{visitors.portal.address}/account/")
    cookies = {one.url: one.all_headers().get("cookie", "") for one in asked}
    back = f"{visitors.portal.address}/accounts/force/met-saml"
    assert cookies[f"{back}/acs/"] == ""
    assert "force-answer=" in cookies[f"{back}/finish/"]
    assert "sessionid=" in cookies[f"{back}/finish/"]
