"""What a reader must know before relying on a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access.vocabulary import State
from guidance.composition import Composition
from guidance.linking import Linked
from guidance.models import Document, EvaluationPage, GuidancePage, LawReference, PlatformPage


class Level(StrEnum):
    """How grave: `stop` forbids to rely on the page, `care` asks to look twice."""

    STOP = "stop"
    CARE = "care"


@dataclass(frozen=True, slots=True)
class Notice:
    """One warning; `laws` and `successor` are shown with it where there are any."""

    level: Level
    title: str
    text: str = ""
    laws: list[LawReference] = field(default_factory=list)
    successor: Linked | None = None


def notices_of(composition: Composition, *, draft: bool, at: datetime) -> list[Notice]:
    """All warnings of a page. The page shows those that say stop first, each by itself."""
    document = composition.document
    return [
        *_state(document, composition.successor),
        *_draft(draft=draft),
        *_reliance(document),
        *_laws(composition),
        *_expiry(document, at=at),
        *_review(document, at=at),
        *_verification(document),
        *_figures(document),
    ]


def children_first(document: Document) -> bool:
    """Whether the tactic concerns children, so that the page starts with the child."""
    groups = (GuidancePage.SubjectGroup.UNDER_18, GuidancePage.SubjectGroup.BOTH)
    return isinstance(document, GuidancePage) and document.subject_group in groups


def _state(document: Document, successor: Linked | None) -> list[Notice]:
    if document.state == State.WITHDRAWN:
        when = date_format(document.withdrawn_at, "j F Y") if document.withdrawn_at else ""
        title = _("Withdrawn on %(date)s. Do not use it.") % {"date": when}
        return [Notice(Level.STOP, title, document.withdrawn_reason, successor=successor)]
    if document.state == State.SUPERSEDED:
        title = _("Replaced by a newer page. Do not use this one.")
        return [Notice(Level.STOP, title, document.withdrawn_reason, successor=successor)]
    return []


def _draft(*, draft: bool) -> list[Notice]:
    if not draft:
        return []
    text = _("Only the owner's editors and approvers see it. Do not act on it or pass it on.")
    return [Notice(Level.STOP, _("Draft: not published."), text)]


def _reliance(document: Document) -> list[Notice]:
    if not isinstance(document, GuidancePage):
        return []
    if document.reliance == GuidancePage.Reliance.DO_NOT_RELY:
        text = _("It is here to prepare for a change. Ask the owner before you act.")
        return [Notice(Level.STOP, _("Do not rely on this page yet."), text)]
    if document.reliance == GuidancePage.Reliance.CAUTION:
        text = _("Parts of it have not been checked by a lawyer.")
        return [Notice(Level.CARE, _("Use with caution."), text)]
    return []


def _laws(composition: Composition) -> list[Notice]:
    """Law that is not there stops; law whose status nobody has checked asks for care."""
    unknown = LawReference.Status.UNKNOWN
    open_ones = composition.laws_not_in_force
    stopped = [law for law in open_ones if law.status != unknown]
    unchecked = [law for law in open_ones if law.status == unknown]
    found = []
    if stopped:
        title = _("This law may not be relied on:")
        found.append(Notice(Level.STOP, title, laws=stopped))
    if unchecked:
        title = _("Law that may not be relied on until you have checked its status:")
        found.append(Notice(Level.CARE, title, laws=unchecked))
    return found


def _expiry(document: Document, *, at: datetime) -> list[Notice]:
    if not isinstance(document, PlatformPage) or not document.is_expired(at=at):
        return []
    text = _("Routes and addresses change. Confirm them before you send anything.")
    return [Notice(Level.STOP, _("This entry has expired."), text)]


def _review(document: Document, *, at: datetime) -> list[Notice]:
    if not document.is_review_overdue(at=at) or document.review_by_date is None:
        return []
    due = date_format(document.review_by_date, "j F Y")
    title = _("Review overdue since %(date)s.") % {"date": due}
    return [Notice(Level.CARE, title, _("It may be out of date. Ask the owner if in doubt."))]


def _verification(document: Document) -> list[Notice]:
    if document.last_verified_on_date is not None or document.state == State.DRAFT:
        return []
    text = _("Nobody has confirmed it against its sources since it was published.")
    return [Notice(Level.CARE, _("Unverified."), text)]


def _figures(document: Document) -> list[Notice]:
    if not isinstance(document, EvaluationPage) or not document.synthetic:
        return []
    text = _("They were made up to show what such a page looks like. Do not quote them.")
    return [Notice(Level.CARE, _("The figures are synthetic."), text)]
