"""What the search page shows of its results: names of facets, chips, addresses, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, Value
from django.http import QueryDict
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from access.vocabulary import State
from forces.models import Organisation
from guidance.models import Document, EvaluationPage, Term
from guidance.models.document import Nation
from search.documents import EVIDENCE, TYPES
from search.engines.base import Facet, Hit, Line
from search.services import Results

# Values shown before "more": enough to choose from, short enough for a phone.
SHOWN_VALUES = 6

TITLES: dict[Facet, str | Promise] = {
    Facet.TYPE: _("Type"),
    Facet.PLATFORM: _("Platform"),
    Facet.HARM: _("Harm"),
    Facet.TACTIC: _("Tactic"),
    Facet.FORCE: _("Force"),
    Facet.MARKING: _("Marking"),
    Facet.EVIDENCE: _("Strength of evidence"),
    Facet.NATION: _("Nation"),
    Facet.IN_FORCE: _("In force now"),
}
_FROM_VOCABULARY = {
    Facet.PLATFORM: Term.Vocabulary.PLATFORM.value,
    Facet.HARM: Term.Vocabulary.CONTENT_TYPE.value,
    Facet.TACTIC: Term.Vocabulary.TACTIC.value,
}
_FIXED: dict[Facet, Mapping[str, str | Promise]] = {
    Facet.TYPE: {model.type_slug: model.type_label for model in TYPES},
    Facet.MARKING: {"official": "OFFICIAL", "official-sensitive": "OFFICIAL-SENSITIVE"},
    Facet.EVIDENCE: {
        EVIDENCE[4]: _("Very strong"),
        EVIDENCE[3]: _("Strong"),
        EVIDENCE[2]: _("Moderate"),
        EVIDENCE[1]: _("Limited"),
        EVIDENCE[0]: _("No information"),
    },
    Facet.NATION: dict(Nation.choices),
    Facet.IN_FORCE: {"yes": _("Yes"), "no": _("No, or not checked")},
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet."""

    slug: str
    label: str | Promise
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One facet with its values, the chosen ones first."""

    facet: Facet
    title: str | Promise
    choices: list[Choice]
    cut: int

    @property
    def parts(self) -> list[list[Choice]]:
        """What is shown at once, and what only after "more"."""
        return [part for part in (self.choices[: self.cut], self.choices[self.cut :]) if part]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on, and the address of the search without it."""

    label: str | Promise
    address: str


@dataclass(frozen=True, slots=True)
class Caution:
    """Something to know before opening a hit."""

    label: str | Promise
    level: str


class Labels:
    """The names of facet values, read in one statement for a page that shows any."""

    @cached_property
    def _names(self) -> dict[tuple[str, str], str]:
        """Vocabularies and organisations together: both change without a restart."""
        kind: CharField[str, str] = CharField()
        terms = Term.objects.filter(vocabulary__in=_FROM_VOCABULARY.values()).order_by()
        forces = Organisation.objects.annotate(kind_of=Value(Facet.FORCE.value, output_field=kind))
        rows = terms.values_list("vocabulary", "slug", "label").union(
            forces.order_by().values_list("kind_of", "slug", "short_name"), all=True
        )
        return {(kind, slug): label for kind, slug, label in rows}

    def of(self, facet: Facet, slug: str) -> str | Promise:
        """The name; the slug itself for a value nobody named."""
        if (fixed := _FIXED.get(facet)) is not None:
            return fixed.get(slug, slug)
        name: str = self._names.get((_FROM_VOCABULARY.get(facet, facet.value), slug), slug)
        return name


def groups_of(results: Results, *, labels: Labels) -> list[Group]:
    """The facets that offer a choice here, and those that were chosen from."""
    found = []
    for facet in Facet:
        counts = results.facets.get(facet, {})
        chosen = results.request.filters.get(facet, frozenset())
        choices = [
            Choice(slug, labels.of(facet, slug), counts.get(slug, 0), slug in chosen)
            for slug in _in_order(facet, counts, chosen)
        ]
        if choices:
            cut = max(SHOWN_VALUES, len(chosen))
            found.append(Group(facet, TITLES[facet], choices, cut))
    return found


def _in_order(facet: Facet, counts: Mapping[str, int], chosen: Iterable[str]) -> list[str]:
    order = list(_FIXED.get(facet, ()))
    return sorted(
        {*counts, *chosen},
        key=lambda slug: (
            slug not in chosen,
            order.index(slug) if slug in order else len(order),
            -counts.get(slug, 0),
            slug,
        ),
    )


def chips_of(results: Results, *, asked: QueryDict, labels: Labels) -> Iterator[Chip]:
    """The filters that are on, each with the way out of it."""
    for facet, chosen in results.request.filters.items():
        for slug in sorted(chosen):
            rest = asked.copy()
            rest.setlist(facet.value, [one for one in asked.getlist(facet.value) if one != slug])
            yield Chip(f"{TITLES[facet]}: {labels.of(facet, slug)}", address(rest, page=None))
    for name, title in (("published_from", _("From")), ("published_to", _("To"))):
        if day := getattr(results.request, f"{name}_date"):
            rest = asked.copy()
            rest.pop(name, None)
            yield Chip(f"{title}: {day:%d/%m/%Y}", address(rest, page=None))


def address(asked: QueryDict, **changes: str | None) -> str:
    """The query part of the same search with something changed; None leaves it out."""
    changed = asked.copy()
    for name, value in changes.items():
        changed.pop(name, None)
        if value is not None:
            changed[name] = value
    for name in [name for name, values in changed.lists() if not any(values)]:
        del changed[name]
    return f"?{changed.urlencode()}"


def row_of(document: Document, hit: Hit, *, at: datetime) -> dict[str, Any]:
    """What a list of hits shows of one."""
    return {
        "document": document,
        "title": marked(hit.title),
        "lines": [marked(line) for line in hit.lines],
        "place": hit.place,
        "type": type_of(document),
        "evidence": evidence_of(document),
        "cautions": cautions_of(document, at=at),
    }


def cautions_of(document: Document, *, at: datetime) -> list[Caution]:
    """What a reader should know of a hit before relying on it, the gravest first."""
    found = []
    if document.state == State.WITHDRAWN:
        found.append(Caution(_("Withdrawn"), "stop"))
    elif document.state == State.SUPERSEDED:
        found.append(Caution(_("Replaced by a newer page"), "stop"))
    elif document.state == State.DRAFT:
        found.append(Caution(_("Draft, not published"), "stop"))
    elif document.visible_from is not None and document.visible_from > at:
        found.append(Caution(_("Embargoed"), "stop"))
    if document.is_review_overdue(at=at):
        found.append(Caution(_("Review overdue"), "care"))
    return found


def marked(line: Line) -> SafeString:
    """A line with its matches marked. Every piece is escaped: texts are the authors'."""
    pieces = (
        format_html("<mark>{}</mark>", piece.text) if piece.is_match else piece.text
        for piece in line
    )
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def evidence_of(document: Document) -> str:
    """The strength of the evidence in words, for evaluations."""
    evaluation: EvaluationPage | None = getattr(document, "evaluationpage", None)
    return str(evaluation.get_effect_rating_display()) if evaluation is not None else ""


def type_of(document: Document) -> str:
    """What kind of document a reference belongs to."""
    prefix = document.ref.partition("-")[0]
    return next((model.type_label for model in TYPES if model.prefix == prefix), "")
