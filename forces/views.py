"""The people page: who is where, in which roles; for those who look after people."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from forces.confirmation import may_speak_for
from forces.forms import (
    EndForm,
    FindForm,
    GroupsForm,
    MembershipForm,
    PersonForm,
    SecondFactorForm,
    membership_initial,
)
from forces.models import User
from forces.proposals import add_person, open_to
from forces.proposals import move as move_to
from forces.requests import PortalRequest, person_of
from forces.services import (
    THEY_CHOOSE_A_PASSWORD,
    choose_groups,
    end_membership,
    may_manage_groups,
    may_manage_people,
    remove_second_factor,
)
from forces.step_up import freshly_proved

PAGE_SIZE = 50
WAITS = "Nothing has changed yet: a second person has to confirm it, under “Changes that wait”."
Rest = ParamSpec("Rest")
View = Callable[Concatenate[PortalRequest, Rest], HttpResponse]


def for_people_keepers(view: View[Rest]) -> View[Rest]:
    """For everybody else the page does not exist."""

    @wraps(view)
    def guarded(request: PortalRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not may_manage_people(request.viewer):
            raise Http404
        return view(request, *args, **kwargs)

    return cast("View[Rest]", guarded)


@require_safe
@for_people_keepers
def people(request: PortalRequest) -> HttpResponse:
    """List who belongs where, or who has left."""
    form = FindForm(request.GET)
    rows = form.narrowed(at=timezone.now())
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_manage_groups": may_manage_groups(request.viewer),
        "waiting": len(open_to(request.viewer, at=timezone.now())),
        "query": f"{asked.urlencode()}&" if asked else "",
    }
    return render(request, "forces/people.html", context, status=400 if form.errors else 200)


@for_people_keepers
@freshly_proved
def add(request: PortalRequest) -> HttpResponse:
    """Add somebody, who then sets a password through the reset page; or propose to."""
    form = PersonForm(_posted(request), viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        name, email = form.cleaned_data["name"], form.cleaned_data["email"]
        told = f"{name} is added. {THEY_CHOOSE_A_PASSWORD}"
        asking: dict[str, Any] = {"by": person_of(request), "viewer": request.viewer}
        action = partial(add_person, form.place, email=email, name=name, **asking)
        if _tried(request, form, action, told=told):
            return redirect("people")
    return _form(request, form, heading="Add a person", button="Add")


@for_people_keepers
@freshly_proved
def move(request: PortalRequest, public_id: str) -> HttpResponse:
    """End the current membership now and start another, or propose to; the old access is gone."""
    user = _somebody_else(request, public_id)
    form = MembershipForm(_posted(request), viewer=request.viewer, initial=membership_initial(user))
    if request.method == "POST" and form.is_valid():
        asking: dict[str, Any] = {"by": person_of(request), "viewer": request.viewer}
        action = partial(
            move_to, user, form.place, email=form.cleaned_data["email"], **asking, at=timezone.now()
        )
        if _tried(request, form, action, told=f"{user.name} has moved, from this moment."):
            return redirect("people")
    return _form(request, form, heading=f"Move {user.name}", button="Move")


def _tried(
    request: PortalRequest, form: forms.Form, action: Callable[[], object], *, told: str
) -> bool:
    """Whether it was done or proposed; if not, the form says why."""
    try:
        proposed = action()
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
    messages.success(request, WAITS if proposed else told)
    return True


@for_people_keepers
@freshly_proved
def end(request: PortalRequest, public_id: str) -> HttpResponse:
    """End a membership: the person can no longer sign in."""
    user = _somebody_else(request, public_id)
    form = EndForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        end_membership(user, by=request.viewer.person_id, at=timezone.now())
        messages.success(request, f"{user.name} no longer has access.")
        return redirect("people")
    return _form(request, form, heading=f"End the membership of {user.name}", button="End it")


@for_people_keepers
@freshly_proved
def groups(request: PortalRequest, public_id: str) -> HttpResponse:
    """Say which need-to-know groups somebody is in, from this moment."""
    if not may_manage_groups(request.viewer):
        raise Http404
    user, now = _somebody_else(request, public_id), timezone.now()
    form = GroupsForm(_posted(request), user=user, at=now)
    if request.method == "POST" and form.is_valid():
        choose_groups(user, **form.cleaned_data, by=request.viewer.person_id, at=now)
        messages.success(request, f"The groups of {user.name} are as you chose.")
        return redirect("people")
    return _form(request, form, heading=f"Need-to-know groups of {user.name}", button="Save")


def second_factor(request: PortalRequest, public_id: str) -> HttpResponse:
    """Remove a lost second factor and end all sessions: the person starts as if new."""
    user = _somebody_else(request, public_id)
    if not may_speak_for(request.viewer, user, at=timezone.now()):
        raise Http404
    return _second_factor(request, user)


@freshly_proved
def _second_factor(request: PortalRequest, user: User) -> HttpResponse:
    form = SecondFactorForm(_posted(request))
    back = "people" if may_manage_people(request.viewer) else "people_review"
    if request.method == "POST" and form.is_valid():
        remove_second_factor(user, by=request.viewer.person_id)
        told = f"{user.name} is signed out everywhere. {THEY_CHOOSE_A_PASSWORD}"
        messages.success(request, told)
        return redirect(back)
    heading = f"Remove the second factor of {user.name}"
    return _form(request, form, heading=heading, button="Remove it", back=back)


def _somebody_else(request: PortalRequest, public_id: str) -> User:
    """Nobody changes their own membership: for oneself the page does not exist."""
    if public_id == request.viewer.person_id:
        raise Http404
    return get_object_or_404(User, public_id=public_id)


def _posted(request: PortalRequest) -> QueryDict | None:
    """What was sent; an empty form that was sent is not the same as none."""
    return request.POST if request.method == "POST" else None


def _form(
    request: PortalRequest, form: forms.Form, *, heading: str, button: str, back: str = "people"
) -> HttpResponse:
    status = 400 if form.is_bound else 200
    context = {"form": form, "heading": heading, "button": button, "back": back}
    return render(request, "forces/person.html", context, status=status)
