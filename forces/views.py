"""The people page: who is where, in which roles; for those who look after people."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Concatenate, ParamSpec, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

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
from forces.requests import PortalRequest
from forces.services import (
    THEY_CHOOSE_A_PASSWORD,
    choose_groups,
    create_person,
    end_membership,
    may_manage_groups,
    may_manage_people,
    move_person,
    remove_second_factor,
)
from forces.step_up import freshly_proved

PAGE_SIZE = 50
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
        "query": f"{asked.urlencode()}&" if asked else "",
    }
    return render(request, "forces/people.html", context, status=400 if form.errors else 200)


@for_people_keepers
@freshly_proved
def add(request: PortalRequest) -> HttpResponse:
    """Add somebody, who then sets a password through the reset page."""
    form = PersonForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        by = request.viewer.person_id
        if _tried(form, partial(create_person, **form.cleaned_data, by=by)):
            name = form.cleaned_data["name"]
            messages.success(request, f"{name} is added. {THEY_CHOOSE_A_PASSWORD}")
            return redirect("people")
    return _form(request, form, heading="Add a person", button="Add")


@for_people_keepers
@freshly_proved
def move(request: PortalRequest, public_id: str) -> HttpResponse:
    """End the current membership now and start another; the old access is gone at once."""
    user = _somebody_else(request, public_id)
    form = MembershipForm(_posted(request), initial=membership_initial(user))
    if request.method == "POST" and form.is_valid():
        by, now = request.viewer.person_id, timezone.now()
        if _tried(form, partial(move_person, user, **form.cleaned_data, by=by, at=now)):
            messages.success(request, f"{user.name} has moved, from this moment.")
            return redirect("people")
    return _form(request, form, heading=f"Move {user.name}", button="Move")


def _tried(form: forms.Form, action: Callable[[], object]) -> bool:
    """Whether it was done; if not, since somebody else was quicker, the form says why."""
    try:
        action()
    except ValidationError as error:
        form.add_error(None, error.messages)
        return False
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


@for_people_keepers
@freshly_proved
def second_factor(request: PortalRequest, public_id: str) -> HttpResponse:
    """Remove a lost second factor and end all sessions: the person starts as if new."""
    user = _somebody_else(request, public_id)
    form = SecondFactorForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        remove_second_factor(user, by=request.viewer.person_id)
        told = f"{user.name} is signed out everywhere. {THEY_CHOOSE_A_PASSWORD}"
        messages.success(request, told)
        return redirect("people")
    heading = f"Remove the second factor of {user.name}"
    return _form(request, form, heading=heading, button="Remove it")


def _somebody_else(request: PortalRequest, public_id: str) -> User:
    """Nobody changes their own membership: for oneself the page does not exist."""
    if public_id == request.viewer.person_id:
        raise Http404
    return get_object_or_404(User, public_id=public_id)


def _posted(request: PortalRequest) -> QueryDict | None:
    """What was sent; an empty form that was sent is not the same as none."""
    return request.POST if request.method == "POST" else None


def _form(request: PortalRequest, form: forms.Form, *, heading: str, button: str) -> HttpResponse:
    status = 400 if form.is_bound else 200
    context = {"form": form, "heading": heading, "button": button}
    return render(request, "forces/person.html", context, status=status)
