"""A fresh proof before what matters: publishing, changes of access, exports.

A session may be twelve hours old and its phone in somebody else's hand. Opening such a page asks
for a second factor used within the last minutes; sending it in leaves time to read and to write.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from forces.models import User
from forces.requests import PortalRequest, person_of

TO_OPEN = timedelta(minutes=15)
TO_SEND = timedelta(minutes=60)
NOT_DONE = (
    "Nothing was changed: it is too long since you last proved that it is you. Confirm, then do "
    "it again."
)

Rest = ParamSpec("Rest")
View = Callable[Concatenate[PortalRequest, Rest], HttpResponse]


def proved_at(request: HttpRequest) -> datetime | None:
    """When this session last used a second factor; None where it never did."""
    if not isinstance(request.user, User):
        return None
    records = get_authentication_records(request, request.user)
    times = [record["at"] for record in records if record.get("method") == "mfa"]
    return datetime.fromtimestamp(max(times), tz=timezone.get_current_timezone()) if times else None


def is_fresh(request: HttpRequest, *, at: datetime) -> bool:
    """Whether the last proof is recent enough for what this request does."""
    proved = proved_at(request)
    lasts = TO_OPEN if request.method in ("GET", "HEAD") else TO_SEND
    return proved is not None and at - proved <= lasts


def proof_address(request: PortalRequest, *, back_to: str) -> str:
    """Where the person proves who they are, and comes back from."""
    person = person_of(request)
    held = set(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    if Authenticator.Type.TOTP in held:
        way = "mfa_reauthenticate"
    elif not held and SocialAccount.objects.filter(user=person).exists():
        way = "force_account_again"
    else:
        way = "mfa_reauthenticate_webauthn"
    return f"{reverse(way)}?{urlencode({'next': back_to})}"


def ask_for_proof(request: PortalRequest) -> HttpResponse:
    """Send the person to prove who they are; what was sent in is not done."""
    if request.method not in ("GET", "HEAD"):
        messages.warning(request, NOT_DONE)
    return redirect(proof_address(request, back_to=request.get_full_path()))


def freshly_proved(view: View[Rest]) -> View[Rest]:
    """Ask for a fresh second factor first."""

    @wraps(view)
    def guarded(request: PortalRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not is_fresh(request, at=timezone.now()):
            return ask_for_proof(request)
        return view(request, *args, **kwargs)

    return cast("View[Rest]", guarded)
