"""The few facts that stand at the top of a page, and the words around a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.policy import Document as Facts
from access.policy import Reason
from access.vocabulary import State
from guidance.composition import Composition
from guidance.models import (
    Document,
    EvaluationPage,
    GuidancePage,
    LawReference,
    LessonPage,
    PlatformPage,
)
from guidance.models.document import Nation
from portal.reading.audience import audience_words

NAMED_LAWS = 2


class Fact(NamedTuple):
    """A word and what it is for this page."""

    name: str | Promise
    value: str | Promise


def key_facts(composition: Composition) -> list[Fact]:
    """What decides whether the page is for this officer, now."""
    document = composition.document
    kept = Fact(_("Kept as"), document.retention_class)
    return [fact for fact in (*_BY_TYPE[type(document)](composition), kept) if fact.value]


def standing(composition: Composition, facts: Facts) -> list[Fact]:
    """Where the page stands: its state, who else reads it, and when it is looked at again."""
    document = composition.document
    due = document.review_by_date
    found = [
        Fact(_("Status"), _state(document)),
        Fact(_("Who can see this"), audience_words(facts)),
        Fact(_("Next review"), date_format(due, "j F Y") if due is not None else _("Not set")),
    ]
    in_force = [law for law in composition.laws if law.may_be_relied_on]
    if isinstance(document, GuidancePage) and in_force:
        found.append(Fact(_("Legal basis"), _laws(in_force)))
    return found


def why_visible(reason: Reason) -> str:
    """Why this reader sees the page, in words."""
    return {
        Reason.AUDIENCE: _("it is shared with an audience that you belong to."),
        Reason.EDITOR: _("you write or approve for its owner."),
        Reason.AUTHOR: _("you wrote it."),
        Reason.REVIEWER: _("you were asked to review it."),
        Reason.GRANT: _("you hold a recorded grant for this page; its owner is told."),
    }.get(reason, "")


def nations(document: Document) -> str:
    """The legal systems a page is written for."""
    labels = dict(Nation.choices)
    return ", ".join(str(labels.get(slug, slug)) for slug in document.nations)


def _state(document: Document) -> str:
    return {
        State.DRAFT: _("Draft"),
        State.PUBLISHED: _("Published"),
        State.WITHDRAWN: _("Withdrawn"),
        State.SUPERSEDED: _("Replaced"),
    }[State(document.state)]


def _laws(laws: list[LawReference]) -> str:
    """The first provisions by name; all of them stand under “The law”."""
    named = "; ".join(str(law) for law in laws[:NAMED_LAWS])
    others = len(laws) - NAMED_LAWS
    if others <= 0:
        return named
    more = ngettext("%(named)s; and %(others)d more", "%(named)s; and %(others)d more", others)
    return more % {"named": named, "others": others}


def _reviewed(document: Document) -> Iterator[Fact]:
    if document.last_verified_on_date is not None:
        yield Fact(_("Last checked"), date_format(document.last_verified_on_date, "j F Y"))
    elif document.last_published_at is not None:
        yield Fact(_("Published"), date_format(document.last_published_at, "j F Y"))


def _guidance(composition: Composition) -> Iterator[Fact]:
    page: GuidancePage = composition.document
    yield Fact(_("Authority"), page.get_authority_needed_display())
    yield Fact(_("Concerns"), page.get_subject_group_display())
    if page.evidence_capture_step:
        yield Fact(_("Evidence"), _("Captured before anything is removed"))
    yield Fact(_("Applies in"), nations(page))
    yield Fact(_("Reliance"), page.get_reliance_display())
    yield Fact(_("Owner"), page.owner_org.short_name)
    yield from _reviewed(page)


def _lesson(composition: Composition) -> Iterator[Fact]:
    page: LessonPage = composition.document
    yield Fact(_("Learned from"), page.get_source_display())
    yield Fact(_("Risk if ignored"), page.get_risk_if_ignored_display())
    yield Fact(_("May happen again"), page.get_likelihood_of_recurrence_display())
    yield Fact(_("Applies in"), nations(page))
    yield Fact(_("Owner"), page.owner_org.short_name)
    yield from _reviewed(page)


def _evaluation(composition: Composition) -> Iterator[Fact]:
    page: EvaluationPage = composition.document
    yield Fact(_("Effect"), page.get_effect_display())
    yield Fact(_("Design"), page.design)
    yield Fact(_("Evaluated by"), page.get_independence_display())
    yield Fact(_("Stage of practice"), page.get_stage_of_practice_display())
    yield Fact(_("Owner"), page.owner_org.short_name)
    yield from _reviewed(page)


def _platform(composition: Composition) -> Iterator[Fact]:
    page: PlatformPage = composition.document
    yield Fact(_("You need"), page.minimum_identifier)
    yield Fact(_("The user"), page.get_user_notice_display())
    yield Fact(_("They keep it for"), preservation(page))
    yield from _reviewed(page)
    if page.expires_on_date is not None:
        yield Fact(_("Check again before"), date_format(page.expires_on_date, "j F Y"))


def preservation(page: PlatformPage) -> str:
    """How long a platform keeps what it was asked to keep."""
    if page.preservation_days is None:
        return ""
    days = _("%(days)s days") % {"days": page.preservation_days}
    return _("%(days)s, renewable") % {"days": days} if page.preservation_renewable else days


def practice(composition: Composition) -> Iterator[Fact]:
    """What is said of a notable practice in the words of other collections."""
    page: LessonPage = composition.document
    yield Fact(_("Does it work?"), _words(composition, "does-it-work", [page.does_it_work]))
    yield Fact(_("Purpose"), _words(composition, "practice-purpose", page.practice_purposes))
    yield Fact(_("Recognised by"), _words(composition, "recognition", page.recognition))


def standards(composition: Composition) -> Iterator[Fact]:
    """Where a finding stands on the scales of others."""
    page: EvaluationPage = composition.document
    yield Fact(_("Nesta standard"), _words(composition, "nesta", [page.nesta_level]))
    yield Fact(
        _("Youth Endowment Fund impact"), _words(composition, "yef-impact", [page.yef_impact])
    )
    yield Fact(_("Purpose"), _words(composition, "practice-purpose", page.practice_purposes))


def cost(page: EvaluationPage) -> Iterator[Fact]:
    """What it cost, for how much of it, and what that rests on."""
    if page.cost_total is not None:
        yield Fact(_("In total"), f"£{page.cost_total:,}")
    if page.cost_each is not None:
        yield Fact(_("For each %(unit)s") % {"unit": page.cost_unit}, f"£{page.cost_each:,}")
    yield Fact(_("Basis"), page.cost)


def _words(composition: Composition, vocabulary: str, slugs: list[str]) -> str:
    return ", ".join(composition.words(vocabulary, [slug for slug in slugs if slug]))


_BY_TYPE: dict[type[Document], Callable[[Composition], Iterator[Fact]]] = {
    GuidancePage: _guidance,
    LessonPage: _lesson,
    EvaluationPage: _evaluation,
    PlatformPage: _platform,
}
