"""The page somebody was sent and could not open yet: their browser keeps it until they join."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from forces.cookies import cookie_name

WANTED_COOKIE = "wanted"
# As long as an invitation can be accepted.
_KEPT_FOR = timedelta(days=14)
_LONGEST = 300


def keep_wanted(response: HttpResponse, request: HttpRequest) -> None:
    """Note where somebody wanted to go: whether it is there, nobody has looked.

    Without what follows “?”: the words of a search stay on no machine that others use.
    """
    path = request.path
    if request.method == "GET" and path != "/" and len(path) <= _LONGEST:
        response.set_cookie(
            cookie_name(WANTED_COOKIE),
            path,
            max_age=_KEPT_FOR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def wanted_of(request: HttpRequest) -> str:
    """Where somebody wanted to go; the start page where nothing is kept, or not by us."""
    path = request.COOKIES.get(cookie_name(WANTED_COOKIE), "")
    ours = path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if ours else "/"


def forget_wanted(response: HttpResponse) -> None:
    """They are on their way."""
    response.delete_cookie(cookie_name(WANTED_COOKIE), samesite="Lax")
