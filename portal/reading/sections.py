"""What a page consists of, in the order in which an officer needs it, for each kind of page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from guidance.composition import Composition
from guidance.editions import Edition
from guidance.models import (
    Document,
    EvaluationPage,
    GuidancePage,
    LessonPage,
    PlatformPage,
)
from guidance.routes import routes_of
from portal.charts.emmie import emmie_grid
from portal.charts.forest import forest_plots
from portal.reading import facts
from portal.reading.body import blocks_of, headings
from portal.reading.evidence import affected_by, evidence_of

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Section:
    """One part under a heading; `kind` names its template."""

    kind: str
    anchor: str
    title: Words
    value: Any = None

    @property
    def template(self) -> str:
        """Where its markup is."""
        return f"portal/reading/sections/{self.kind}.html"

    @property
    def inner(self) -> list[tuple[str, str]]:
        """Headings inside it, for the contents."""
        return list(headings(self.value)) if self.kind == "body" else []


def sections_of(composition: Composition) -> list[Section]:
    """The parts of this page that have something in them."""
    compose = _BY_TYPE[type(composition.document)]
    return [*compose(composition), *_common(composition)]


def _prose(composition: Composition, *parts: tuple[str, str, Words]) -> Iterator[Section]:
    """Rich text fields under their headings; an empty field has none."""
    for name, anchor, title in parts:
        if html := getattr(composition.document, name):
            yield Section("prose", anchor, title, composition.rich(html))


def _text(text: str, anchor: str, title: Words) -> Iterator[Section]:
    if text:
        yield Section("text", anchor, title, text)


def _facts(found: Iterable[facts.Fact], anchor: str, title: Words) -> Iterator[Section]:
    if told := [fact for fact in found if fact.value]:
        yield Section("facts", anchor, title, told)


def _body(composition: Composition, anchor: str, title: Words) -> Iterator[Section]:
    if blocks := blocks_of(composition):
        yield Section("body", anchor, title, blocks)


def _guidance(composition: Composition) -> Iterator[Section]:
    page: GuidancePage = composition.document
    safeguarding = list(
        _prose(composition, ("safeguarding_text", "safeguarding", _("Safeguarding first")))
    )
    if page.safeguarding_first:
        yield from safeguarding
    yield from _prose(composition, ("purpose", "purpose", _("What this is for")))
    use, not_use = composition.rich(page.when_to_use), composition.rich(page.when_not_to_use)
    yield Section("pair", "when", _("When to use it, and when not to"), (use, not_use))
    yield from _body(composition, "steps", _("What to do"))
    yield from _prose(composition, ("worked_example", "example", _("Worked example")))
    if (evidence := evidence_of(composition)) is not None:
        yield Section("evidence", "evidence", _("Evidence for this"), evidence)
    if composition.lessons:
        yield Section("lessons", "lessons", _("Lessons that change this"), composition.lessons)
    yield from _prose(
        composition,
        ("necessity_proportionality", "necessity", _("Necessity and proportionality")),
        ("collateral_intrusion", "intrusion", _("Intrusion on others")),
        ("equality_note", "equality", _("Equality")),
    )
    if not page.safeguarding_first:
        yield from safeguarding
    yield from _prose(composition, ("challenge_route", "challenge", _("How it can be challenged")))


def _lesson(composition: Composition) -> Iterator[Section]:
    page: LessonPage = composition.document
    is_lesson = page.kind == LessonPage.Kind.LESSON
    yield from _prose(
        composition,
        ("recommendation", "recommendation", _("What to do")),
        ("observation", "observation", _("What happened") if is_lesson else _("What was done")),
        ("discussion", "discussion", _("Why")),
        ("conclusion", "conclusion", _("What we concluded")),
        ("what_changed", "changed", _("What we changed")),
    )
    yield from _facts(facts.practice(composition), "practice", _("As a practice"))
    yield from _text(page.limits, "limits", _("What this does not show"))
    if affected := affected_by(composition):
        yield Section("affects", "affects", _("Guidance that should change"), affected)
    yield from _body(composition, "more", _("In practice"))


def _evaluation(composition: Composition) -> Iterator[Section]:
    page: EvaluationPage = composition.document
    yield Section("emmie", "emmie", _("How sure we are"), emmie_grid(page.emmie()))
    values = [block["value"] for block in page.estimates.raw_data]
    if values:
        yield Section("figures", "figures", _("The figures"), forest_plots(values))
    yield from _prose(
        composition,
        ("not_told", "not-told", _("What this does not tell you")),
        ("limitations", "limitations", _("Limits")),
        ("harms_found", "harms", _("Harms")),
        ("equality_result", "equality-result", _("Equality")),
    )
    yield from _facts(facts.cost(page), "cost", _("Cost"))
    yield from _body(composition, "practice", _("For practice"))
    yield Section("method", "method", _("How it was tested"), page)
    yield from _facts(facts.standards(composition), "standards", _("On other scales"))
    if (older := composition.by_ref(page.supersedes)) is not None:
        yield Section("replaces", "replaces", _("What it replaces"), older)


def _platform(composition: Composition) -> Iterator[Section]:
    page: PlatformPage = composition.document
    if routes := routes_of(page):
        yield Section("routes", "routes", _("What to ask for"), routes)
    kind = composition.words("platform-type", [page.platform_type])
    yield Section("platform", "know", _("What to know"), kind)
    yield from _prose(composition, ("retention_text", "retention", _("How long content lasts")))
    yield from _body(composition, "more", _("Take care"))


def _common(composition: Composition) -> Iterator[Section]:
    if composition.laws:
        yield Section("laws", "law", _("The law"), composition.laws)
    if composition.attachments:
        yield Section("files", "files", _("Files"), composition.attachments)
    yield Section("about", "about", _("About this page"))


def history_section(editions: list[Edition]) -> Iterator[Section]:
    """What changed from version to version, as far as this reader may know."""
    if editions:
        yield Section("history", "history", _("Change history"), editions)


_BY_TYPE: dict[type[Document], Callable[[Composition], Iterator[Section]]] = {
    GuidancePage: _guidance,
    LessonPage: _lesson,
    EvaluationPage: _evaluation,
    PlatformPage: _platform,
}
