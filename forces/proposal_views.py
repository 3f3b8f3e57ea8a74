"""The page of changes that wait for a second person."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from forces import proposals
from forces.models import Proposal
from forces.requests import PortalRequest, person_of
from forces.step_up import freshly_proved
from forces.views import for_people_keepers


@require_safe
@for_people_keepers
def waiting(request: PortalRequest) -> HttpResponse:
    """What somebody proposed and somebody else has still to confirm."""
    viewer = request.viewer
    rows = proposals.open_to(viewer, at=timezone.now())
    context = {"rows": [(row, proposals.may_confirm(viewer, row), _values(row)) for row in rows]}
    return render(request, "forces/changes.html", context)


def _values(proposal: Proposal) -> list[tuple[str, str, str]]:
    """Each field of a door, before and after."""
    if proposal.is_about_a_person:
        return []
    before, after = proposal.facts["before"], proposal.facts["after"]
    return [(name.replace("_", " "), before.get(name, ""), after[name]) for name in after]


@require_POST
@for_people_keepers
@freshly_proved
def confirm(request: PortalRequest, ref: str) -> HttpResponse:
    """Say that it is right: from now on it counts."""
    return _answer(request, ref, proposals.confirm, told="Confirmed: it counts from this moment.")


@require_POST
@for_people_keepers
@freshly_proved
def decline(request: PortalRequest, ref: str) -> HttpResponse:
    """Decline it, or withdraw one's own."""
    return _answer(request, ref, proposals.decline, told="Done. Nothing was changed.")


def _answer(
    request: PortalRequest, ref: str, action: Callable[..., None], *, told: str
) -> HttpResponse:
    viewer, now = request.viewer, timezone.now()
    found = [one for one in proposals.open_to(viewer, at=now) if one.ref == ref]
    if not found:
        raise Http404
    try:
        action(found[0], by=person_of(request), viewer=viewer, at=now)
    except PermissionDenied:
        messages.warning(request, "Not done: ask a colleague to confirm what you proposed.")
    except ValidationError as error:
        messages.warning(request, f"Not done: {' '.join(error.messages)}")
    else:
        messages.success(request, told)
    return redirect("people_changes")
