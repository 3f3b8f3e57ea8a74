"""Remembers the last pages somebody opened, in their own browser and nowhere else."""

from __future__ import annotations

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpResponse

from access.policy import Viewer
from forces.cookies import cookie_name
from forces.requests import PortalRequest

COOKIE = "opened"
KEPT = 5


def _signer(viewer: Viewer) -> Signer:
    # Signed for one person: on a shared machine the next one starts with an empty list.
    return Signer(salt=f"portal.reading.recent:{viewer.person_id}")


def opened_references(request: PortalRequest, viewer: Viewer) -> list[str]:
    """The references opened last, newest first; whether they may be seen is asked again."""
    try:
        kept = _signer(viewer).unsign(request.COOKIES.get(cookie_name(COOKIE), ""))
    except BadSignature:
        return []
    return [ref for ref in kept.split(".") if ref][:KEPT]


def remember(response: HttpResponse, request: PortalRequest, viewer: Viewer, *, ref: str) -> None:
    """Put a reference in front of the others."""
    before = [one for one in opened_references(request, viewer) if one != ref]
    response.set_cookie(
        cookie_name(COOKIE),
        _signer(viewer).sign(".".join([ref, *before][:KEPT])),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
