"""A SAML provider for Kent, and a browser that goes there and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from forces.models import EmailDomain, IdentityProvider, Organisation, User
from forces.services import tie_force_account
from forces.single_sign_on.claims import uid_of
from tests.forces.single_sign_on.conftest import onward_in
from tests.guidance.scene import Cast
from tests.services.saml_provider.answers import STRONG
from tests.services.saml_provider.process import Back, SamlProvider, running_saml_provider

ACS = "http://testserver/accounts/force/kent/acs/"


@pytest.fixture(scope="session")
def kents_saml(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamlProvider]:
    with running_saml_provider(tmp_path_factory.mktemp("kent")) as provider:
        yield provider


@pytest.fixture
def kent(cast: Cast, kents_saml: SamlProvider) -> Iterator[IdentityProvider]:
    """Kent signs in with its own accounts."""
    organisation = Organisation.objects.get(slug="kent")
    EmailDomain.objects.create(domain="kent.police.example", organisation=organisation)
    row = IdentityProvider(
        slug="kent",
        organisation=organisation,
        kind=IdentityProvider.Kind.SAML,
        issuer=kents_saml.issuer,
        sso_address=kents_saml.address,
        certificate=kents_saml.certificate,
        strong_classes=STRONG,
        author_claim="Portal.Author",
    )
    row.full_clean()
    row.save()
    yield row
    kents_saml.forget()


@dataclass
class Visit:
    """A browser at the portal, and the provider where it signs in."""

    browser: Client
    provider: SamlProvider

    def onward(self, **posted: str) -> str:
        """Where the portal sends somebody who has chosen Kent."""
        return onward_in(self.browser.post("/accounts/force/", {"force": "kent", **posted}))

    def there(self, subject: str = "sam", **posted: str) -> Back:
        """As far as the provider's answer, which this browser has not posted yet."""
        return self.provider.sign_in(self.onward(**posted), subject=subject)

    def bring(self, answer: str) -> Any:
        """Post an answer as the provider's page does; the portal's last word."""
        taken = self.browser.post(ACS, {"SAMLResponse": answer})
        # The session's cookie does not go with a post from elsewhere; it goes with what follows.
        return self.browser.get(taken.headers["Location"], follow=True)

    def sign_in(self, subject: str = "sam", **posted: str) -> Any:
        """There and back; the portal's last word."""
        back = self.there(subject, **posted)
        assert back.address == ACS
        return self.bring(back.answer)

    @property
    def person(self) -> str:
        """Who is signed in here; nobody is the empty word."""
        return str(self.browser.session.get("_auth_user_id", ""))


def tie(user: User, provider: IdentityProvider, subject: str = "sam") -> None:
    uid = uid_of(provider, subject=subject)
    tie_force_account(user, provider=provider, uid=uid, by="system")


@pytest.fixture
def visit(kent: IdentityProvider, kents_saml: SamlProvider) -> Callable[[], Visit]:
    return lambda: Visit(Client(), kents_saml)
