"""Asking the hub for what was not found, and the hub's queue of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from forces.requests import PortalRequest, person_of
from guidance import requests
from guidance.models import GuidanceRequest
from search import unanswered


def asked(request: PortalRequest) -> HttpResponse:
    """One's own requests, and the form that asks."""
    person, viewer = person_of(request), request.viewer
    if request.method == "POST":
        try:
            requests.ask(person, viewer, request.POST.get("question", "").strip())
            messages.success(request, _("Asked. You are told when a page answers it."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("asked_of_hub")
    rows = requests.requests_of(person, viewer, at=timezone.now())
    return render(request, "search/asked.html", {"rows": rows})


def unanswered_searches(request: PortalRequest) -> HttpResponse:
    """The hub's queue; for everybody else there is nothing here."""
    if not requests.may_answer(request.viewer):
        raise Http404
    if request.method == "POST":
        _act(request)
        return redirect("unanswered_searches")
    open_ones = GuidanceRequest.objects.filter(answered_at=None).select_related("force", "owner")
    context = {"terms": unanswered.queue(), "requests": open_ones}
    return render(request, "search/unanswered.html", context)


def _act(request: PortalRequest) -> None:
    person, viewer = person_of(request), request.viewer
    if key := request.POST.get("take"):
        if words := unanswered.done_with(key):
            requests.take_up(words, by=person, viewer=viewer)
            messages.success(request, _("It is a request for guidance now."))
        return
    if ref := request.POST.get("own"):
        one = get_object_or_404(GuidanceRequest, ref=ref)
        if requests.take_on(one, by=person, viewer=viewer):
            messages.success(request, _("It is yours until you answer it or somebody takes it on."))
        return
    one = get_object_or_404(GuidanceRequest, ref=request.POST.get("answer", ""))
    page, now = request.POST.get("page", ""), timezone.now()
    try:
        requests.answer(one, page, by=person, viewer=viewer, at=now)
        messages.success(request, _("Answered. Who asked is told."))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
