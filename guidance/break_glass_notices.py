"""Mails of break-glass: to who decides, to the owner's lead and the auditors, to who asked.

A mail names a reference and a page of the portal. Who gets it is found when it is sent: a lead
who has left since is told nothing. It is written down as sent afterwards, so that a mail server
that fails costs a second mail and not the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from access.policy import Viewer
from access.vocabulary import Role
from forces.models import User
from forces.viewers import viewers_of_everyone
from guidance.break_glass import LEADING_ROLES, may_grant, readings_of
from guidance.models import BreakGlassRequest, Document

AT_ONCE = 50


def tell_of_break_glass() -> int:
    """Send what is due; the number of requests that there was something to tell of."""
    now = timezone.now()
    requests = BreakGlassRequest.objects.select_related("asked_by", "grant").order_by("pk")
    asked = requests.filter(granters_told_at=None, decided_at=None)[:AT_ONCE]
    granted = requests.filter(owner_told_at=None, grant__isnull=False)[:AT_ONCE]
    return (
        sum(_tell_granters(one, at=now) for one in asked)
        + sum(_tell_owner(one, at=now) for one in granted)
        + sum(_tell_of_readings(one, at=now) for one in _running_lately(at=now))
    )


def _running_lately(*, at: datetime) -> list[BreakGlassRequest]:
    """Grants that may have been read under since the last mail; one day after their end, too."""
    since = at - timedelta(days=1)
    granted = BreakGlassRequest.objects.filter(grant__ends_at__gte=since)
    return list(granted.select_related("asked_by", "grant").order_by("pk"))


def _tell_granters(asked: BreakGlassRequest, *, at: datetime) -> int:
    people = _people(lambda one: may_grant(one) and one.person_id != asked.asked_by.public_id, at)
    _mail(people, "asked", asked, where="break_glass_queue")
    asked.granters_told_at = at
    asked.save(update_fields=["granters_told_at"])
    return 1


def _tell_owner(asked: BreakGlassRequest, *, at: datetime) -> int:
    _mail(_onlookers(asked, at=at), "granted", asked, where="break_glass_given")
    _mail([asked.asked_by.email], "yours", asked, where="break_glass")
    asked.owner_told_at = at
    asked.save(update_fields=["owner_told_at"])
    return 1


def _tell_of_readings(asked: BreakGlassRequest, *, at: datetime) -> int:
    rows = list(readings_of(asked, after=asked.last_reading_told).values_list("pk", flat=True))
    if not rows:
        return 0
    _mail(_onlookers(asked, at=at), "read", asked, where="break_glass_given")
    asked.last_reading_told = rows[0]
    asked.save(update_fields=["last_reading_told"])
    return 1


def _onlookers(asked: BreakGlassRequest, *, at: datetime) -> list[str]:
    """The owner's leads, where there is such a document, and the auditors."""
    owner = (
        Document.objects.filter(ref=asked.document_ref)
        .values_list("owner_org_id", flat=True)
        .first()
    )
    return _people(
        lambda one: (
            Role.AUDITOR in one.roles
            or (one.organisation == owner and bool(one.roles & LEADING_ROLES))
        ),
        at,
    )


def _people(are_told: Callable[[Viewer], bool], at: datetime) -> list[str]:
    told = [one.person_id for one in viewers_of_everyone(at) if one.admitted and are_told(one)]
    people = User.objects.filter(public_id__in=told, is_active=True)
    return list(people.order_by("email").values_list("email", flat=True))


def _mail(addresses: Iterable[str], what: str, asked: BreakGlassRequest, *, where: str) -> None:
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    told = {"what": what, "ref": asked.document_ref, "link": f"{base}{reverse(where)}"}
    text = render_to_string("guidance/mail/break_glass.txt", told)
    for address in addresses:
        send_mail(f"Break-glass in the {settings.WAGTAIL_SITE_NAME}", text, None, [address])
