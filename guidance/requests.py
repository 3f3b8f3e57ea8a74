"""Asking the hub for guidance, and answering with a page."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from access.policy import Viewer
from access.vocabulary import Role
from forces.models import Organisation, User
from forces.viewers import viewer_for
from guidance.models import Document, GuidanceRequest

HUB_ROLES = frozenset({Role.HUB_EDITOR, Role.HUB_APPROVER})
MOST_OPEN_OF_ONE_PERSON = 20


def may_answer(viewer: Viewer) -> bool:
    """Whether the queue is there: for those who write and approve for all forces."""
    return viewer.active and viewer.admitted and bool(viewer.roles & HUB_ROLES)


def ask(person: User, viewer: Viewer, question: str) -> GuidanceRequest:
    """Ask in one's own name. Raises ValidationError for one too many, or for no question."""
    mine = GuidanceRequest.objects.filter(asked_by=person, answered_at=None)
    if (same := mine.filter(question=question).first()) is not None:
        return same
    if mine.count() >= MOST_OPEN_OF_ONE_PERSON:
        raise ValidationError(_("You have 20 open requests. Wait for an answer to one of them."))
    force = Organisation.objects.get(slug=viewer.organisation)
    asked = GuidanceRequest(question=question, asked_by=person, force=force)
    asked.full_clean(exclude=["owner", "answered_at"])
    asked.save()
    return asked


def take_up(question: str, *, by: User, viewer: Viewer) -> GuidanceRequest:
    """Make a request of what several forces looked for. Raises PermissionDenied."""
    if not may_answer(viewer):
        raise PermissionDenied
    taken, _made = GuidanceRequest.objects.get_or_create(
        question=question[:300], asked_by=None, answered_at=None, defaults={"owner": by}
    )
    return taken


def take_on(asked: GuidanceRequest, *, by: User, viewer: Viewer) -> bool:
    """Become the one who sees to an open request, in the place of whoever was; False if answered.

    Raises PermissionDenied.
    """
    if not may_answer(viewer):
        raise PermissionDenied
    still_open = GuidanceRequest.objects.filter(pk=asked.pk, answered_at=None)
    return bool(still_open.update(owner=by))


def answer(
    asked: GuidanceRequest, page_ref: str, *, by: User, viewer: Viewer, at: datetime
) -> None:
    """Link the page that answers, and tell who asked: a reference and nothing else.

    Raises PermissionDenied, and ValidationError for a page that the viewer may not read: it is
    as absent to them as one that is not there.
    """
    if not may_answer(viewer):
        raise PermissionDenied
    visible = Document.visible.published_to(viewer, at=at)
    ref = visible.filter(ref=page_ref.strip().upper()).values_list("ref", flat=True).first()
    if ref is None:
        raise ValidationError(_("Enter the reference of a published page, such as GD-7F3K2."))
    with transaction.atomic():
        still_open = GuidanceRequest.objects.filter(pk=asked.pk, answered_at=None)
        # Two editors at once: the first answer stands, and only one mail goes.
        if still_open.update(answered_at=at, answer_ref=ref, owner=by):
            transaction.on_commit(lambda: _tell(asked, ref, at=at))


def _tell(asked: GuidanceRequest, ref: str, *, at: datetime) -> None:
    person = asked.asked_by
    if person is None:
        return
    # Who may not read the answer at this moment is not told that there is a page.
    viewer = viewer_for(person, second_factor=False, at=at)
    if Document.visible.published_to(viewer, at=at).filter(ref=ref).exists():
        link = f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}/{ref}/"
        send_mail(f"An answer in the {settings.WAGTAIL_SITE_NAME}", link, None, [person.email])


def requests_of(
    person: User, viewer: Viewer, *, at: datetime
) -> list[tuple[GuidanceRequest, Document | None]]:
    """One's own requests, newest first, each with the answer that one may read."""
    rows = list(GuidanceRequest.objects.filter(asked_by=person).order_by("-asked_at", "-pk"))
    named = {row.answer_ref for row in rows if row.answer_ref}
    visible = Document.visible.published_to(viewer, at=at).filter(ref__in=named)
    readable = {page.ref: page for page in visible.only("ref")}
    return [(row, readable.get(row.answer_ref)) for row in rows]
