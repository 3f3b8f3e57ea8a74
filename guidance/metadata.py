"""What oversight may know of every document: facts, never a title, a text, a tag or a file name.

This stands outside the reader's querysets on purpose: an auditor has no right to content, and
needs the facts of what is hidden from everybody else as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from access.vocabulary import Marking, State
from guidance.models import Approval, Document

_COLUMNS = (
    "ref",
    "owner_org__short_name",
    "marking",
    "state",
    "first_published_at",
    "last_published_at",
    "visible_from",
    "visible_until",
    "review_by_date",
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """The facts of one document."""

    ref: str
    owner: str
    marking: Marking
    state: State
    first_published_at: datetime | None
    last_published_at: datetime | None
    visible_from: datetime | None
    visible_until: datetime | None
    review_by: Any
    audience: tuple[str, ...]
    groups: int
    gates: tuple[str, ...]

    @property
    def marking_label(self) -> str:
        """As it stands on a page."""
        return self.marking.name.replace("_", "-")


def all_documents(*, owner: str = "", marking: int = 0, state: str = "") -> QuerySet[Document]:
    """Every document in the order of its reference, narrowed by facts; for `metadata_of`."""
    wanted: dict[str, Any] = {}
    if owner:
        wanted["owner_org__slug"] = owner
    if marking:
        wanted["marking"] = marking
    if state:
        wanted["state"] = state
    found: QuerySet[Document] = Document.objects.filter(**wanted)
    return found.order_by("ref")


def metadata_of(refs: list[str]) -> list[Metadata]:
    """The facts of these documents, in four statements however many they are."""
    rows = Document.objects.filter(ref__in=refs).order_by("ref")
    audiences = _pairs(rows.values_list("ref", "audience"))
    groups = _pairs(rows.values_list("ref", "groups"))
    gates = _pairs(
        Approval.objects.filter(document_ref__in=refs)
        .order_by("approved_at")
        .values_list("document_ref", "stage")
    )
    return [
        Metadata(
            ref=row["ref"],
            owner=row["owner_org__short_name"],
            marking=Marking(row["marking"]),
            state=State(row["state"]),
            first_published_at=row["first_published_at"],
            last_published_at=row["last_published_at"],
            visible_from=row["visible_from"],
            visible_until=row["visible_until"],
            review_by=row["review_by_date"],
            audience=tuple(sorted(audiences.get(row["ref"], {}))),
            groups=len(groups.get(row["ref"], {})),
            gates=tuple(gates.get(row["ref"], {})),
        )
        for row in rows.values(*_COLUMNS)
    ]


def _pairs(rows: Any) -> dict[str, dict[str, None]]:
    """The values beside each key, once each and in the order in which they came."""
    found: dict[str, dict[str, None]] = {}
    for key, value in rows:
        if value is not None:
            found.setdefault(key, {})[value] = None
    return found


def references_of(owner: str) -> QuerySet[Document, str]:
    """The references of all documents of one organisation, drafts included."""
    found: QuerySet[Document, str] = Document.objects.filter(owner_org__slug=owner).values_list(
        "ref", flat=True
    )
    return found
