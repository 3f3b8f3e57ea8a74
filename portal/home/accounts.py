"""A reader's own page: who the portal takes them for, and what follows from that."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from access.policy import Viewer
from access.vocabulary import EDITING_ROLES, HUB, NATIONAL, Marking, Role
from forces.cookies import cookie_name
from forces.models import NeedToKnowGroup, Region
from forces.requests import PortalRequest, person_of
from forces.services import end_sessions
from forces.sessions import sessions_of
from portal.frame import SHORTCUT_COOKIE, short_name

A_YEAR = 365 * 24 * 60 * 60


def role_words() -> dict[Role, str]:
    """What each role is called on a page."""
    return {
        Role.OFFICER: _("Officer: reads"),
        Role.AUTHOR: _("Author: writes for the force"),
        Role.APPROVER: _("Force hub lead: approves for the force"),
        Role.HUB_EDITOR: _("Hub editor: writes for all forces"),
        Role.HUB_APPROVER: _("Hub approver: approves for all forces"),
        Role.INFORMATION_RIGHTS: _("Information rights: reads and reviews"),
        Role.AUDITOR: _("Auditor: sees facts and the trail, not texts"),
        Role.PARTNER: _("Partner: reads what is shared with the organisation"),
        Role.ADMINISTRATOR: _("Administrator: runs the portal, reads no content"),
    }


@require_safe
def account(request: PortalRequest) -> HttpResponse:
    """Who you are here."""
    viewer = request.viewer
    words = role_words()
    key = request.session.session_key
    sessions = sessions_of(person_of(request), at=timezone.now())
    context = {
        "viewer": viewer,
        "organisation": short_name(viewer.organisation),
        "roles": [words[role] for role in Role if role in viewer.roles],
        "ceiling": _marking(viewer.ceiling),
        "effective_ceiling": _marking(viewer.effective_ceiling),
        "audiences": audience_words(viewer),
        "groups": list(NeedToKnowGroup.objects.filter(slug__in=viewer.groups)),
        "grants": sorted(viewer.grants),
        "this_session": next((one for one in sessions if one.session_key == key), None),
        "other_sessions": [one for one in sessions if one.session_key != key],
        "is_editor": bool(viewer.roles & EDITING_ROLES),
    }
    return render(request, "portal/home/account.html", context)


@require_POST
def end_session(request: PortalRequest) -> HttpResponse:
    """End one of one's other sessions, or all of them."""
    person = person_of(request)
    kept = request.session.session_key or ""
    ref = request.POST.get("session", "")
    ended = end_sessions(person, kept=kept, ref=ref, by=person.public_id)
    if ended:
        messages.success(request, _("Ended. Whoever was there has to sign in again."))
    else:
        messages.success(request, _("There was no such session any more."))
    return redirect("account")


def audience_words(viewer: Viewer) -> list[str]:
    """The audiences this reader belongs to, in words."""
    found = []
    for term in sorted(viewer.audience_terms):
        kind, _colon, slug = term.partition(":")
        if kind == NATIONAL:
            found.append(_("pages for all forces"))
        elif kind == HUB:
            found.append(_("pages that forces share with the hub"))
        elif kind == "region":
            name = Region.objects.filter(slug=slug).values_list("name", flat=True).first()
            found.append(_("pages for the region %(name)s") % {"name": name or slug})
        else:
            found.append(_("pages for %(name)s") % {"name": short_name(slug) or slug})
    return found


def _marking(marking: Marking) -> str:
    return marking.name.replace("_", "-")


@require_POST
def search_shortcut(request: PortalRequest) -> HttpResponse:
    """Turn the / key on or off, in this browser."""
    response = redirect("account")
    if request.POST.get("shortcut") == "off":
        response.set_cookie(
            cookie_name(SHORTCUT_COOKIE),
            "off",
            max_age=A_YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        messages.success(request, _("The / key types a / again."))
    else:
        response.delete_cookie(cookie_name(SHORTCUT_COOKIE))
        messages.success(request, _("The / key jumps to the search box."))
    return response
