"""Where a force's SAML provider sends people back to, and where it learns who we are.

The answer is posted by a page of the provider's, so it comes without our session: `SameSite=Lax`.
One address takes it in for a minute and asks nothing; the next has the session, and believes it
or not.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.core.internal import ratelimit
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import complete_social_login
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from forces.cookies import cookie_name
from forces.models import IdentityProvider
from forces.requests import PortalRequest
from forces.sessions import SessionStore
from forces.single_sign_on.adapters import provider_named, refused
from forces.single_sign_on.claims import Refusal, RefusedError
from forces.single_sign_on.saml import metadata_for, ours_for
from forces.single_sign_on.saml_answers import identity_in, opened, question_answered
from forces.single_sign_on.saml_provider import ForceSamlProvider

# Signed answers with hundreds of groups are far smaller; each is stored, for whoever sends it.
LARGEST = 128 * 1024
TAKEN_AT_MOST = {"force-account-answer": "300/m/ip"}
COOKIE = "force-answer"
_KEPT = "answer"
_KEPT_FOR = 60


@login_not_required
# The form is a provider's page; what ties it to this browser is `InResponseTo`, in `finish`.
@csrf_exempt  # nosemgrep: forms-without-token
@require_POST
@never_cache
def take(request: PortalRequest, slug: str) -> HttpResponse:
    """Keep an answer for a minute, for the browser that brought it."""
    row = _saml_named(slug)
    # Before the form is read: that would take five megabytes in.
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return refused(request, Refusal.TOKEN, provider=row.slug)
    if not ratelimit.consume(
        request, app="forces", action="force-account-answer", config=TAKEN_AT_MOST
    ):
        limited: HttpResponse = ratelimit.respond_429(request)
        return limited
    kept = SessionStore()
    kept.set_expiry(_KEPT_FOR)
    kept[_KEPT] = request.POST.get("SAMLResponse", "")
    kept.save()
    address = reverse("force_account_finish", args=[row.slug])
    answer = HttpResponseRedirect(address)
    answer.status_code = 303
    answer.set_cookie(
        cookie_name(COOKIE, path=address),
        kept.session_key or "",
        max_age=_KEPT_FOR,
        path=address,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return answer


@login_not_required
@require_GET
@never_cache
def finish(request: PortalRequest, slug: str) -> HttpResponse:
    """Believe the answer, if this browser asked for it and all of it holds."""
    row = _saml_named(slug)
    provider: ForceSamlProvider = get_adapter().get_provider(request, row.slug)
    try:
        document = opened(_taken_back(request))
        request_id = question_answered(document)
        state = _asked(request, provider, request_id=request_id)
        answer = _believed(request, provider, row, document, request_id=request_id, state=state)
    except RefusedError as error:
        answer = refused(request, error.reason, provider=row.slug)
    answer.delete_cookie(cookie_name(COOKIE, path=request.path), path=request.path, samesite="Lax")
    return answer


@login_not_required
@require_GET
@never_cache
def metadata(request: PortalRequest, slug: str) -> HttpResponse:
    """What the force imports to know us; its address is our name there."""
    row = _saml_named(slug)
    told = metadata_for(row, ours=ours_for(request, slug=row.slug))
    return HttpResponse(told, content_type="application/samlmetadata+xml")


def _saml_named(slug: str) -> IdentityProvider:
    row = provider_named(slug)
    if row is None or row.kind != IdentityProvider.Kind.SAML:
        raise Http404
    return row


def _taken_back(request: PortalRequest) -> str:
    """What was kept for this browser, once."""
    kept = SessionStore(request.COOKIES.get(cookie_name(COOKIE, path=request.path)))
    if _KEPT not in kept:
        raise RefusedError(Refusal.STATE)
    kept.delete()
    return str(kept[_KEPT])


def _asked(
    request: PortalRequest, provider: ForceSamlProvider, *, request_id: str
) -> dict[str, Any]:
    """What was asked in this session, once and for ten minutes; nobody comes unasked."""
    try:
        state: dict[str, Any] = provider.unstash_redirect_state(request, request_id)
    except PermissionDenied as error:
        raise RefusedError(Refusal.STATE) from error
    return state


def _believed(
    request: PortalRequest,
    provider: ForceSamlProvider,
    row: IdentityProvider,
    document: bytes,
    *,
    request_id: str,
    state: dict[str, Any],
) -> HttpResponse:
    asked = state["data"]
    try:
        identity = identity_in(
            document,
            provider=row,
            ours=ours_for(request, slug=row.slug),
            request_id=request_id,
            proved_since=dt.datetime.fromtimestamp(asked["proved_since"], tz=dt.UTC),
            at=timezone.now(),
        )
    except RefusedError as error:
        if error.reason is not Refusal.STALE or asked["again"]:
            raise
        # SAML has no word for "not longer ago than": it is asked once more, as a fresh proof.
        return provider.redirect(request, next_url=state.get("next"), data=True)
    login: SocialLogin = provider.sociallogin_from_response(request, {"uid": identity.uid})
    login.identity, login.state = identity, state
    answer: HttpResponse = complete_social_login(request, login)
    return answer
