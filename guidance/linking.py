"""The documents that a page names, and the lessons that name it, as far as one viewer may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models import Value as Constant

from access.policy import Viewer, decide
from access.vocabulary import OPEN_STATES, State
from forces.prepared import Kind, Prepared, Value
from guidance.facts import TitledFacts, fold_rows, rows_of_facts
from guidance.models import AffectedGuidance, GuidancePage

if TYPE_CHECKING:
    from guidance.models import Document


@dataclass(frozen=True, slots=True)
class Linked:
    """Another document, as far as this viewer may see it."""

    pk: int
    ref: str
    title: str
    type_slug: str
    state: State = State.PUBLISHED
    version: str = ""
    # Of an evaluation: what came of it, and how sure that is.
    effect: str = ""
    effect_rating: int = 0
    # Of a lesson that names this guidance: which part of it; None of every other document.
    place: str | None = None

    @property
    def address(self) -> str:
        """Where it stands."""
        return f"/{self.ref}/"

    @property
    def is_closed(self) -> bool:
        """Whether it was withdrawn or replaced since."""
        return self.state is not State.PUBLISHED


def linked_to(document: Document, viewer: Viewer, *, at: datetime) -> list[Linked]:
    """The published documents it names, and the lessons that name it, in one statement.

    The rows are decided by the pure rule: building the rule's SQL costs more than the one plain
    statement that fetches the facts. Guidance always asks, so that the work tells nothing of a
    hidden lesson.
    """
    ids, refs = sorted(document.linked_page_ids()), sorted(document.named_refs())
    is_guidance = isinstance(document, GuidancePage)
    rows = []
    if ids or refs or is_guidance:
        named = {"naming": document.ref} if is_guidance else {}
        statement = _statement(_width(ids), _width(refs), is_guidance=is_guidance)
        rows = statement.rows(**_filled("pk", ids), **_filled("ref", refs), **named)
    return [
        _linked(row)
        for row in fold_rows(rows)
        if row.facts.state in OPEN_STATES
        and (row.facts.visible_from is None or row.facts.visible_from <= at)
        and decide(viewer, row.facts, at=at).allowed
    ]


def _linked(row: TitledFacts) -> Linked:
    version, effect, effect_rating, place = row.also
    return Linked(
        row.pk,
        row.facts.ref,
        row.title,
        row.facts.ref.partition("-")[0],
        state=row.facts.state,
        version=version,
        effect=effect or "",
        effect_rating=effect_rating or 0,
        place=place,
    )


def _rows(wanted: Q, *, naming: str | None) -> QuerySet[Any, tuple[Any, ...]]:
    """The rows of some documents, and of the lessons that name one guidance."""
    place: Any = Constant(None, output_field=CharField())
    if naming is not None:
        lessons = AffectedGuidance.objects.filter(ref=naming).order_by("sort_order")
        wanted |= Q(pk__in=lessons.values("lesson"))
        place = Subquery(lessons.filter(lesson=OuterRef("pk")).values("place")[:1])
    return rows_of_facts(
        wanted,
        also={
            "present_version": F("version"),
            "effect": F("evaluationpage__effect"),
            "effect_rating": F("evaluationpage__effect_rating"),
            "place": place,
        },
    )


@cache
def _statement(ids: int, refs: int, *, is_guidance: bool) -> Prepared:
    """The statement for so many pages, so many references, and those who name a guidance."""
    slots: dict[str, Kind] = {
        **{f"pk{place}": int for place in range(ids)},
        **{f"ref{place}": str for place in range(refs)},
        **({"naming": str} if is_guidance else {}),
    }

    def build(naming: str | None = None, **values: Value) -> QuerySet[Any, tuple[Any, ...]]:
        # Nothing has the number 0, and a prepared statement must be able to find something.
        wanted = Q(pk__in=[values[f"pk{place}"] for place in range(ids)] or [0])
        wanted |= Q(ref__in=[values[f"ref{place}"] for place in range(refs)])
        return _rows(wanted, naming=naming)

    return Prepared(build, **slots)


def _width(values: Sequence[Value]) -> int:
    """How many slots so many values take: few widths, so few statements to build."""
    return 1 << (len(values) - 1).bit_length() if values else 0


def _filled(name: str, values: Sequence[Value]) -> dict[str, Value]:
    """A value for each slot; the last one fills what is left."""
    last = len(values) - 1
    return {f"{name}{at}": values[min(at, last)] for at in range(_width(values))}
