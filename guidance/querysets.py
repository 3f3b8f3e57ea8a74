"""The access rule as SQL: the only place that builds querysets of documents for readers."""

from __future__ import annotations

import functools
import operator
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from wagtail.models import PageManager
from wagtail.query import PageQuerySet

from access.policy import Viewer
from access.rules import Condition, Conjunction, Ge, In, Le, rules_for
from access.vocabulary import NO_GROUP, OPEN_STATES

# A viewer for whom the rule table is empty sees nothing: never "no filter".
NOTHING = Q(pk__in=[])


def access_q(viewer: Viewer, *, at: datetime, reviews: bool = False) -> Q:
    """Compile the rule table to a condition on Document rows (SQLite and PostgreSQL).

    `reviews` adds the open review tasks. They open a revision and never the live row (clause 4:
    "that revision only"), so readers' querysets leave them out.
    """
    return compile_rules(rules_for(viewer, at=at), reviews=reviews)


def compile_rules(rules: Iterable[Conjunction], *, reviews: bool) -> Q:
    """A disjunction of conjunctions as Q; an empty one matches no row."""
    kept = [
        frozenset(conjunction)
        for conjunction in rules
        if reviews or not any(condition.field == "review" for condition in conjunction)
    ]
    return _any_of(kept) if kept else NOTHING


def _any_of(alternatives: list[frozenset[Condition]]) -> Q:
    """The same as a disjunction of the alternatives, with what they share asked once.

    The conjunctions of the rule table repeat one another, and each subquery costs the builder
    and the database more than a nested bracket does.
    """
    shared = frozenset.intersection(*alternatives)
    rests = [rest for alternative in alternatives if (rest := alternative - shared)]
    parts = [_condition(condition) for condition in sorted(shared, key=repr)]
    # An alternative that is wholly shared makes the others superfluous.
    if len(rests) == len(alternatives):
        parts.append(_split(rests))
    return functools.reduce(operator.and_, parts)


def _split(rests: list[frozenset[Condition]]) -> Q:
    """Bracket the alternatives that share their most frequent condition."""
    if len(rests) == 1:
        return _any_of(rests)
    counts = Counter(condition for rest in rests for condition in rest)
    commonest = max(sorted(counts, key=repr), key=counts.__getitem__)
    having = [rest for rest in rests if commonest in rest]
    if counts[commonest] == 1:
        return functools.reduce(operator.or_, (_any_of([rest]) for rest in rests))
    others = [rest for rest in rests if commonest not in rest]
    return _any_of(having) | _split(others) if others else _any_of(having)


def _condition(condition: Condition) -> Q:
    match condition:
        case In("audience", values):
            return Q(_related("audience", "audienceterm_id__in", values))
        case In("groups", values):
            return _groups(values)
        case In("review", values):
            return Q(_review(values))
        case In("owner", values):
            return Q(owner_org_id__in=sorted(values))
        case In("author", values):
            return Q(author_ref__in=sorted(values))
        case In(field, values):
            return Q(**{f"{field}__in": sorted(values)})
        case Le(field, value):
            return _bound(field, "lte", value)
        case Ge(field, value):
            return _bound(field, "gte", value)


def _bound(field: str, lookup: str, value: int | datetime) -> Q:
    bound = Q(**{f"{field}__{lookup}": value})
    # A date that is not set bounds nothing; the rule table has sentinels there.
    return bound | Q(**{f"{field}__isnull": True}) if isinstance(value, datetime) else bound


def _related(field: str, lookup: str, values: frozenset[str] | None = None) -> Exists:
    from guidance.models import Document

    through: type[models.Model] = Document._meta.get_field(field).remote_field.through
    rows = through._default_manager.filter(document_id=OuterRef("pk"))
    return Exists(rows.filter(**{lookup: sorted(values)}) if values is not None else rows)


def _groups(values: frozenset[str]) -> Q:
    named = values - {NO_GROUP}
    condition = Q(_related("groups", "needtoknowgroup__slug__in", named)) if named else NOTHING
    return condition | ~Q(_related("groups", "")) if NO_GROUP in values else condition


def _review(values: frozenset[str]) -> Exists:
    from guidance.models import Review

    return Exists(
        Review.objects.filter(
            document_pk=OuterRef("pk"), closed_at__isnull=True, key__in=sorted(values)
        )
    )


class VisibleQuerySet(PageQuerySet):
    """Documents that a viewer may read."""

    def to(self, viewer: Viewer, *, at: datetime) -> VisibleQuerySet:
        """The documents whose live row this viewer may read, drafts of one's own force included."""
        return self._narrowed(access_q(viewer, at=at))

    def published_to(self, viewer: Viewer, *, at: datetime) -> VisibleQuerySet:
        """What readers' lists show: what the viewer may read and what has been published.

        An editor's own drafts and embargoed pages stay in the admin.
        """
        open_now = Q(state__in=sorted(OPEN_STATES)) & _bound("visible_from", "lte", at)
        return self.to(viewer, at=at)._narrowed(open_now)

    def under_review_by(self, viewer: Viewer, *, at: datetime) -> VisibleQuerySet:
        """The documents of which a revision waits for this viewer's review."""
        reviews = Q(_review(viewer.review_keys))
        return self._narrowed(access_q(viewer, at=at, reviews=True) & reviews)

    def _narrowed(self, condition: Q) -> VisibleQuerySet:
        found: VisibleQuerySet = self.filter(condition)
        return found


class VisibleDocuments(PageManager.from_queryset(VisibleQuerySet)):  # type: ignore[misc]
    """Manager of `Document.visible`; its querysets start unfiltered, so call `to` first."""

    def get_queryset(self) -> Any:
        """All documents, in no order of the tree: readers never see the tree."""
        return VisibleQuerySet(self.model, using=self._db)
