"""Pages of documents, cards of platforms, and lists by type, each through the gate."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.policy import Reason
from audit.events import Event
from audit.record import record
from forces.requests import PortalRequest
from forces.sessions import note_sensitive_reading
from guidance.composition import compose
from guidance.editions import editions_of
from guidance.facts import facts_of
from guidance.models import Document, PlatformPage
from guidance.routes import EMERGENCY, PURPOSES, REMOVALS, routes_of
from guidance.serving import Opened, Refused, open_document, open_preview
from portal.reading import facts, notices
from portal.reading.estimates import figures_of, name_of, table_of
from portal.reading.lists import LISTS, list_page, marking_of
from portal.reading.platforms import directory_entry, reference_of
from portal.reading.recent import remember
from portal.reading.sections import history_section, sections_of


@require_safe
def document(request: PortalRequest, ref: str) -> HttpResponse:
    """The page of a document."""
    now = timezone.now()
    opened = open_document(request.viewer, ref, at=now, request_id=request.request_id)
    response = render(request, "portal/reading/document.html", _page(request, opened, at=now))
    remember(response, request, request.viewer, ref=ref)
    return response


@require_safe
def estimates(request: PortalRequest, ref: str) -> HttpResponse:
    """The figures of an evaluation as a table; that they left the portal is in the trail."""
    now = timezone.now()
    opened = open_document(request.viewer, ref, at=now, request_id=request.request_id)
    figures = figures_of(opened.document)
    if not figures:
        raise Refused
    if opened.document.is_sensitive:
        note_sensitive_reading(request.session)
    record(
        Event.EXPORT,
        actor=request.viewer.person_id,
        action_object=ref,
        request_id=request.request_id,
        detail={"rows": len(figures)},
    )
    table = table_of(opened.document)
    answer = HttpResponse(table, content_type="text/csv; charset=utf-8")
    name = name_of(opened.document, at=now)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_safe
def preview(request: PortalRequest, ref: str) -> HttpResponse:
    """The newest revision of a document, for its editors and reviewers."""
    now = timezone.now()
    opened = open_preview(request.viewer, ref, at=now, request_id=request.request_id)
    return render(request, "portal/reading/document.html", _page(request, opened, at=now))


def editor_preview(request: PortalRequest, held: Document) -> HttpResponse:
    """What an editor holds in the admin's form, which may not be saved yet."""
    opened = Opened(held, Reason.EDITOR, draft=True, facts=facts_of(held))
    page = _page(request, opened, at=timezone.now())
    return render(request, "portal/reading/document.html", page)


@require_safe
def platform_card(request: PortalRequest, platform: str, purpose: str) -> HttpResponse:
    """One platform and one action, for somebody on a phone at 02:00."""
    now = timezone.now()
    ref = reference_of(platform, request.viewer, at=now)
    opened = open_document(request.viewer, ref, at=now, request_id=request.request_id)
    page = opened.document
    if purpose not in PURPOSES or not isinstance(page, PlatformPage):
        raise Refused
    all_routes = routes_of(page)
    routes = [route for route in all_routes if route.purpose == purpose]
    if not routes:
        raise Refused
    others = {route.purpose: route for route in all_routes if route.purpose != purpose}
    context = {
        **_page(request, opened, at=now),
        "routes": routes,
        "others": others.values(),
        "purpose": PURPOSES[purpose],
        "is_emergency": purpose == EMERGENCY,
        "is_removal": purpose in REMOVALS,
        "is_preservation": purpose == "preservation",
        "kept_for": facts.preservation(page),
    }
    response = render(request, "portal/reading/platform_card.html", context)
    remember(response, request, request.viewer, ref=ref)
    return response


@require_safe
def type_list(request: PortalRequest, listing: str) -> HttpResponse:
    """All pages of one type that this viewer may see, newest first."""
    now = timezone.now()
    page = list_page(LISTS[listing], request.viewer, number=request.GET.get("page"), at=now)
    context: dict[str, Any] = {
        "listing": LISTS[listing],
        "page": page,
        "page_marking": marking_of(page),
        "today": timezone.localdate(now),
    }
    if listing == "platforms":
        context["entries"] = [directory_entry(row, at=now) for row in page]
    return render(request, f"portal/reading/{LISTS[listing].template}", context)


def _page(request: PortalRequest, opened: Opened, *, at: datetime) -> dict[str, Any]:
    composition = compose(opened.document, request.viewer, at=at)
    page = opened.document
    if page.is_sensitive:
        note_sensitive_reading(request.session)
    found = notices.notices_of(composition, draft=opened.draft, at=at)
    editions = editions_of(page, opened.facts, request.viewer, at=at)
    return {
        "document": page,
        "composition": composition,
        "sections": [*sections_of(composition), *history_section(editions)],
        "notices": [one for one in found if one.level is notices.Level.STOP],
        "cares": [one for one in found if one.level is notices.Level.CARE],
        "children_first": notices.children_first(page),
        "facts": [*facts.key_facts(composition), *facts.standing(composition, opened.facts)],
        "nations": facts.nations(page),
        "why_visible": facts.why_visible(opened.reason),
        "page_marking": page.marking_label,
        "page_handling": composition.words("handling", page.handling),
        "words": {
            "platforms": composition.words("platform", page.platforms),
            "harms": composition.words("content-type", page.content_types),
            "tactics": composition.words("tactic", page.tactics),
            "descriptors": composition.words("descriptor", page.descriptors),
        },
    }
