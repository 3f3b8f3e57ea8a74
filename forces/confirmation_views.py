"""The page on which a lead says who still needs access."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from forces import confirmation
from forces.requests import PortalRequest
from forces.step_up import freshly_proved

PAGE_SIZE = 50


def review(request: PortalRequest) -> HttpResponse:
    """List whom this viewer speaks for, and take the answers."""
    if not confirmation.may_confirm(request.viewer):
        raise Http404
    return _review(request)


@freshly_proved
def _review(request: PortalRequest) -> HttpResponse:
    now = timezone.now()
    rows = confirmation.memberships_for(request.viewer, at=now)
    if request.method == "POST":
        # Only rows of the list: a number that somebody adds to the form is nobody's answer.
        answers = {row: request.POST.get(f"answer-{row.pk}", "") for row in rows}
        kept = [row for row, answer in answers.items() if answer == "confirm"]
        ended = [row for row, answer in answers.items() if answer == "end"]
        confirmation.confirm(kept, viewer=request.viewer, at=now)
        confirmation.end_access(ended, viewer=request.viewer, at=now)
        messages.success(request, f"Confirmed: {len(kept)}. Ended: {len(ended)}.")
        return redirect("people_review")
    soon = now + confirmation.NOTICE
    listed = [(row, confirmation.lapses_at(row)) for row in rows]
    told = [(row, until, until <= soon) for row, until in listed]
    page = Paginator(told, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": list(page)}
    return render(request, "forces/review.html", context)
