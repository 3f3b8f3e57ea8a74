"""A fresh proof before what matters: publishing, withdrawing, changes of access, exports.

A session may be twelve hours old and its phone in somebody else's hand. Such a page opens, and
takes what is sent, for fifteen minutes after a second factor was used. Whoever wrote for longer
loses nothing: the answer holds what was sent, in the browser only, to be sent after the proof.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from forces.models import User
from forces.requests import PortalRequest, person_of

LASTS = timedelta(minutes=15)
# Of what was sent, never repeated in a page.
KEPT_BACK = frozenset({"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword"})

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
    return proved is not None and at - proved <= LASTS


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
    """Send the person to prove who they are; what was sent in is not done, and not lost."""
    if request.method in ("GET", "HEAD"):
        return redirect(proof_address(request, back_to=request.get_full_path()))
    context = {
        "address": proof_address(request, back_to=reverse("proved")),
        "fields": sent_in(request),
        "page_is_gate": True,
    }
    return render(request, "forces/send_again.html", context, status=HTTPStatus.FORBIDDEN)


def sent_in(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form sent, field by field, to be sent again."""
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in KEPT_BACK
        for value in values
    ]


def freshly_proved(view: View[Rest]) -> View[Rest]:
    """Ask for a fresh second factor first."""

    @wraps(view)
    def guarded(request: PortalRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not is_fresh(request, at=timezone.now()):
            return ask_for_proof(request)
        return view(request, *args, **kwargs)

    return cast("View[Rest]", guarded)
