"""How often one person may do what costs much or takes much away, and how much they may send."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from forces.door_refusals import RefusedAt, note_refusal

logger = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponseBase]


class LimitMiddleware:
    """Counts by person: whoever is signed in may come from any address."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Decide in `process_view`, when the view is known; record whoever was refused."""
        response = self.get_response(request)
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            match = request.resolver_match
            note_refusal(request, RefusedAt.LIMIT, about=match.view_name if match else "")
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Answer 429 to whoever asks too often; the operator's log says how much that happens."""
        match = request.resolver_match
        name = match.view_name if match is not None else ""
        limit = settings.LIMITS.get(name)
        if limit is None or not request.user.is_authenticated:
            return None
        methods, rate = limit
        if request.method not in methods:
            return None
        asked = {name: f"{rate}/user"}
        if ratelimit.consume(request, app="portal", action=name, config=asked, limit_get=True):
            return None
        logger.warning("too many requests by one person")
        answer: HttpResponse = ratelimit.respond_429(request)
        return answer


class BodySizeMiddleware:
    """Refuses a request that says it is far too large, before a byte of it is read.

    A file that is a little too large is read, dropped, and told of in its form. A server reads no
    more than a request says it holds, so a false number only cuts it short.
    """

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 413, or pass the request on."""
        declared = request.META.get("CONTENT_LENGTH") or "0"
        if not declared.isdecimal() or int(declared) <= settings.MAX_REQUEST_BYTES:
            return self.get_response(request)
        context = {"most": settings.MAX_UPLOAD_BYTES}
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return render(request, "413.html", context, status=status)
