"""The portal as a SAML 2.0 service provider: its addresses, what it asks, and for what.

Nothing of ours is signed or encrypted, and there is no single logout: so there is no key to keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import quoteattr

from allauth.utils import build_absolute_uri
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.http import HttpRequest
from django.urls import reverse
from onelogin.saml2.authn_request import OneLogin_Saml2_Authn_Request
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Words
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from forces.models import IdentityProvider


@dataclass(frozen=True, slots=True)
class Ours:
    """By what one force's provider knows the portal."""

    # The address of our metadata is our name, as the standard proposes.
    entity_id: str
    takes_answers_at: str

    @property
    def as_request(self) -> dict[str, str]:
        """The address that takes answers, as python3-saml wants the request that brought one."""
        parts = urlsplit(self.takes_answers_at)
        secure = "on" if parts.scheme == "https" else "off"
        return {"https": secure, "http_host": parts.netloc, "script_name": parts.path}


@dataclass(frozen=True, slots=True)
class Question:
    """An AuthnRequest: its id, which the answer must name, and the address that carries it."""

    request_id: str
    address: str


def ours_for(request: HttpRequest, *, slug: str) -> Ours:
    """Our addresses for one provider, at the host that the browser asks."""
    names = ("force_account_metadata", "force_account_acs")
    return Ours(*(build_absolute_uri(request, reverse(name, args=[slug])) for name in names))


def toolkit_for(provider: IdentityProvider, *, ours: Ours) -> OneLogin_Saml2_Settings:
    """python3-saml's settings; nothing of what it would ask or accept by itself is left to it."""
    certificates = x509.load_pem_x509_certificates(provider.certificate.encode())
    pem = [one.public_bytes(Encoding.PEM).decode() for one in certificates]
    told: dict[str, Any] = {
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": ours.entity_id,
            "assertionConsumerService": {
                "url": ours.takes_answers_at,
                "binding": Words.BINDING_HTTP_POST,
            },
            "NameIDFormat": Words.NAMEID_PERSISTENT,
        },
        "idp": {
            "entityId": provider.issuer,
            # It is written into XML as it stands, and may have a query.
            "singleSignOnService": {"url": quoteattr(provider.sso_address)[1:-1]},
            "x509certMulti": {"signing": pem},
        },
        "security": {
            "wantAssertionsSigned": True,
            "rejectDeprecatedAlgorithm": True,
            # By itself it would ask for a password.
            "requestedAuthnContext": False,
            # The subject may be an attribute.
            "wantNameId": False,
            # Metadata that a force has stored does not end by itself.
            "metadataValidUntil": "",
            "metadataCacheDuration": "",
            # Hosts of a test are; IdentityProvider.clean has looked at the address.
            "allowSingleLabelDomains": True,
        },
    }
    return OneLogin_Saml2_Settings(told)


def question_to(provider: IdentityProvider, *, ours: Ours, again: bool) -> Question:
    """Ask who somebody is; `again` has them prove it even where the provider knows them still."""
    asked = OneLogin_Saml2_Authn_Request(toolkit_for(provider, ours=ours), force_authn=again)
    query = urlencode({"SAMLRequest": asked.get_request()})
    joint = "&" if urlsplit(provider.sso_address).query else "?"
    return Question(asked.get_id(), f"{provider.sso_address}{joint}{query}")


def metadata_for(provider: IdentityProvider, *, ours: Ours) -> str:
    """What a force imports to know the portal."""
    metadata: str = toolkit_for(provider, ours=ours).get_sp_metadata()
    return metadata
