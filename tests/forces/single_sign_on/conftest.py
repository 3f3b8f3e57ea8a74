"""A provider for Kent, a hostile one beside it, and a browser that goes there and back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from audit.models import Entry
from forces.models import EmailDomain, IdentityProvider, Organisation
from tests.guidance.scene import Cast
from tests.services.identity_provider.process import CLIENT_ID, SECRET, Provider, running_provider

BACK = "http://testserver/accounts/force/kent/"


@pytest.fixture(scope="session")
def kents_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with running_provider(tmp_path_factory.mktemp("kent"), redirects=[BACK]) as provider:
        yield provider


@pytest.fixture(scope="session")
def hostile_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with running_provider(tmp_path_factory.mktemp("hostile"), redirects=[BACK]) as provider:
        yield provider


@pytest.fixture
def kent(cast: Cast, kents_provider: Provider, settings: Settings) -> Iterator[IdentityProvider]:
    """Kent signs in with its own accounts."""
    settings.SSO_CLIENT_SECRETS = {"kent": SECRET}
    organisation = Organisation.objects.get(slug="kent")
    EmailDomain.objects.create(domain="kent.police.example", organisation=organisation)
    yield IdentityProvider.objects.create(
        slug="kent",
        organisation=organisation,
        issuer=kents_provider.issuer,
        tenant="tenant-of-kent",
        client_id=CLIENT_ID,
        author_claim="Portal.Author",
    )
    kents_provider.forget()


@dataclass
class Visit:
    """A browser at the portal, and the provider where it signs in."""

    browser: Client
    provider: Provider

    def onward(self, **posted: str) -> str:
        """Where the portal sends somebody who has chosen Kent."""
        answer = self.browser.post("/accounts/force/", {"force": "kent", **posted})
        return onward_in(answer)

    def sign_in(self, subject: str, **posted: str) -> Any:
        """There and back; the portal's last answer."""
        back = self.provider.sign_in(self.onward(**posted), subject=subject)
        assert back.startswith(BACK), back
        return self.browser.get(back, follow=True)


def onward_in(answer: Any) -> str:
    """The address behind the link that leads on to the provider."""
    assert answer.status_code == 200, answer.status_code
    found = re.search(r'id="onward"[^>]*href="([^"]+)"', answer.content.decode())
    assert found is not None
    return html.unescape(found[1])


@pytest.fixture
def visit(kent: IdentityProvider, kents_provider: Provider) -> Callable[[], Visit]:
    return lambda: Visit(Client(), kents_provider)


def last_refusal() -> str:
    """What the trail says of the last sign-in that failed."""
    row = Entry.objects.filter(event="sign-in-failed").order_by("pk").last()
    return row.reason if row else ""
