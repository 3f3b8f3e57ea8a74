"""What the search box asks for while somebody types."""

from __future__ import annotations

from dataclasses import asdict

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from forces.requests import PortalRequest
from search.engines.base import EngineUnavailableError
from search.suggestions import suggestions


@require_safe
def suggest(request: PortalRequest) -> JsonResponse:
    """Answer with what may be meant; with nothing where search is down, which its page says.

    Nothing is written into the trail: only OFFICIAL titles are shown, and the search or the
    reading that follows is recorded.
    """
    try:
        found = suggestions(request.viewer, request.GET.get("q", ""), at=timezone.now())
    except EngineUnavailableError:
        found = []
    return JsonResponse({"suggestions": [asdict(one) for one in found]})
