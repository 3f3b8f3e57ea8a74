"""Hears that a reader opened what a search found, from the address the browser came from."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils import timezone

from forces.requests import PortalRequest
from search.unanswered import opened

Handler = Callable[[HttpRequest], HttpResponseBase]

# What stands in the results, and above them.
OPENED_VIEWS = frozenset({"document", "platform_card", "document_file"})


class OpenedMiddleware:
    """Marks the search that a page, card or file was opened from as not in vain.

    A page that was not shown, or that was reached in any other way, writes nothing. Why the
    browser's own word is taken, and nothing is put into addresses: docs/decisions/0021.
    """

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponseBase:
        """Look at what was answered, and at where the request came from."""
        response = self.get_response(request)
        match = request.resolver_match
        if (
            response.status_code == HTTPStatus.OK
            and request.method == "GET"
            and match is not None
            and match.view_name in OPENED_VIEWS
            and (asked := search_before(request))
        ):
            opened(asked, request.viewer, at=timezone.now())
        return response


def came_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that it comes from a page of ours."""
    return urlsplit(request.headers.get("Referer", "")).netloc == request.get_host()


def search_before(request: HttpRequest) -> str:
    """The words of the search page that the browser comes from; "" for any other page."""
    before = urlsplit(request.headers.get("Referer", ""))
    if not came_from_here(request) or before.path != reverse("search"):
        return ""
    return QueryDict(before.query).get("q", "")
