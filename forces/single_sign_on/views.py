"""Pages of signing in with a force's account: choose the force, come back, prove it again."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.base import Provider
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from requests import RequestException

from forces.cookies import cookie_name
from forces.models import IdentityProvider
from forces.requests import PortalRequest, person_of
from forces.single_sign_on.adapters import provider_named, refused
from forces.single_sign_on.claims import Refusal, RefusedError
from forces.single_sign_on.provider import ForceOAuth2Adapter, ForceProvider

# For one network address: a whole force may come from one at the change of a shift.
ASKED_AT_MOST = {"force-account": "300/m/ip", "force-account-code": "300/m/ip"}
COOKIE = "force"
_A_YEAR = 365 * 24 * 60 * 60


@login_not_required
@never_cache
def choose(request: PortalRequest) -> HttpResponse:
    """Choose the force; then on to its own sign-in."""
    offered = IdentityProvider.objects.filter(ended_at=None, organisation__ended_at=None)
    providers = offered.select_related("organisation")
    next_url = get_next_redirect_url(request)
    if request.method == "POST":
        chosen = provider_named(request.POST.get("force", ""))
        if chosen is not None:
            return _on_the_way(request, chosen, next_url=next_url)
    context = {
        "providers": providers,
        "last": request.COOKIES.get(cookie_name(COOKIE), ""),
        "next_url": next_url,
        "nothing_chosen": request.method == "POST",
    }
    status = 400 if request.method == "POST" else 200
    return render(request, "forces/force_account.html", context, status=status)


def again(request: PortalRequest) -> HttpResponse:
    """Prove once more who it is, at the force's own sign-in."""
    tied = SocialAccount.objects.filter(user=person_of(request)).first()
    provider = provider_named(tied.provider) if tied else None
    if provider is None:
        raise Http404
    next_url = get_next_redirect_url(request)
    if request.method == "POST":
        return _on_the_way(request, provider, next_url=next_url, again=True)
    context = {"provider": provider, "next_url": next_url}
    return render(request, "forces/force_account_again.html", context)


def _on_the_way(
    request: PortalRequest, chosen: IdentityProvider, *, next_url: str | None, again: bool = False
) -> HttpResponse:
    if not _within_limits(request, "force-account"):
        return _too_many(request)
    provider: Provider = get_adapter().get_provider(request, chosen.slug)
    try:
        sent: HttpResponse = provider.redirect(request, next_url=next_url, data=again)
    except (RequestException, RefusedError, KeyError, ValueError):
        return refused(request, Refusal.UNREACHABLE, provider=chosen.slug)
    sent.set_cookie(
        cookie_name(COOKIE),
        chosen.slug,
        max_age=_A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return sent


def _within_limits(request: HttpRequest, action: str) -> bool:
    usage = ratelimit.consume(
        request, app="forces", action=action, config=ASKED_AT_MOST, limit_get=True
    )
    return bool(usage)


def _too_many(request: HttpRequest) -> HttpResponse:
    answer: HttpResponse = ratelimit.respond_429(request)
    return answer


class _Callback(OAuth2CallbackView):
    """allauth's, which hands on what was asked: the nonce is in there."""

    adapter: ForceOAuth2Adapter

    def _get_state(self, request: HttpRequest, provider: ForceProvider) -> Any:
        state, answer = super()._get_state(request, provider)
        issuer = request.GET.get("iss", "")
        # RFC 9207: another provider's answer must not be taken for this one's.
        if state is not None and issuer and issuer != provider.app.settings["server_url"]:
            return None, refused(request, Refusal.STATE, provider=provider.sub_id)
        self.adapter.asked = state["data"] if state else {}
        return state, answer


@login_not_required
@never_cache
def callback(request: PortalRequest, slug: str) -> HttpResponse:
    """What the force's sign-in sends people back to."""
    row = provider_named(slug)
    if row is None or row.kind != IdentityProvider.Kind.OIDC:
        raise Http404
    if not _within_limits(request, "force-account-code"):
        return _too_many(request)
    adapter = ForceOAuth2Adapter(request, slug)
    try:
        answer: HttpResponse = _Callback.adapter_view(adapter)(request)
    except (RequestException, RefusedError, KeyError):
        # allauth fetches the provider's description before it looks out for errors.
        return refused(request, Refusal.UNREACHABLE, provider=slug)
    return answer
