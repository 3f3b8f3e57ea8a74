"""The page people land on, and the answers when there is none."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseForbidden,
    HttpResponseNotFound,
    HttpResponseServerError,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from forces.door_refusals import RefusedAt, note_refusal
from forces.requests import PortalRequest
from portal.home.dashboard import dashboard_for
from portal.reading.lists import marking_of
from portal.reading.recent import opened_references


@require_safe
def home(request: PortalRequest) -> HttpResponse:
    """Search first, then what waits for this reader."""
    now = timezone.now()
    dashboard = dashboard_for(
        request.viewer, opened=opened_references(request, request.viewer), at=now
    )
    context = {
        "dashboard": dashboard,
        "today": timezone.localdate(now),
        "page_marking": marking_of(*dashboard.shown),
        "page_has_search": True,
    }
    return render(request, "portal/home/home.html", context)


def not_found(request: PortalRequest, exception: Exception) -> HttpResponse:
    """The one 404: it may not show by a single byte whether something is hidden there."""
    return HttpResponseNotFound(
        render_to_string("404.html", {"page_is_nowhere": True}, request=request)
    )


def server_error(request: PortalRequest) -> HttpResponse:
    """Something broke here. Nothing is read from the database: that may be what broke."""
    return HttpResponseServerError(render_to_string("500.html"))


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A service said no. The same bytes for everybody: why it did may tell what is hidden."""
    return HttpResponseForbidden(render_to_string("403.html"))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A host that is not ours, or what no browser sends: nothing of the request is repeated."""
    if isinstance(exception, DisallowedHost):
        note_refusal(request, RefusedAt.HOST)
    return HttpResponseBadRequest(render_to_string("400.html"))


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: left open too long, or signed out meanwhile, or forged."""
    return HttpResponseForbidden(render_to_string("403_csrf.html"))
