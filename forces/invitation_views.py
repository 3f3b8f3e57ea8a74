"""Pages of invitations: the lead's queue, joining, and asking for access."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from forces import invitations
from forces.door_refusals import RefusedAt, note_refusal
from forces.invitation_forms import AskForm, InviteForm, JoinForm
from forces.models import AccessRequest, Invitation
from forces.requests import PortalRequest, person_of
from forces.services import may_manage_groups
from forces.step_up import freshly_proved
from forces.strength import add_password
from forces.wanted import forget_wanted, wanted_of

SHOWN = 100
# For one network address; a force's whole traffic may come from one.
ASKED_AT_MOST = {"ask": "20/m/ip", "join": "20/m/ip"}
Rest = ParamSpec("Rest")
View = Callable[Concatenate[PortalRequest, Rest], HttpResponse]


def for_inviters(view: View[Rest]) -> View[Rest]:
    """For everybody else the page does not exist."""

    @wraps(view)
    def guarded(request: PortalRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if not invitations.may_invite(request.viewer):
            raise Http404
        return view(request, *args, **kwargs)

    return cast("View[Rest]", guarded)


@for_inviters
@freshly_proved
def queue(request: PortalRequest) -> HttpResponse:
    """Who asks for access and who has been invited; the form that invites or lets in."""
    rows = _rows(request)
    asked = rows.filter(ref=request.GET.get("request", "")).first()
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        viewer=request.viewer,
        initial=_initial(asked),
    )
    if request.method == "POST" and form.is_valid() and _answered(request, form, asked):
        return redirect("invitations")
    context = {"form": form, "rows": rows[:SHOWN], "asked": asked, "now": timezone.now()}
    status = 400 if form.errors else 200
    return render(request, "forces/invitations.html", context, status=status)


def _rows(request: PortalRequest) -> Any:
    rows = Invitation.objects.filter(state__in=invitations.OPEN)
    rows = rows.select_related("organisation", "force_account")
    if not may_manage_groups(request.viewer):
        rows = rows.filter(organisation__slug=request.viewer.organisation)
    return rows


def _initial(asked: Invitation | None) -> dict[str, Any]:
    """What the request that is being answered says; the lead decides about the roles."""
    if asked is None:
        return {}
    return {"email": asked.email, "organisation": asked.organisation.slug, "roles": asked.roles}


def _answered(request: PortalRequest, form: InviteForm, asked: Invitation | None) -> bool:
    vouched_for = asked is not None and hasattr(asked, "force_account")
    if asked is None or not vouched_for or asked.email != form.cleaned_data["email"].lower():
        return _invited(request, form)
    try:
        person = invitations.let_in(
            asked,
            roles=form.cleaned_data["roles"],
            ceiling=form.cleaned_data["ceiling"],
            ends_at=form.cleaned_data["ends_at"],
            by=person_of(request),
            viewer=request.viewer,
            at=timezone.now(),
        )
    except ValidationError as error:
        form.add_error("email", error.messages[0])
        return False
    _send(asked.email, "forces/mail/let_in.txt", {"address": reverse("force_account")})
    messages.success(request, f"{person} can sign in with the force’s account now.")
    return True


def _invited(request: PortalRequest, form: InviteForm) -> bool:
    try:
        made = invitations.invite(
            **form.cleaned_data, by=person_of(request), viewer=request.viewer, at=timezone.now()
        )
    except ValidationError as error:
        form.add_error("email", error.messages[0])
        return False
    email = form.cleaned_data["email"].lower()
    if made is None:
        _send(email, "forces/mail/known.txt", {"address": reverse("account_login")})
    else:
        _send(email, "forces/mail/invitation.txt", {"address": reverse("join", args=[made[1]])})
    messages.success(request, f"A mail is on its way to {email}. The link in it works for 14 days.")
    return True


def _send(email: str, template: str, context: dict[str, Any]) -> None:
    """A mail names the portal and a way in, and nobody."""
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    told = {"service": settings.WAGTAIL_SITE_NAME, "link": f"{base}{context['address']}"}
    subject = f"Your access to the {settings.WAGTAIL_SITE_NAME}"
    send_mail(subject, render_to_string(template, told), None, [email])


@require_POST
@for_inviters
@freshly_proved
def close(request: PortalRequest, ref: str) -> HttpResponse:
    """Withdraw an invitation or decline a request."""
    invitation = _rows(request).filter(ref=ref).first()
    if invitation is None:
        raise Http404
    invitations.close(invitation, by=person_of(request), viewer=request.viewer)
    messages.success(request, "Done. The link no longer works.")
    return redirect("invitations")


def _too_many(request: PortalRequest) -> HttpResponse:
    answer: HttpResponse = ratelimit.respond_429(request)
    return answer


@login_not_required
@sensitive_post_parameters("password")
def join(request: PortalRequest, token: str) -> HttpResponse:
    """Become a person, and go on to the second factor."""
    if not ratelimit.consume(request, app="forces", action="join", config=ASKED_AT_MOST):
        return _too_many(request)
    invitation = invitations.invitation_for(token, at=timezone.now())
    if invitation is None:
        note_refusal(request, RefusedAt.INVITATION)
        return render(request, "forces/join_gone.html", status=404)
    form = JoinForm(request.POST if request.method == "POST" else None, email=invitation.email)
    if request.method == "POST" and form.is_valid():
        try:
            person = invitations.join(token, **form.cleaned_data, at=timezone.now())
        except ValidationError:
            return render(request, "forces/join_gone.html", status=404)
        login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
        add_password(request.session, person, at=timezone.now().timestamp())
        answer = redirect(wanted_of(request))
        forget_wanted(answer)
        return answer
    context = {"form": form, "invitation": invitation}
    return render(request, "forces/join.html", context, status=400 if form.errors else 200)


@login_not_required
def ask(request: PortalRequest) -> HttpResponse:
    """Ask for access; the answer is the same for every address."""
    if not ratelimit.consume(request, app="forces", action="ask", config=ASKED_AT_MOST):
        return _too_many(request)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        AccessRequest.objects.create(email=form.cleaned_data["email"].lower())
        return render(request, "forces/asked.html")
    return render(request, "forces/ask.html", {"form": form}, status=400 if form.errors else 200)
