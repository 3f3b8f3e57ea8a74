"""What evaluations and lessons stand beside a page, as far as its reader may see them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guidance.composition import Composition
from guidance.linking import Linked
from guidance.models import EvaluationPage, GuidancePage, LessonPage
from guidance.models.evaluation import Quality


@dataclass(frozen=True, slots=True)
class Evidence:
    """One evaluation that a page rests on."""

    page: Linked
    effect: str
    strength: str
    read_at_version: str

    @property
    def has_changed(self) -> bool:
        """Whether the author read another version than the one that stands there now."""
        return self.read_at_version != self.page.version


@dataclass(frozen=True, slots=True)
class EvidenceList:
    """The evaluations of a page, and what they come to."""

    summary: str
    rows: list[Evidence]


@dataclass(frozen=True, slots=True)
class Affected:
    """Guidance that a lesson says should change."""

    page: Linked
    place: str


def evidence_of(composition: Composition) -> EvidenceList | None:
    """The evaluations that this reader may see; None where there are none."""
    page: GuidancePage = composition.document
    rows = [
        Evidence(
            page=linked,
            effect=effect_label(linked.effect),
            strength=str(Quality(linked.effect_rating).label),
            read_at_version=link["version"],
        )
        for link in page.evidence_links
        if (linked := composition.by_ref(link["ref"])) is not None
    ]
    return EvidenceList(_summary(rows), rows) if rows else None


def affected_by(composition: Composition) -> list[Affected]:
    """The guidance that this reader may see of what a lesson names."""
    page: LessonPage = composition.document
    return [
        Affected(linked, one.place)
        for one in page.affects.all()
        if (linked := composition.by_ref(one.ref)) is not None
    ]


def effect_label(effect: str) -> str:
    """The words of an effect; one that was never stored is “not evaluated”."""
    choices = EvaluationPage.Effect
    return str((choices(effect) if effect in choices.values else choices.NOT_EVALUATED).label)


def _summary(rows: list[Evidence]) -> str:
    """How many evaluations found what: counted here, so that no author writes it by hand."""
    counted = Counter(row.effect for row in rows if not row.page.is_closed)
    total = sum(counted.values())
    if not total:
        return _("Every evaluation that this page named has been withdrawn or replaced.")
    found = "; ".join(f"{effect[0].lower()}{effect[1:]} ({n})" for effect, n in counted.items())
    how_many = ngettext("%(n)s evaluation:", "%(n)s evaluations:", total) % {"n": total}
    return f"{how_many} {found}."
