"""What a reader's home page shows, each part in one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField
from django.db.models.functions import Cast
from django.utils import timezone
from wagtail.models import WorkflowState

from access.policy import Viewer
from access.vocabulary import EDITING_ROLES, READING_ROLES, Role, State
from guidance.models import Document, PlatformPage, Term
from portal.home.actions import Action, actions_for
from portal.reading.lists import COLUMNS

NEWEST = 6
DUE = 6
REVIEW_NOTICE = timedelta(days=30)
WITHDRAWAL_NEWS = timedelta(days=14)
QUICK_PLATFORMS = 12


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The parts of a home page; an empty one is not shown."""

    is_reader: bool
    is_editor: bool
    is_auditor: bool
    actions: list[Action]
    withdrawn: list[Any]
    opened: list[Any]
    newest: list[Any]
    sent_back: list[Any]
    to_review: list[Any]
    reviews_due: list[Any]
    platforms: list[Any]
    platform_words: list[Term]
    harms: list[Term]
    tactics: list[Term]

    @property
    def shown(self) -> list[list[Any]]:
        """The rows whose titles are content: the highest of their markings is the page's own.

        The name of a platform is a public word, whatever its entry says.
        """
        return [
            self.withdrawn,
            self.opened,
            self.newest,
            self.sent_back,
            self.to_review,
            self.reviews_due,
        ]


def dashboard_for(viewer: Viewer, *, opened: list[str], at: datetime) -> Dashboard:
    """All parts for this viewer."""
    is_reader = bool(viewer.roles & READING_ROLES)
    is_editor = bool(viewer.roles & EDITING_ROLES)
    platform_words, harms, tactics = _words(at=at) if is_reader else ([], [], [])
    return Dashboard(
        is_reader=is_reader,
        is_editor=is_editor,
        is_auditor=Role.AUDITOR in viewer.roles,
        actions=actions_for(viewer, at=at),
        withdrawn=_withdrawn(viewer, at=at),
        opened=_opened(viewer, opened, at=at),
        newest=_newest(viewer, at=at),
        sent_back=_sent_back(viewer, at=at) if is_editor else [],
        to_review=_to_review(viewer, at=at) if is_editor else [],
        reviews_due=_reviews_due(viewer, at=at) if is_editor else [],
        platforms=_platforms(viewer, at=at),
        platform_words=platform_words,
        harms=harms,
        tactics=tactics,
    )


def _rows(viewer: Viewer, *, at: datetime) -> Any:
    visible = Document.visible.published_to(viewer, at=at)
    return visible.select_related("owner_org").only(*COLUMNS)


def _withdrawn(viewer: Viewer, *, at: datetime) -> list[Any]:
    rows = _rows(viewer, at=at).filter(state=State.WITHDRAWN, withdrawn_at__gt=at - WITHDRAWAL_NEWS)
    return list(rows.order_by("-withdrawn_at", "ref")[:NEWEST])


def _opened(viewer: Viewer, opened: list[str], *, at: datetime) -> list[Any]:
    if not opened:
        return []
    found = {row.ref: row for row in _rows(viewer, at=at).filter(ref__in=opened)}
    return [found[ref] for ref in opened if ref in found]


def _newest(viewer: Viewer, *, at: datetime) -> list[Any]:
    """The newest pages to read; platforms have their own place, and change every few weeks."""
    rows = _rows(viewer, at=at).filter(state=State.PUBLISHED)
    rows = rows.exclude(ref__startswith=f"{PlatformPage.prefix}-")
    return list(rows.order_by("-last_published_at", "ref")[:NEWEST])


def _sent_back(viewer: Viewer, *, at: datetime) -> list[Any]:
    """What this viewer submitted, and a reviewer asked to change, while they may still edit it."""
    states = WorkflowState.objects.filter(
        status=WorkflowState.STATUS_NEEDS_CHANGES, requested_by__public_id=viewer.person_id
    )
    # Wagtail keeps the key of any object as text.
    keys = states.annotate(document=Cast("object_id", BigIntegerField())).values("document")
    rows = Document.visible.to(viewer, at=at).filter(owner_org=viewer.organisation, pk__in=keys)
    return list(rows.select_related("owner_org").only(*COLUMNS).order_by("ref")[:DUE])


def _to_review(viewer: Viewer, *, at: datetime) -> list[Any]:
    waiting = Document.visible.under_review_by(viewer, at=at).select_related("owner_org")
    return list(waiting.only(*COLUMNS).order_by("ref")[:DUE])


def _reviews_due(viewer: Viewer, *, at: datetime) -> list[Any]:
    rows = _rows(viewer, at=at).filter(
        state=State.PUBLISHED,
        owner_org=viewer.organisation,
        review_by_date__lte=timezone.localdate(at + REVIEW_NOTICE),
    )
    return list(rows.order_by("review_by_date", "ref")[:DUE])


def _platforms(viewer: Viewer, *, at: datetime) -> list[Any]:
    rows = PlatformPage.visible.published_to(viewer, at=at).filter(state=State.PUBLISHED)
    return list(rows.only("title", "ref", "marking").order_by("title", "ref")[:QUICK_PLATFORMS])


def _words(*, at: datetime) -> tuple[list[Term], list[Term], list[Term]]:
    """Platforms, harms and tactics that authors may choose from today, in one statement."""
    on = timezone.localdate(at)
    kinds = (Term.Vocabulary.PLATFORM, Term.Vocabulary.CONTENT_TYPE, Term.Vocabulary.TACTIC)
    terms = Term.objects.none()
    for kind in kinds:
        terms = terms | Term.objects.valid(kind, on=on)
    by_kind: dict[str, list[Term]] = {kind: [] for kind in kinds}
    for term in terms.order_by("position", "label"):
        by_kind[term.vocabulary].append(term)
    platforms, harms, tactics = by_kind.values()
    return platforms, harms, tactics
