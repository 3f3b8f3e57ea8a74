"""Pages of oversight. For everybody else they do not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.vocabulary import Role
from audit.events import Event
from audit.record import record
from audit.verify import verify
from forces.requests import PortalRequest
from forces.step_up import freshly_proved
from guidance.metadata import all_documents, metadata_of
from portal.oversight.documents import DocumentsForm
from portal.oversight.export import lines_of
from portal.oversight.reading import is_lead, reading_of
from portal.oversight.status import may_see_status, status
from portal.oversight.trail import TrailForm, detail_words

PAGE_SIZE = 50
Rest = ParamSpec("Rest")
View = Callable[Concatenate[PortalRequest, Rest], HttpResponse]


def for_auditors(view: View[Rest]) -> View[Rest]:
    """A strong session of an auditor; anybody else meets the one 404."""

    @wraps(view)
    def guarded(request: PortalRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        viewer = request.viewer
        if not (viewer.active and viewer.second_factor and Role.AUDITOR in viewer.roles):
            raise Http404
        return view(request, *args, **kwargs)

    return cast("View[Rest]", guarded)


@require_safe
@for_auditors
def trail(request: PortalRequest) -> HttpResponse:
    """The rows of the trail, as narrowed as asked for."""
    form = TrailForm(request.GET)
    page = Paginator(form.rows(), PAGE_SIZE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "rows": [(row, detail_words(row)) for row in page],
        "query": f"{asked.urlencode()}&" if asked else "",
    }
    code = 400 if form.errors else 200
    return render(request, "portal/oversight/trail.html", context, status=code)


@require_safe
@for_auditors
@freshly_proved
def export(request: PortalRequest) -> HttpResponse:
    """The same rows as a table; that they left the portal is itself a row."""
    form = TrailForm(request.GET)
    if not form.is_valid():
        return trail(request)
    rows = form.rows()
    record(
        Event.EXPORT,
        actor=request.viewer.person_id,
        action_object="trail",
        request_id=request.request_id,
        detail={"rows": rows.count()},
    )
    answer = StreamingHttpResponse(lines_of(rows), content_type="text/csv; charset=utf-8")
    name = f"OFFICIAL trail {timezone.localdate():%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return cast("HttpResponse", answer)


@require_safe
@for_auditors
def verification(request: PortalRequest) -> HttpResponse:
    """Whether the chain holds, walked now from the first row to the last."""
    context = {"verdict": verify(), "checked_at": timezone.now()}
    return render(request, "portal/oversight/verification.html", context)


@require_safe
@for_auditors
def documents(request: PortalRequest) -> HttpResponse:
    """The facts of every document."""
    form = DocumentsForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    found = all_documents(
        owner=asked["owner"].slug if asked.get("owner") else "",
        marking=int(asked.get("marking") or 0),
        state=asked.get("state", ""),
    )
    refs = found.values_list("ref", flat=True)
    page = Paginator(refs, PAGE_SIZE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "rows": metadata_of(list(page)),
        "query": f"{query.urlencode()}&" if query else "",
    }
    code = 400 if form.errors else 200
    return render(request, "portal/oversight/documents.html", context, status=code)


@require_safe
def portal_status(request: PortalRequest) -> HttpResponse:
    """For whoever looks after the portal: figures and verdicts, and no document."""
    if not may_see_status(request.viewer):
        raise Http404
    now = timezone.now()
    context = {
        "status": status(at=now),
        "checked_at": now,
        "is_auditor": Role.AUDITOR in request.viewer.roles,
    }
    return render(request, "portal/oversight/status.html", context)


@require_safe
def reading(request: PortalRequest) -> HttpResponse:
    """For the lead of a force or of the hub: refusals and unusual reading of its own pages."""
    if not is_lead(request.viewer):
        raise Http404
    found = reading_of(request.viewer, at=timezone.now())
    return render(request, "portal/oversight/reading.html", {"reading": found})
