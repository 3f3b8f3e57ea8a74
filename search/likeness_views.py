"""The page of pages like another."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit.events import Event
from audit.record import record
from forces.requests import PortalRequest
from forces.sessions import note_sensitive_reading
from guidance.serving import open_document
from search.engines.base import EngineUnavailableError
from search.likeness import more_like
from search.presentation import row_of


@require_safe
def similar(request: PortalRequest, ref: str) -> HttpResponse:
    """Pages like the one of this reference, which the gate opens first, or else answers for."""
    now = timezone.now()
    opened = open_document(request.viewer, ref, at=now, request_id=request.request_id)
    seed = opened.document
    if seed.is_sensitive:
        note_sensitive_reading(request.session)
    try:
        results = more_like(request.viewer, seed, at=now)
    except EngineUnavailableError:
        return render(request, "search/unavailable.html", status=503)
    sensitive = sum(result.document.is_sensitive for result in results)
    record(
        Event.SEARCH,
        actor=request.viewer.person_id,
        action_object=ref,
        request_id=request.request_id,
        detail={"total": len(results), "sensitive_shown": sensitive},
    )
    context = {
        "document": seed,
        "rows": [row_of(result.document, result.hit, at=now) for result in results],
        "page_marking": "OFFICIAL-SENSITIVE" if sensitive or seed.is_sensitive else "OFFICIAL",
    }
    return render(request, "search/similar.html", context)
