"""What the access rule needs to know of a document, read from its row or from a revision."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Q, QuerySet

from access.policy import Document as Facts
from access.vocabulary import Marking, State
from access.widening import AudienceFacts

if TYPE_CHECKING:
    from guidance.models import Document

_LONGEST_WORD = 80


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
    "owner_org_id",
    "author_ref",
    "marking",
    "visible_from",
    "visible_until",
    "state",
    "latest_phase",
    "access_version",
)


class TitledFacts(NamedTuple):
    """The facts of a row, with what a link to it shows."""

    pk: int
    title: str
    facts: Facts
    also: tuple[Any, ...] = ()


def facts_of_rows(wanted: Q) -> list[TitledFacts]:
    """Rows and their facts in one statement; for a few rows."""
    return fold_rows(rows_of_facts(wanted, also={}))


def rows_of_facts(wanted: Q, *, also: Mapping[str, Any]) -> QuerySet[Document, tuple[Any, ...]]:
    """The rows that `fold_rows` reads; `also` names what else to read of each document.

    The joins give a row for each pair of audience and group.
    """
    from guidance.models import Document

    columns = ("pk", "title", *FACT_COLUMNS, "audience", "groups__slug", *also)
    found: QuerySet[Document, tuple[Any, ...]] = (
        Document.visible.filter(wanted).annotate(**also).values_list(*columns)
    )
    return found


def fold_rows(rows: Iterable[tuple[Any, ...]]) -> list[TitledFacts]:
    """One fact for each document, with all its audiences and groups."""
    width = len(FACT_COLUMNS)
    found: dict[int, tuple[tuple[Any, ...], set[str], set[str]]] = {}
    for row in rows:
        audience, group = row[width + 2], row[width + 3]
        _first, audiences, groups = found.setdefault(row[0], (row, set(), set()))
        audiences |= {audience} - {None}
        groups |= {group} - {None}
    return [
        TitledFacts(pk, row[1], _facts(row[2 : width + 2], audiences, groups), row[width + 4 :])
        for pk, (row, audiences, groups) in found.items()
    ]


def _facts(values: tuple[Any, ...], audiences: set[str], groups: set[str]) -> Facts:
    ref, owner, author, marking, visible_from, visible_until, state, phase, version = values
    return Facts(
        ref=ref,
        owner=owner,
        author=author,
        marking=Marking(marking),
        audience=frozenset(audiences),
        groups=frozenset(groups),
        visible_from=visible_from,
        visible_until=visible_until,
        state=State(state),
        latest_phase=phase,
        review=frozenset(),
        access_version=version,
    )


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


def words_of_facts(document: Document) -> dict[str, str]:
    """The facts that decide who reads, each as one word for the trail.

    The trail holds no sentence and no long list: many audiences are counted, and groups always,
    since the name of a group may tell what it is about.
    """
    audience = "/".join(sorted(audience_of(document)))
    count = len(document.audience.all())
    return {
        "marking": Marking(document.marking).name.lower().replace("_", "-"),
        "audience": audience if len(audience) <= _LONGEST_WORD else f"{count}.audiences",
        "groups": str(len(document.groups.all())),
        "from": _moment(document.visible_from),
        "until": _moment(document.visible_until),
        "phase": str(document.latest_phase),
    }


def changed_facts(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """What changed, as name_before and name_after."""
    changed = [name for name in before if before[name] != after[name]]
    return {
        f"{name}_{when}": words[name]
        for name in changed
        for when, words in (("before", before), ("after", after))
    }


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ") if moment else "always"
