"""Each quarter somebody says who still needs access; after a reminder the rest lose it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from access.policy import Viewer
from access.vocabulary import Role
from audit.events import Event
from audit.record import record
from forces.giving import GIVEN_BY_LEADS
from forces.models import Membership, User
from forces.querysets import not_over
from forces.services import PEOPLE_ROLES, SYSTEM, end_membership, may_manage_people
from forces.viewers import viewers_of_everyone

EVERY = timedelta(days=92)
# How long before its end a membership stands on the lead's page, and how long after a reminder
# it lasts at least.
NOTICE = timedelta(days=14)
AT_ONCE = 100


def may_confirm(viewer: Viewer) -> bool:
    """Whether the page is there: for leads, and for who looks after people."""
    leads = viewer.active and viewer.admitted and Role.APPROVER in viewer.roles
    return viewer.second_factor and (leads or may_manage_people(viewer))


def may_confirm_one(viewer: Viewer, membership: Membership) -> bool:
    """A lead speaks for officers and authors of the own force; nobody for themselves."""
    if membership.user.public_id == viewer.person_id or not may_confirm(viewer):
        return False
    own = membership.organisation.slug == viewer.organisation
    given_by_leads = {Role(role) for role in membership.roles} <= GIVEN_BY_LEADS
    return may_manage_people(viewer) or (own and given_by_leads)


def memberships_for(viewer: Viewer, *, at: datetime) -> list[Membership]:
    """Whom a viewer speaks for, the most urgent first."""
    if not may_confirm(viewer):
        return []
    rows = _current(at=at).select_related("user", "organisation")
    if not may_manage_people(viewer):
        rows = rows.filter(organisation__slug=viewer.organisation)
    in_order = sorted(rows, key=lambda row: (lapses_at(row), row.user.name))
    return [row for row in in_order if may_confirm_one(viewer, row)]


def lapsing_for(viewer: Viewer, *, at: datetime) -> list[Membership]:
    """Those of them that lapse within the notice."""
    if not may_confirm(viewer):
        return []
    rows = _lapsing(by=at + NOTICE, at=at).select_related("user", "organisation")
    return [row for row in rows if may_confirm_one(viewer, row)]


def may_speak_for(viewer: Viewer, user: User, *, at: datetime) -> bool:
    """Whether a viewer may help somebody who is here: who looks after people helps anybody."""
    if may_manage_people(viewer):
        return user.public_id != viewer.person_id
    rows = _current(at=at).filter(user=user).select_related("user", "organisation")
    return any(may_confirm_one(viewer, row) for row in rows)


def lapses_at(membership: Membership) -> datetime:
    """When a membership ends unless somebody speaks for it."""
    return (membership.confirmed_at or membership.starts_at) + EVERY


def _current(*, at: datetime) -> QuerySet[Membership]:
    return Membership.objects.filter(not_over(at=at), starts_at__lte=at, user__is_active=True)


def _lapsing(*, by: datetime, at: datetime) -> QuerySet[Membership]:
    """Current memberships that lapse until a moment; `said_at` is when they last counted anew."""
    said_at = Coalesce("confirmed_at", "starts_at")
    return _current(at=at).annotate(said_at=said_at).filter(said_at__lte=by - EVERY)


@transaction.atomic
def confirm(memberships: Iterable[Membership], *, viewer: Viewer, at: datetime) -> int:
    """Say that these are still needed. Raises PermissionDenied where it is not the viewer's."""
    count = 0
    for membership in memberships:
        if not may_confirm_one(viewer, membership):
            raise PermissionDenied
        membership.confirmed_at = at
        membership.save(update_fields=["confirmed_at"])
        _record(membership, decision="confirmed", by=viewer.person_id)
        count += 1
    return count


@transaction.atomic
def end_access(memberships: Iterable[Membership], *, viewer: Viewer, at: datetime) -> int:
    """End these now. Raises PermissionDenied where it is not the viewer's."""
    count = 0
    for membership in memberships:
        if not may_confirm_one(viewer, membership):
            raise PermissionDenied
        end_membership(membership.user, by=viewer.person_id, at=at)
        count += 1
    return count


def remind() -> int:
    """Mail who can speak for memberships that lapse soon, and whose they are; how many.

    A mail says where to look or whom to ask, and names nobody.
    """
    now = timezone.now()
    lapsing = _lapsing(by=now + NOTICE, at=now).filter(
        Q(reminded_at=None) | Q(reminded_at__lt=F("said_at"))
    )
    chosen = list(lapsing.select_related("organisation", "user").order_by("pk")[:AT_ONCE])
    reminded = Membership.objects.filter(pk__in=[one.pk for one in chosen])
    with transaction.atomic():
        reminded.update(reminded_at=now)
        transaction.on_commit(lambda: _mail(chosen, at=now))
    return len(chosen)


def _speakers(lapsing: list[Membership], *, at: datetime) -> set[str]:
    """The addresses of all who may speak for one of these, and whose page is not shut."""
    speakers = {
        viewer.person_id
        for viewer in viewers_of_everyone(at)
        if any(may_confirm_one(viewer, one) for one in lapsing)
    }
    return set(User.objects.filter(public_id__in=speakers).values_list("email", flat=True))


def _mail(lapsing: list[Membership], *, at: datetime) -> None:
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    told = {"service": settings.WAGTAIL_SITE_NAME, "link": f"{base}{reverse('people_review')}"}
    text = render_to_string("forces/mail/review.txt", told)
    for address in sorted(_speakers(lapsing, at=at)):
        send_mail(f"Who still needs the {settings.WAGTAIL_SITE_NAME}?", text, None, [address])
    text = render_to_string("forces/mail/lapsing.txt", told)
    for address in sorted(one.user.email for one in lapsing):
        send_mail(f"Your access to the {settings.WAGTAIL_SITE_NAME}", text, None, [address])


def end_lapsed() -> int:
    """End what nobody has spoken for in time, two weeks after the reminder; how many.

    Whoever is the last to look after people stays: nobody could bring anybody back.
    """
    now = timezone.now()
    lapsed = _lapsing(by=now, at=now).filter(
        reminded_at__lte=now - NOTICE, reminded_at__gte=F("said_at")
    )
    count = 0
    for membership in lapsed.select_related("user", "organisation").order_by("pk")[:AT_ONCE]:
        if _is_last_keeper(membership.user, at=now):
            continue
        with transaction.atomic():
            _record(membership, decision="lapsed", by=SYSTEM)
            end_membership(membership.user, by=SYSTEM, at=now)
        count += 1
    return count


def _is_last_keeper(user: User, *, at: datetime) -> bool:
    keepers = {
        row.user_id for row in _current(at=at) if {Role(role) for role in row.roles} & PEOPLE_ROLES
    }
    return keepers == {user.pk}


def _record(membership: Membership, *, decision: str, by: str) -> None:
    record(
        Event.MEMBERSHIP_CHANGED,
        actor=by,
        action_object=membership.user.public_id,
        decision=decision,
        reason=membership.organisation.slug[:40],
    )
