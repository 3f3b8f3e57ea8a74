"""What the trail and the session learn from allauth's sign-in."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from audit.events import Event
from audit.record import record
from forces.models import User
from forces.requests import request_id_of
from forces.sessions import SessionStore, begin
from forces.strength import (
    FORCE_ACCOUNT,
    SECOND_FACTORS,
    add_second_factor,
    forget_second_factor,
)

# Which force's provider this session came from; empty for a password or a passkey.
PROVIDER_SESSION_KEY = "force_provider"


@receiver(user_logged_in)
def signed_in(user: User, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Somebody signed in: the hours of the session count from now."""
    if request is not None and isinstance(request.session, SessionStore):
        user_agent = request.headers.get("User-Agent", "")
        begin(request.session, user_agent=user_agent, now=timezone.now())
        request.session[PROVIDER_SESSION_KEY] = getattr(request, "force_provider", "")
    proved_at = getattr(request, "second_factor_by_force", None)
    if request is not None and proved_at is not None:
        at = proved_at.timestamp()
        add_second_factor(request.session, user, kind=FORCE_ACCOUNT, at=at)
    record(
        Event.SIGN_IN,
        actor=user.public_id,
        reason=FORCE_ACCOUNT if "sociallogin" in kwargs else "",
        request_id=request_id_of(request),
    )


@receiver(user_logged_out)
def signed_out(user: User | None, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Somebody signed out, or an old session ended."""
    if request is not None:
        request.has_signed_out = True  # type: ignore[attr-defined]
    actor = user.public_id if user else ""
    record(Event.SIGN_OUT, actor=actor, request_id=request_id_of(request))


@receiver(user_login_failed)
def failed(request: HttpRequest | None = None, **kwargs: Any) -> None:
    """A wrong password or an unknown address: the trail does not say which, or whose."""
    record(Event.SIGN_IN_FAILED, actor="", request_id=request_id_of(request))


@receiver(authentication_failed)
def wrong_code(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """A wrong code after the right password: this one is about somebody, and may be a thief."""
    record(
        Event.SIGN_IN_FAILED,
        actor="",
        action_object=user.public_id,
        reason=f"second-factor-{authenticator.type}",
        request_id=request_id_of(request),
    )


@receiver(authenticator_added)
def enrolled(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Enrolling proves possession, so this session is strong from now on."""
    record(
        Event.ENROLMENT,
        actor=user.public_id,
        reason=authenticator.type,
        request_id=request_id_of(request),
    )
    if authenticator.type in SECOND_FACTORS:
        # It was used a moment ago: the recovery codes follow without asking again.
        at = timezone.now().timestamp()
        add_second_factor(
            request.session, user, kind=authenticator.type, at=at, reauthenticated=True
        )


@receiver(authenticator_removed)
def removed(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Without the factor this session is weak, and enrols again before the next page."""
    record(
        Event.SECOND_FACTOR_REMOVED,
        actor=user.public_id,
        action_object=user.public_id,
        reason=authenticator.type,
        request_id=request_id_of(request),
    )
    if not Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists():
        forget_second_factor(request.session)
