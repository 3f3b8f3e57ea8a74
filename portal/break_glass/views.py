"""Ask for one document, decide what others ask for, look on, and end a grant."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.policy import Viewer
from forces.requests import PortalRequest, person_of
from forces.step_up import freshly_proved
from guidance import break_glass
from guidance.models import BreakGlassRequest
from portal.break_glass.forms import AskForm, DecideForm

PAGE_SIZE = 50
Rest = ParamSpec("Rest")
View = Callable[Concatenate[PortalRequest, Rest], HttpResponse]


def only_where(allowed: Callable[[Viewer], bool]) -> Callable[[View[Rest]], View[Rest]]:
    """For everybody else the page does not exist."""

    def guarding(view: View[Rest]) -> View[Rest]:
        @wraps(view)
        def guarded(
            request: PortalRequest, *args: Rest.args, **kwargs: Rest.kwargs
        ) -> HttpResponse:
            if not allowed(request.viewer):
                raise Http404
            return view(request, *args, **kwargs)

        return cast("View[Rest]", guarded)

    return guarding


@require_http_methods(["GET", "HEAD", "POST"])
@only_where(break_glass.may_ask)
def ask(request: PortalRequest) -> HttpResponse:
    """Ask for a reference; the answer is the same whether or not there is such a document."""
    form = AskForm(request.POST if request.method == "POST" else None)
    person = person_of(request)
    if request.method == "POST" and form.is_valid():
        try:
            break_glass.ask(person, request.viewer, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Sent. Another person decides, and a mail tells you."))
            return redirect("break_glass")
    mine = BreakGlassRequest.objects.filter(asked_by=person).select_related("grant")
    now = timezone.now()
    context = {
        "form": form,
        "rows": [(one, one.is_running(at=now)) for one in mine[:PAGE_SIZE]],
        "decides": break_glass.may_grant(request.viewer),
        "looks_on": break_glass.may_look_on(request.viewer),
    }
    status = 400 if form.errors else 200
    return render(request, "portal/break_glass/ask.html", context, status=status)


@require_safe
@only_where(break_glass.may_grant)
def queue(request: PortalRequest) -> HttpResponse:
    """What others ask for."""
    rows = break_glass.open_requests(request.viewer)[:PAGE_SIZE]
    return render(request, "portal/break_glass/queue.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@only_where(break_glass.may_grant)
@freshly_proved
def decide(request: PortalRequest, glass: str) -> HttpResponse:
    """One request: yes for a time, or no."""
    asked = break_glass.open_requests(request.viewer).filter(ref=glass).first()
    if asked is None:
        raise Http404
    form = DecideForm(request.POST if request.method == "POST" else None)
    by, now = person_of(request), timezone.now()
    if request.method == "POST" and request.POST.get("action") == "decline":
        break_glass.decline(asked, by=by, viewer=request.viewer, at=now)
        messages.success(request, _("Declined. The person sees it on their page."))
        return redirect("break_glass_queue")
    if request.method == "POST" and form.is_valid():
        break_glass.grant(asked, by=by, viewer=request.viewer, lasts=form.lasts, at=now)
        messages.success(request, _("Granted. The owner’s lead and the auditors are told."))
        return redirect("break_glass_queue")
    context = {"form": form, "asked": asked}
    status = 400 if form.errors else 200
    return render(request, "portal/break_glass/decide.html", context, status=status)


@require_safe
@only_where(break_glass.may_look_on)
def given(request: PortalRequest) -> HttpResponse:
    """The grants for one's own pages, all of them for auditors, and how often each was read."""
    found = break_glass.grants_shown_to(request.viewer)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    now = timezone.now()
    rows = [
        (
            one,
            break_glass.readings_of(one).count(),
            one.is_running(at=now) and break_glass.may_end(request.viewer, one),
        )
        for one in page
    ]
    return render(request, "portal/break_glass/given.html", {"page": page, "rows": rows})


@require_POST
def end(request: PortalRequest, glass: str) -> HttpResponse:
    """End a grant before its time; whoever may not meets no such grant."""
    granted = BreakGlassRequest.objects.filter(ref=glass, grant__isnull=False)
    asked = granted.select_related("grant", "asked_by").first()
    try:
        if asked is None:
            raise Http404
        break_glass.end(asked, viewer=request.viewer, at=timezone.now())
    except PermissionDenied as error:
        raise Http404 from error
    messages.success(request, _("Ended. The document is closed again from this moment."))
    own = asked.asked_by.public_id == request.viewer.person_id
    return redirect("break_glass" if own else "break_glass_given")
