"""allauth's OpenID Connect, made strict: nonce, signature, issuer, freshness, https."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any
from urllib.parse import urlsplit

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.utils import build_absolute_uri
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from forces.single_sign_on.adapters import PROVIDER, provider_named
from forces.single_sign_on.claims import Refusal, RefusedError, claims_in, identity_in

SCOPES = ["openid", "profile", "email"]
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ForceOAuth2Adapter(OpenIDConnectOAuth2Adapter):
    """Fetches and checks what a provider says."""

    # What was asked with the request that this answers; set by the callback's view.
    asked: dict[str, Any]

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's own description, which must name the issuer we know it by."""
        if not hasattr(self, "_openid_config"):
            described: dict[str, Any] = super().openid_config
            issuer = self.get_provider().app.settings["server_url"]
            addresses = [str(described.get(name, "")) for name in _ENDPOINTS]
            secure = all(urlsplit(one).scheme == "https" for one in addresses)
            if described.get("issuer") != issuer or not (secure or settings.SSO_INSECURE_ISSUERS):
                del self._openid_config
                raise RefusedError(Refusal.TOKEN)
        return dict(self._openid_config)

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Believe the ID token if all of it holds. Raises RefusedError."""
        row = provider_named(app.provider_id)
        if row is None:
            raise RefusedError(Refusal.STATE)
        claims = claims_in(kwargs["response"].get("id_token"), keys=self._keys(), provider=row)
        identity = identity_in(
            claims,
            provider=row,
            nonce=self.asked["nonce"],
            proved_since=dt.datetime.fromtimestamp(self.asked["proved_since"], tz=dt.UTC),
            at=timezone.now(),
        )
        login: SocialLogin = self.get_provider().sociallogin_from_response(
            request, {"uid": identity.uid}
        )
        login.identity = identity
        return login

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """The address that the force has registered for us."""
        address = reverse("force_account_callback", args=[app.provider_id])
        absolute: str = build_absolute_uri(request, address)
        return absolute

    def _keys(self) -> dict[str, Any]:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            keys: dict[str, Any] = answer.json()
        return keys


def proved_since(*, again: bool) -> dt.datetime:
    """The earliest moment of sign-in at a provider that will do for who is sent there now."""
    age = dt.timedelta(0) if again else dt.timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return timezone.now() - age


class NothingKept:
    """What allauth would take from a provider's words: who it is, and nothing else."""

    def extract_uid(self, data: dict[str, str]) -> str:
        """Issuer, tenant and subject in one word."""
        return data["uid"]

    def extract_extra_data(self, data: dict[str, str]) -> dict[str, str]:
        """No claim is kept."""
        return {}

    def extract_common_fields(self, data: dict[str, str]) -> dict[str, str]:
        """Nobody is made of claims."""
        return {}

    def extract_email_addresses(self, data: dict[str, str]) -> list[Any]:
        """Nobody is found by an address."""
        return []


class ForceProvider(NothingKept, OpenIDConnectProvider):
    """One force's provider."""

    id = PROVIDER
    name = "Force account"
    oauth2_adapter_class = ForceOAuth2Adapter
    pkce_enabled_default = True
    supports_token_authentication = False

    def redirect(
        self,
        request: HttpRequest,
        process: str = AuthProcess.LOGIN,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        """Send the person on. `data` is True to have them prove again who they are.

        allauth would take process, scope and parameters from the address: nothing of that here.
        """
        again = bool(data)
        asked = {
            "nonce": secrets.token_urlsafe(32),
            "proved_since": proved_since(again=again).timestamp(),
        }
        age = 0 if again else settings.SESSION_COOKIE_AGE
        wanted = {"nonce": asked["nonce"], "max_age": str(age)}
        if again:
            wanted["prompt"] = "login"
        sent = super().redirect(
            request,
            AuthProcess.LOGIN,
            next_url=next_url or get_next_redirect_url(request),
            data=asked,
            auth_params=wanted,
            scope=SCOPES,
        )
        # A browser holds a form to `form-action 'self'` also where its answer redirects: so a page
        # goes on by itself, with a link for who does not want to wait.
        return render(request, "forces/on_the_way.html", {"address": sent.headers["Location"]})
