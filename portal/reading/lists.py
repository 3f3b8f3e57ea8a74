"""Lists of documents by type: what a viewer may see of it, in pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.policy import Viewer
from access.vocabulary import Marking
from guidance.models import (
    Document,
    EvaluationPage,
    GuidancePage,
    LessonPage,
    PlatformPage,
)

PER_PAGE = 25
# What a row shows; the long texts of a page stay in the database.
COLUMNS = (
    "title",
    "ref",
    "summary",
    "marking",
    "state",
    "review_by_date",
    "last_verified_on_date",
    "last_published_at",
    "owner_org__slug",
    "owner_org__short_name",
)


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: its model, its words, and the columns it shows beside the common ones."""

    model: type[Document]
    title: str | Promise
    lead: str | Promise
    empty: str | Promise
    type_slug: str
    template: str = "list.html"
    columns: tuple[str, ...] = ()
    per_page: int = PER_PAGE


LISTS = {
    "guidance": Listing(
        GuidancePage,
        _("Guidance"),
        _("What to do, on whose authority, and when not to."),
        _("There is no guidance that you may see yet."),
        "guidance",
        columns=("authority_needed", "reliance"),
    ),
    "lessons": Listing(
        LessonPage,
        _("Lessons and notable practice"),
        _("What happened elsewhere, why, and what to do differently."),
        _("There are no lessons that you may see yet."),
        "lesson",
        columns=("kind", "risk_if_ignored"),
    ),
    "evaluations": Listing(
        EvaluationPage,
        _("Evaluations"),
        _("What was tried, what came of it, and how sure that is. Findings of no effect included."),
        _("There are no evaluations that you may see yet."),
        "evaluation",
        columns=("effect", "effect_rating", "key_finding", "synthetic"),
    ),
    "platforms": Listing(
        PlatformPage,
        _("Platforms"),
        _("Whom to ask, for what, with what in hand."),
        _("There are no platform entries that you may see yet."),
        "platform",
        template="platforms.html",
        columns=("platform_slug", "other_names", "routes", "expires_on_date"),
        per_page=100,
    ),
}


def marking_of(*groups: Iterable[Document]) -> str:
    """The marking of a page that shows these documents: the highest among them."""
    marks = [Marking(row.marking) for rows in groups for row in rows]
    return max(marks, default=Marking.OFFICIAL).name.replace("_", "-")


def list_page(listing: Listing, viewer: Viewer, *, number: Any, at: datetime) -> Page[Any]:
    """One page of a list; a number that does not exist means the nearest that does."""
    visible = listing.model.visible.published_to(viewer, at=at)
    order = ("title", "ref") if listing.model is PlatformPage else ("-last_published_at", "ref")
    rows = visible.select_related("owner_org").only(*COLUMNS, *listing.columns).order_by(*order)
    return Paginator(rows, listing.per_page).get_page(number)
