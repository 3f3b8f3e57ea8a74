"""What the trail and the session learn from allauth's sign-in."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from audit.events import Event
from audit.record import record
from forces.models import User
from forces.strength import add_second_factor


@receiver(user_logged_in)
def signed_in(user: User, **kwargs: Any) -> None:
    """Somebody signed in."""
    record(Event.SIGN_IN, actor=user.public_id)


@receiver(user_logged_out)
def signed_out(user: User | None, **kwargs: Any) -> None:
    """Somebody signed out, or an old session ended."""
    record(Event.SIGN_OUT, actor=user.public_id if user else "")


@receiver(user_login_failed)
def failed(**kwargs: Any) -> None:
    """A wrong password or an unknown address: the trail does not say which, or whose."""
    record(Event.SIGN_IN_FAILED, actor="")


@receiver(authenticator_added)
def enrolled(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    """Enrolling proves possession, so this session is strong from now on."""
    record(Event.ENROLMENT, actor=user.public_id, reason=authenticator.type)
    if authenticator.type == Authenticator.Type.TOTP:
        add_second_factor(request.session, user, at=timezone.now().timestamp())
