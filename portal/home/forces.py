"""A page for each force: who they are, and what of theirs this reader may see."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.db.models.functions import Substr
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.policy import Viewer
from access.vocabulary import POLICING_KINDS, OrganisationKind
from forces.models import Organisation
from forces.requests import PortalRequest
from guidance.models import Document
from guidance.requests import may_answer
from guidance.serving import TYPE_OF_PREFIX
from portal.oversight.reading import is_lead
from portal.reading.lists import COLUMNS, marking_of

SHOWN = 20
WITH_A_PAGE = [*sorted(POLICING_KINDS), OrganisationKind.HUB]


@require_safe
def my_force(request: PortalRequest) -> HttpResponse:
    """The page of the reader's own organisation."""
    return redirect("force_page", slug=request.viewer.organisation)


@require_safe
def all_forces(request: PortalRequest) -> HttpResponse:
    """All forces by region; those of none stand together."""
    rows = Organisation.objects.filter(kind__in=WITH_A_PAGE).select_related("region")
    ordered = sorted(
        rows, key=lambda one: (one.region is None, one.region.name if one.region else "", one.name)
    )
    regions = [
        (region, list(forces)) for region, forces in groupby(ordered, key=lambda one: one.region)
    ]
    return render(request, "portal/home/forces.html", {"regions": regions})


@require_safe
def force_page(request: PortalRequest, slug: str) -> HttpResponse:
    """One organisation and its newest pages."""
    now = timezone.now()
    organisations = Organisation.objects.select_related("region", "phase")
    organisation = organisations.filter(slug=slug, kind__in=WITH_A_PAGE).first()
    if organisation is None:
        raise Http404
    rows = newest_of(slug, request.viewer, at=now)
    is_own = slug == request.viewer.organisation
    context = {
        "organisation": organisation,
        "is_own": is_own,
        "answers_requests": is_own and may_answer(request.viewer),
        "is_lead": is_own and is_lead(request.viewer),
        "is_hub": organisation.kind == OrganisationKind.HUB,
        "has_ended": organisation.ended_at is not None and organisation.ended_at <= now,
        "is_open": organisation.phase is None or organisation.phase.opens_at <= now,
        "counts": counts_of(slug, request.viewer, at=now),
        "rows": rows,
        "page_marking": marking_of(rows),
        "today": timezone.localdate(now),
    }
    return render(request, "portal/home/force.html", context)


def counts_of(slug: str, viewer: Viewer, *, at: datetime) -> list[tuple[Any, int]]:
    """How many pages of each type the viewer may see; nothing is said of the others."""
    visible = Document.visible.published_to(viewer, at=at).filter(owner_org=slug)
    rows = visible.order_by().annotate(prefix=Substr("ref", 1, 2)).values_list("prefix")
    found = dict(rows.annotate(Count("pk")))
    return [
        (model.type_label, found[prefix])
        for prefix, model in TYPE_OF_PREFIX.items()
        if prefix in found
    ]


def newest_of(slug: str, viewer: Viewer, *, at: datetime) -> list[Any]:
    """The newest pages of an organisation that the viewer may see."""
    visible = Document.visible.published_to(viewer, at=at).filter(owner_org=slug)
    rows = visible.select_related("owner_org").only(*COLUMNS)
    return list(rows.order_by("-last_published_at", "ref")[:SHOWN])
