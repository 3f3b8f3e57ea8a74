"""Signing out: here, and at the force's provider if the session came from there."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from allauth.account import views as account
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from requests import RequestException

from forces.models import IdentityProvider
from forces.signals import PROVIDER_SESSION_KEY
from forces.single_sign_on.adapters import provider_named
from forces.single_sign_on.claims import RefusedError
from forces.single_sign_on.provider import ForceOAuth2Adapter


@login_not_required
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; whoever sits down next must not be let in by the provider's own."""
    onward = _address_there(request) if request.method == "POST" else ""
    answer: HttpResponse = account.logout(request)
    if not onward:
        return answer
    return render(request, "forces/on_the_way.html", {"address": onward, "is_leaving": True})


def _address_there(request: HttpRequest) -> str:
    """Where the provider ends its session (OpenID Connect RP-Initiated Logout 1.0); else empty.

    No token is kept that could be its hint, so the client id says who asks. Nothing here depends
    on coming back, so there is no state to compare.
    """
    row = provider_named(request.session.get(PROVIDER_SESSION_KEY, ""))
    if row is None or row.kind != IdentityProvider.Kind.OIDC:
        return ""
    try:
        described = ForceOAuth2Adapter(request, row.slug).openid_config
    except (RequestException, RefusedError, KeyError, ValueError):
        # It is down: signing out here must not wait for it.
        return ""
    endpoint = str(described.get("end_session_endpoint", ""))
    parts = urlsplit(endpoint)
    if not parts.hostname or (parts.scheme != "https" and not settings.SSO_INSECURE_ISSUERS):
        return ""
    back = request.build_absolute_uri(reverse("account_login"))
    told = urlencode({"client_id": row.client_id, "post_logout_redirect_uri": back})
    return f"{endpoint}{'&' if parts.query else '?'}{told}"
