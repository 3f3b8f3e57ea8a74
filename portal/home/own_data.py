"""What the portal holds about a reader, for that reader to take away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from access.policy import Viewer
from access.vocabulary import Marking
from audit.events import Event
from audit.models import Entry
from audit.record import record
from forces.models import User
from forces.requests import PortalRequest, person_of
from forces.sessions import sessions_of
from forces.step_up import freshly_proved
from guidance.models import Document, GuidanceRequest
from search.models import SavedSearch

MARKING = Marking.OFFICIAL.name


@require_safe
@freshly_proved
def own_data(request: PortalRequest) -> JsonResponse:
    """One file with everything; that it was taken is itself a row of the trail."""
    now = timezone.now()
    person, viewer = person_of(request), request.viewer
    record(
        Event.EXPORT,
        actor=person.public_id,
        action_object=person.public_id,
        request_id=request.request_id,
    )
    held = {
        "marking": MARKING,
        "taken_at": now,
        **{name: part(person, viewer, now) for name, part in _PARTS.items()},
    }
    answer = JsonResponse(held, json_dumps_params={"indent": 2, "ensure_ascii": False})
    name = f"{MARKING} my data {timezone.localdate(now):%Y-%m-%d}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _person(person: User, _viewer: Viewer, _at: datetime) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "number_in_the_trail": person.public_id,
        "added_at": person.created_at,
        "last_sign_in_at": person.last_login,
    }


def _memberships(person: User, _viewer: Viewer, _at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "organisation": one.organisation.name,
            "roles": one.roles,
            "highest_marking": Marking(one.marking_ceiling).name.replace("_", "-"),
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
            "confirmed_at": one.confirmed_at,
        }
        for one in person.memberships.select_related("organisation").order_by("starts_at")
    ]


def _groups(person: User, viewer: Viewer, _at: datetime) -> list[dict[str, Any]]:
    """The name of a group is its members': one that somebody has left is told without."""
    return [
        {
            "group": one.group.name if one.group.slug in viewer.groups else "",
            "starts_at": one.starts_at,
            "ends_at": one.ends_at,
        }
        for one in person.group_memberships.select_related("group").order_by("starts_at")
    ]


def _grants(person: User, _viewer: Viewer, _at: datetime) -> list[Any]:
    rows = person.grants.order_by("starts_at")
    return list(rows.values("document_ref", "starts_at", "ends_at"))


def _signing_in(person: User, _viewer: Viewer, _at: datetime) -> dict[str, Any]:
    factors = Authenticator.objects.filter(user=person).order_by("created_at")
    accounts = SocialAccount.objects.filter(user=person).order_by("date_joined")
    return {
        "second_factors": list(factors.values("type", "created_at", "last_used_at")),
        "force_accounts": list(accounts.values("provider", "date_joined", "last_login")),
    }


def _sessions(person: User, _viewer: Viewer, at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "device": one.device,
            "started_at": one.started_at,
            "last_used_at": one.seen_at,
            "ends_at": one.expire_date,
        }
        for one in sessions_of(person, at=at)
    ]


def _saved_searches(person: User, _viewer: Viewer, _at: datetime) -> list[Any]:
    rows = SavedSearch.objects.filter(user=person).order_by("made_at")
    return list(rows.values("name", "asked", "rhythm", "is_paused", "made_at"))


def _asked_of_the_hub(person: User, _viewer: Viewer, _at: datetime) -> list[Any]:
    rows = GuidanceRequest.objects.filter(asked_by=person).order_by("asked_at")
    return list(rows.values("question", "asked_at", "answered_at"))


def _trail(person: User, viewer: Viewer, at: datetime) -> list[dict[str, Any]]:
    """What somebody did. Of a refusal only that and when: its page, or its reason, would tell
    what is hidden from what is not there. Nor is a page named that is hidden by now.
    """
    rows = Entry.objects.filter(actor=person.public_id).order_by("recorded_at", "pk")
    documents = Document.visible.filter(ref__in=rows.values("action_object"))
    open_to = Document.visible.to(viewer, at=at).filter(ref__in=rows.values("action_object"))
    hidden = set(documents.values_list("ref", flat=True)) - set(
        open_to.values_list("ref", flat=True)
    )
    return [
        {"at": moment, "event": event}
        if event == Event.REFUSAL
        else {
            "at": moment,
            "event": event,
            "about": "" if about in hidden else about,
            "detail": detail,
        }
        for moment, event, about, detail in rows.values_list(
            "recorded_at", "event", "action_object", "detail"
        )
    ]


def _done_to(person: User, _viewer: Viewer, _at: datetime) -> list[dict[str, Any]]:
    """What others did to the person's account; who that was is theirs."""
    rows = Entry.objects.filter(action_object=person.public_id).exclude(actor=person.public_id)
    return [
        {"at": at, "event": event}
        for at, event in rows.order_by("recorded_at", "pk").values_list("recorded_at", "event")
    ]


_PARTS: dict[str, Callable[[User, Viewer, datetime], Any]] = {
    "person": _person,
    "memberships": _memberships,
    "need_to_know_groups": _groups,
    "grants_for_single_pages": _grants,
    "signing_in": _signing_in,
    "sessions": _sessions,
    "saved_searches": _saved_searches,
    "asked_of_the_hub": _asked_of_the_hub,
    "trail_of_what_you_did": _trail,
    "trail_of_what_was_done_to_your_account": _done_to,
}
