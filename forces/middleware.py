"""Request id, viewer, forced enrolment, and answers that no cache keeps."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from structlog.contextvars import bound_contextvars

from access.policy import ANONYMOUS, Viewer
from forces.door_refusals import RefusedAt, note_refusal
from forces.requests import PortalRequest
from forces.sessions import SessionStore, was_ended
from forces.strength import SECOND_FACTORS, proved_again_since, second_factor_used
from forces.viewers import opening_of, viewer_for
from forces.wanted import keep_wanted

Handler = Callable[[HttpRequest], HttpResponseBase]

# Names of views that a person without a second factor must reach to get one, or to leave.
ENROLMENT_VIEWS = frozenset(
    {
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "mfa_reauthenticate_webauthn",
        "mfa_index",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "force_account_again",
        "account_change_password",
    }
)


# Where somebody wanted to go when enrolment came between.
WANTED_SESSION_KEY = "wanted_before_enrolment"


class RequestIdMiddleware:
    """Gives each request an id that ties the trail to the operator's log."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        """Made here and never taken from a header: a caller could choose it."""
        request.request_id = str(uuid.uuid4())
        with bound_contextvars(request_id=request.request_id):
            return self.get_response(request)


class ViewerMiddleware:
    """Sets `request.viewer`, read from the database once for each request that asks."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        """Lazily, so that static answers cost nothing."""
        request.viewer = cast("Viewer", SimpleLazyObject(lambda: _viewer(request)))
        return self.get_response(request)


def _viewer(request: PortalRequest) -> Viewer:
    if not request.user.is_authenticated:
        return ANONYMOUS
    strong = second_factor_used(request)
    return viewer_for(request.user, second_factor=strong, at=timezone.now())


class EnrolmentMiddleware:
    """Signed in is not enough: a second factor first, and a force that is admitted.

    Views are private unless they are marked `login_not_required`.
    """

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        """Decide in `process_view`, when the view is known; an unknown address has none.

        To a visitor both lead to sign-in: which addresses there are is nobody's business outside.
        """
        response = self.get_response(request)
        if response.status_code != HTTPStatus.NOT_FOUND or request.resolver_match is not None:
            return response
        return response if request.user.is_authenticated else _to_sign_in(request)

    def process_view(
        self, request: PortalRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Send people on to sign-in, enrolment or the waiting page."""
        match = request.resolver_match
        name = match.view_name if match is not None else ""
        if _is_public(view) or name in ENROLMENT_VIEWS:
            return None
        if not request.user.is_authenticated:
            if was_ended(request):
                note_refusal(request, RefusedAt.SESSION)
            return _to_sign_in(request)
        if not request.viewer.active:
            return render(request, "forces/no_access.html", status=403)
        if not second_factor_used(request) and _must_enrol(request):
            return _to_enrolment(request)
        if not request.viewer.admitted:
            told = {"opens_at": opening_of(request.viewer.organisation, at=timezone.now())}
            return render(request, "forces/waiting.html", told, status=403)
        return _to_what_was_wanted(request, name)


def _is_public(view: Any) -> bool:
    """Our word and allauth's; Wagtail marks the admin's API public and looks at people later."""
    marked = not getattr(view, "login_required", True)
    return marked and not view.__module__.startswith("wagtail.")


def _to_sign_in(request: PortalRequest) -> HttpResponse:
    from django.contrib.auth.views import redirect_to_login

    answer = redirect_to_login(request.get_full_path(), login_url="/accounts/login/")
    keep_wanted(answer, request)
    return answer


def _must_enrol(request: PortalRequest) -> bool:
    """Whether there is no second factor; who has one and did not use it reads OFFICIAL only."""
    held = Authenticator.objects.filter(user=request.user, type__in=SECOND_FACTORS)
    return not held.exists()


def _to_enrolment(request: PortalRequest) -> HttpResponse:
    if request.method == "GET":
        request.session[WANTED_SESSION_KEY] = request.get_full_path()
    return redirect("mfa_activate_totp")


def _to_what_was_wanted(request: PortalRequest, name: str) -> HttpResponse | None:
    """The last button of enrolment leads home: from there on to the page first asked for."""
    if WANTED_SESSION_KEY not in request.session:
        return None
    wanted = request.session.pop(WANTED_SESSION_KEY)
    return redirect(wanted) if name == "home" and wanted != request.get_full_path() else None


class SessionClockMiddleware:
    """A session in use ends later; one that is left alone ends by itself."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        """Only what a view has asked for counts as use: static files do not load a session."""
        began = time.time()
        response = self.get_response(request)
        session = request.session
        if session.modified and proved_again_since(session, began):
            # Whoever holds the old key is out when the rightful person proves who they are.
            session.cycle_key()
        if isinstance(session, SessionStore) and session.accessed and not session.modified:
            session.note_use(now=timezone.now())
        return response


class NoStoreMiddleware:
    """What a signed-in person saw must not come back from a cache or the back button."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        """On every answer that is not a static file: those are sent before this runs."""
        response = self.get_response(request)
        response["Cache-Control"] = "private, no-store"
        if getattr(request, "has_signed_out", False):
            # The next person at this computer finds nothing by the back button.
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response
