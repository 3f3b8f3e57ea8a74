"""Which memberships the people page shows: those that count or will, and leavers' last ones."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from access.vocabulary import Role
from forces.models import Membership


def not_over(*, at: datetime) -> Q:
    """What has no end, or ends later."""
    return Q(ends_at__isnull=True) | Q(ends_at__gt=at)


def addresses_of(role: Role, *, at: datetime) -> list[str]:
    """Where mail goes that is for everybody who has a role now."""
    rows = Membership.objects.filter(not_over(at=at), starts_at__lte=at, user__is_active=True)
    # SQLite knows no "contains" of a list.
    held = rows.select_related("user").order_by("user__email")
    return [row.user.email for row in held if role in row.roles]


def open_memberships(*, at: datetime) -> QuerySet[Membership]:
    """Memberships that count now or will."""
    return Membership.objects.filter(not_over(at=at))


def last_memberships_of_leavers(*, at: datetime) -> QuerySet[Membership]:
    """The newest membership of everybody who has none that counts or will."""
    newest = Membership.objects.filter(user=OuterRef("user")).order_by("-starts_at", "-pk")
    return Membership.objects.filter(pk=Subquery(newest.values("pk")[:1]), ends_at__lte=at)
