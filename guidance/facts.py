"""What the access rule needs to know of a document, read from its row or from a revision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db.models import Q

from access.policy import Document as Facts
from access.vocabulary import Marking, State
from access.widening import AudienceFacts

if TYPE_CHECKING:
    from guidance.models import Document


def audience_of(document: Document) -> frozenset[str]:
    """The audience terms of a row or of a revision read as an object."""
    return frozenset(term.pk for term in document.audience.all())


def groups_of(document: Document) -> frozenset[str]:
    """The slugs of the need-to-know groups."""
    return frozenset(group.slug for group in document.groups.all())


def facts_of(
    document: Document,
    *,
    audience: Collection[str] | None = None,
    groups: Collection[str] | None = None,
    review: Collection[str] = (),
) -> Facts:
    """The facts of a live row, or of a revision read as an object.

    Pass `audience` and `groups` where they are already read. `review` are the open review keys
    of exactly this revision; a live row has none.
    """
    return Facts(
        ref=document.ref,
        owner=document.owner_org_id,
        author=document.author_ref,
        marking=Marking(document.marking),
        audience=audience_of(document) if audience is None else frozenset(audience),
        groups=groups_of(document) if groups is None else frozenset(groups),
        visible_from=document.visible_from,
        visible_until=document.visible_until,
        state=State(document.state),
        latest_phase=document.latest_phase,
        review=frozenset(review),
        access_version=document.access_version,
    )


FACT_COLUMNS = (
    "ref",
    "title",
    "owner_org_id",
    "author_ref",
    "marking",
    "visible_from",
    "visible_until",
    "state",
    "latest_phase",
    "access_version",
)


def facts_of_rows(wanted: Q) -> list[tuple[Document, Facts]]:
    """Rows and their facts, in three statements however many there are; for a few rows."""
    from guidance.models import Document

    rows = list(Document.visible.filter(wanted).only(*FACT_COLUMNS))
    audiences = _grouped("audience", "audienceterm_id", rows)
    groups = _grouped("groups", "needtoknowgroup__slug", rows)
    return [(row, facts_of(row, audience=audiences[row.pk], groups=groups[row.pk])) for row in rows]


def _grouped(field: str, column: str, rows: list[Document]) -> dict[int, set[str]]:
    from guidance.models import Document

    through = Document._meta.get_field(field).remote_field.through
    found: dict[int, set[str]] = defaultdict(set)
    pairs = through.objects.filter(document_id__in=[row.pk for row in rows])
    for pk, value in pairs.values_list("document_id", column):
        found[pk].add(value)
    return found


def audience_facts(document: Document) -> AudienceFacts:
    """The facts that an approval can widen, and that narrowing can only make smaller."""
    return AudienceFacts(
        marking=Marking(document.marking),
        audience=audience_of(document),
        groups=groups_of(document),
        visible_from=document.visible_from,
        visible_until=document.visible_until,
        latest_phase=document.latest_phase,
        owner=document.owner_org_id,
    )
