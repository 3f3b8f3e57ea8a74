"""How strongly this session was signed in: what allauth recorded of it, for this person."""

from __future__ import annotations

from typing import Any

from allauth.account.authentication import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from forces.models import User

# What counts as a second factor by itself; recovery codes only stand in for one.
SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
# A second factor that the force's own sign-in asked for.
FORCE_ACCOUNT = "force-account"
# allauth keeps beside the records whose they are, and trusts none without it.
_WHOSE_SESSION_KEY = f"{AUTHENTICATION_METHODS_SESSION_KEY}_user"


def second_factor_used(request: HttpRequest) -> bool:
    """Whether this session, not merely this person, has shown a second factor."""
    if not isinstance(request.user, User):
        return False
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def proved_again_since(session: SessionBase, began: float) -> bool:
    """Whether the person has proved anew who they are, in a session that was open before."""
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return any(one.get("reauthenticated") and one["at"] >= began for one in records)


def add_second_factor(
    session: SessionBase,
    user: User,
    *,
    at: float,
    kind: str = Authenticator.Type.TOTP,
    reauthenticated: bool = False,
) -> None:
    """Note that the person has just proved to hold a second factor.

    `reauthenticated` opens the pages that ask for a fresh proof, such as the recovery codes.
    """
    more = {"reauthenticated": True} if reauthenticated else {}
    _add(session, user, {"method": "mfa", "type": kind, "at": at, **more})


def forget_second_factor(session: SessionBase) -> None:
    """Make a session weak again: the person gave the second factor up."""
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    kept = [record for record in records if record.get("method") != "mfa"]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = kept


def add_password(session: SessionBase, user: User, *, at: float) -> None:
    """Note a password; for sessions that demo and tests make without the form."""
    _add(session, user, {"method": "password", "at": at})


def _add(session: SessionBase, user: User, record: dict[str, Any]) -> None:
    records = session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [*records, record]
    session[_WHOSE_SESSION_KEY] = str(user.pk)
