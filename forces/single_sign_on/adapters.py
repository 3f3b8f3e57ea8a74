"""What allauth asks of us when somebody signs in with a force's account."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from requests import RequestException, Session

from forces.models import IdentityProvider
from forces.requests import request_id_of
from forces.single_sign_on.arrivals import person_arriving, record_refusal
from forces.single_sign_on.claims import Identity, Refusal, RefusedError

PROVIDER = "force"
SAML_PROVIDER = "force-saml"
# What the person is told of a refusal; every other is told alike.
_TOLD = frozenset({Refusal.CANCELLED, Refusal.UNREACHABLE, Refusal.ELSEWHERE})


def provider_named(slug: str) -> IdentityProvider | None:
    """A force's provider, unless it has ended."""
    found = IdentityProvider.objects.filter(slug=slug, ended_at=None, organisation__ended_at=None)
    return found.select_related("organisation").first()


def refused(request: HttpRequest, reason: Refusal, *, provider: str) -> HttpResponse:
    """The page that says what to do next, and a row in the trail that says why."""
    record_refusal(reason, provider=provider, request_id=request_id_of(request))
    context = {"reason": reason.value if reason in _TOLD else ""}
    status = 503 if reason is Refusal.UNREACHABLE else 403
    return render(request, "forces/force_account_refused.html", context, status=status)


class ForceAccountAdapter(DefaultSocialAccountAdapter):
    """Providers are our rows and the secrets the environment's; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never: a lead lets people in."""
        return False

    def get_requests_session(self) -> Session:
        """A provider answers where its row says it is, or not at all."""
        session: Session = super().get_requests_session()
        session.max_redirects = 0
        return session

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The one provider that is asked for, as allauth wants it."""
        row = provider_named(provider or "")
        if row is None or client_id not in (None, row.client_id):
            return []
        return [
            SocialApp(
                provider=SAML_PROVIDER if row.kind == row.Kind.SAML else PROVIDER,
                provider_id=row.slug,
                name=row.organisation.name[:40],
                client_id=row.client_id,
                secret=settings.SSO_CLIENT_SECRETS.get(row.slug, ""),
                settings={"server_url": row.issuer, "fetch_userinfo": False},
            )
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """The claims hold; now see whose they are, and stop whoever is nobody's yet."""
        slug, identity = sociallogin.account.provider, _identity_of(sociallogin)
        try:
            row = provider_named(slug)
            if row is None:
                raise RefusedError(Refusal.STATE)
            person = person_arriving(identity, provider=row, at=timezone.now())
            if request.user.is_authenticated and request.user != person:
                raise RefusedError(Refusal.SOMEBODY_ELSE)
        except RefusedError as error:
            answer = refused(request, error.reason, provider=slug)
            raise ImmediateHttpResponse(answer) from error
        if person is None:
            raise ImmediateHttpResponse(render(request, "forces/force_account_asked.html"))
        request.force_provider = slug  # type: ignore[attr-defined]
        request.second_factor_by_force = identity.second_factor_at  # type: ignore[attr-defined]
        if not sociallogin.is_existing:
            # Tied a moment ago, by the invitation.
            sociallogin.lookup()

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        """One page for all that can go wrong on the way."""
        reason = _reason(error, exception)
        raise ImmediateHttpResponse(refused(request, reason, provider=provider.sub_id))


def _identity_of(sociallogin: SocialLogin) -> Identity:
    identity: Identity = sociallogin.identity
    return identity


def _reason(error: Any, exception: Exception | None) -> Refusal:
    if isinstance(exception, RefusedError):
        return exception.reason
    if isinstance(exception, RequestException):
        return Refusal.UNREACHABLE
    if isinstance(exception, OAuth2Error):
        return Refusal.TOKEN
    return Refusal.CANCELLED if error == AuthError.CANCELLED else Refusal.STATE
