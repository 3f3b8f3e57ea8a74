"""Break-glass: one person reads one document for a time, by another person's word.

Nothing here looks whether a document exists, until its owner is told: asking and granting are the
same work, and give the same answers, for a hidden reference and for one that was never given out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from access.policy import Viewer
from access.vocabulary import HUB_SLUG, POLICING_KINDS, READING_ROLES, OrganisationKind, Role
from audit.events import Event
from audit.models import Entry
from audit.record import record
from forces.models import BreakGlassGrant, User
from guidance.metadata import references_of
from guidance.models import BreakGlassRequest

# Any of the two says yes or no; the owner is told, and may end a grant.
GRANTING_ROLES = frozenset({Role.INFORMATION_RIGHTS, Role.HUB_APPROVER})
LEADING_ROLES = frozenset({Role.APPROVER, Role.HUB_APPROVER})
# Partners read what was shared with them by name, and nothing else.
ASKING_KINDS = POLICING_KINDS | {OrganisationKind.HUB, OrganisationKind.OVERSIGHT}
MOST_OPEN_OF_ONE_PERSON = 10
LONGEST = timedelta(days=7)
# Empty until somebody has decided, and been told.
UNDECIDED = ("decided_by", "decided_at", "grant", "granters_told_at", "owner_told_at")


def may_ask(viewer: Viewer) -> bool:
    """Whether this viewer, in this session, may ask for a document."""
    asks = viewer.roles & (READING_ROLES | {Role.AUDITOR})
    return _is_strong(viewer) and bool(asks) and viewer.organisation_kind in ASKING_KINDS


def may_grant(viewer: Viewer) -> bool:
    """Whether this viewer, in this session, decides what others ask for."""
    grants = viewer.organisation == HUB_SLUG and viewer.roles & GRANTING_ROLES
    return _is_strong(viewer) and bool(grants)


def may_look_on(viewer: Viewer) -> bool:
    """Whether this is an auditor, or the lead of an organisation whose pages were opened."""
    return _is_strong(viewer) and bool(viewer.roles & (LEADING_ROLES | {Role.AUDITOR}))


def _is_strong(viewer: Viewer) -> bool:
    return viewer.active and viewer.admitted and viewer.second_factor


def ask(person: User, viewer: Viewer, *, document_ref: str, reason: str) -> BreakGlassRequest:
    """Ask for a reference. Raises PermissionDenied, and ValidationError for one too many."""
    if not may_ask(viewer):
        raise PermissionDenied
    mine = BreakGlassRequest.objects.filter(asked_by=person, decided_at=None)
    if (same := mine.filter(document_ref=document_ref).first()) is not None:
        return same
    if mine.count() >= MOST_OPEN_OF_ONE_PERSON:
        raise ValidationError(_("You have 10 open requests. Wait for an answer to one of them."))
    asked = BreakGlassRequest(asked_by=person, document_ref=document_ref, reason=reason)
    asked.clean_fields(exclude=UNDECIDED)
    with transaction.atomic():
        asked.save()
        _record(asked, decision="asked", by=viewer)
    return asked


def open_requests(viewer: Viewer) -> QuerySet[BreakGlassRequest]:
    """What waits for this granter, the oldest first: one's own waits for somebody else."""
    waiting = BreakGlassRequest.objects.filter(decided_at=None)
    others = waiting.exclude(asked_by__public_id=viewer.person_id)
    return others.select_related("asked_by").order_by("asked_at", "pk")


def grant(
    asked: BreakGlassRequest, *, by: User, viewer: Viewer, lasts: timedelta, at: datetime
) -> None:
    """Say yes, for a time. Raises PermissionDenied for the person who asked and for others."""
    if not timedelta(0) < lasts <= LONGEST:
        raise ValidationError(_("A grant lasts seven days at most."))
    with transaction.atomic():
        row = _open(asked, by=by, viewer=viewer)
        row.grant = BreakGlassGrant.objects.create(
            user=row.asked_by,
            document_ref=row.document_ref,
            reason=row.reason,
            granted_by=by,
            starts_at=at,
            ends_at=at + lasts,
        )
        _close(row, by=by, at=at)
        _record(row, decision="granted", by=viewer, hours=int(lasts.total_seconds() // 3600))


def decline(asked: BreakGlassRequest, *, by: User, viewer: Viewer, at: datetime) -> None:
    """Say no. Raises PermissionDenied for the person who asked and for others."""
    with transaction.atomic():
        row = _open(asked, by=by, viewer=viewer)
        _close(row, by=by, at=at)
        _record(row, decision="declined", by=viewer)


def _open(asked: BreakGlassRequest, *, by: User, viewer: Viewer) -> BreakGlassRequest:
    """The request, held: two granters at once would make two grants."""
    waiting = BreakGlassRequest.objects.select_for_update(of=("self",)).filter(decided_at=None)
    row = waiting.select_related("asked_by").filter(pk=asked.pk).first()
    if row is None or row.asked_by_id == by.pk or not may_grant(viewer):
        raise PermissionDenied
    return row


def _close(row: BreakGlassRequest, *, by: User, at: datetime) -> None:
    row.decided_by, row.decided_at = by, at
    row.save(update_fields=["decided_by", "decided_at", "grant"])


def grants_shown_to(viewer: Viewer) -> QuerySet[BreakGlassRequest]:
    """The grants for the pages of a lead's organisation; all, for auditors and granters."""
    granted = BreakGlassRequest.objects.filter(grant__isnull=False)
    granted = granted.select_related("grant", "asked_by", "decided_by")
    if Role.AUDITOR in viewer.roles or may_grant(viewer):
        return granted
    return granted.filter(_of(viewer))


def _of(viewer: Viewer) -> Q:
    return Q(document_ref__in=references_of(viewer.organisation))


def may_end(viewer: Viewer, asked: BreakGlassRequest) -> bool:
    """Whether this viewer may end a grant before its time: its reader, a granter, the owner."""
    if asked.asked_by.public_id == viewer.person_id or may_grant(viewer):
        return True
    leads = _is_strong(viewer) and bool(viewer.roles & LEADING_ROLES)
    return leads and BreakGlassRequest.objects.filter(_of(viewer), pk=asked.pk).exists()


def end(asked: BreakGlassRequest, *, viewer: Viewer, at: datetime) -> None:
    """End a grant now. Raises PermissionDenied."""
    if asked.grant is None or not may_end(viewer, asked):
        raise PermissionDenied
    if not asked.is_running(at=at):
        return
    with transaction.atomic():
        # The database refuses a grant without length.
        asked.grant.ends_at = max(at, asked.grant.starts_at + timedelta.resolution)
        asked.grant.save()
        _record(asked, decision="ended", by=viewer)


def readings_of(asked: BreakGlassRequest, *, after: int = 0) -> QuerySet[Entry]:
    """What the trail says of readings under a grant, the newest first."""
    rows = Entry.objects.filter(
        event=Event.GRANT_READING,
        actor=asked.asked_by.public_id,
        action_object=asked.document_ref,
        pk__gt=after,
    )
    if asked.grant is not None:
        span = (asked.grant.starts_at, asked.grant.ends_at)
        rows = rows.filter(recorded_at__range=span)
    return rows.order_by("-pk")


def _record(asked: BreakGlassRequest, *, decision: str, by: Viewer, hours: int = 0) -> None:
    record(
        Event.GRANT,
        actor=by.person_id,
        action_object=asked.document_ref,
        decision=decision,
        detail={"for": asked.asked_by.public_id, **({"hours": hours} if hours else {})},
    )
