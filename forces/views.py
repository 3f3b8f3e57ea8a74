"""The people page: who is where, in which roles; for those who look after people."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forces.models import Membership
from forces.requests import PortalRequest
from forces.services import may_manage_people


@require_safe
def people(request: PortalRequest) -> HttpResponse:
    """List the current memberships."""
    if not may_manage_people(request.viewer):
        raise Http404
    rows = Membership.objects.filter(ends_at=None).select_related("user", "organisation")
    page = Paginator(rows.order_by("organisation__name", "user__name"), 50).get_page(
        request.GET.get("page")
    )
    return render(request, "forces/people.html", {"page": page})
