"""What an index stores of a document, read from the database as it is now."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import models

from access.policy import Document as AccessFacts
from access.vocabulary import NATIONAL, Marking, State
from forces.models import RolloutPhase
from guidance.facts import facts_of
from guidance.files.kinds import PAGE_BREAK
from guidance.models import (
    Attachment,
    Document,
    EvaluationPage,
    GuidancePage,
    LawReference,
    LessonPage,
    PlatformPage,
    Term,
)
from search.engines.base import Facet, IndexedDocument, IndexedFile

_Value = TypeVar("_Value")

TYPES: tuple[type[Document], ...] = (GuidancePage, LessonPage, EvaluationPage, PlatformPage)
# Strength of evidence by the EMMIE rating of the effect, 0 to 4; 0 is "no information".
EVIDENCE = ("none", "limited", "moderate", "strong", "very-strong")


@dataclass(frozen=True, slots=True)
class _Around:
    """What the documents of one batch refer to, read in one statement each."""

    audience: Mapping[int, list[str]]
    groups: Mapping[int, list[str]]
    law_statuses: Mapping[int, list[str]]
    files: Mapping[int, list[IndexedFile]]
    labels: Mapping[tuple[str, str], str]
    last_phase: int


def indexed_documents(pks: Collection[int], *, at: datetime) -> Iterator[IndexedDocument]:
    """The documents that still exist among these, in a constant number of statements."""
    around = _around(pks)
    for model in TYPES:
        for document in model.visible.filter(pk__in=pks):
            yield _indexed(document, around=around, at=at)


def is_in_baseline(access: AccessFacts, *, last_phase: int, at: datetime) -> bool:
    """Whether every admitted reader of a force may see it, now and until somebody changes it."""
    return (
        NATIONAL in access.audience
        and access.marking is Marking.OFFICIAL
        and access.state is State.PUBLISHED
        and not access.groups
        and (access.visible_from is None or access.visible_from <= at)
        and access.visible_until is None
        and access.latest_phase >= last_phase
    )


def _around(pks: Collection[int]) -> _Around:
    vocabularies = [Term.Vocabulary.PLATFORM, Term.Vocabulary.CONTENT_TYPE, Term.Vocabulary.TACTIC]
    terms = Term.objects.filter(vocabulary__in=vocabularies)
    attachments = Attachment.objects.filter(document_id__in=pks).order_by("sort_order")
    return _Around(
        audience=_related("audience", "audienceterm_id", pks),
        groups=_related("groups", "needtoknowgroup__slug", pks),
        law_statuses=_related("laws", "lawreference__status", pks),
        files=_by_document(
            (pk, _file(*values))
            for pk, *values in attachments.values_list(
                "document_id", "file__ref", "label", "file__text"
            )
        ),
        labels={(term.vocabulary, term.slug): term.label for term in terms},
        last_phase=RolloutPhase.objects.aggregate(last=models.Max("number"))["last"] or 0,
    )


def _related(name: str, column: str, pks: Collection[int]) -> Mapping[int, list[str]]:
    through: type[models.Model] = Document._meta.get_field(name).remote_field.through
    rows = through._default_manager.filter(document_id__in=pks)
    return _by_document(rows.values_list("document_id", column))


def _by_document(rows: Iterable[tuple[int, _Value]]) -> Mapping[int, list[_Value]]:
    found: dict[int, list[_Value]] = defaultdict(list)
    for pk, value in rows:
        found[pk].append(value)
    return found


def _indexed(document: Document, *, around: _Around, at: datetime) -> IndexedDocument:
    access = facts_of(
        document,
        audience=around.audience.get(document.pk, ()),
        groups=around.groups.get(document.pk, ()),
    )
    return IndexedDocument(
        pk=document.pk,
        access=access,
        title=_clean(document.title),
        body=_clean(document.body_text()),
        files=tuple(around.files.get(document.pk, ())),
        keywords=_clean(_labels(document, around)),
        facets=_facets(document, around=around),
        published_at=document.last_published_at or document.first_published_at,
        reviewed_on_date=document.last_verified_on_date,
        in_baseline=is_in_baseline(access, last_phase=around.last_phase, at=at),
    )


def _clean(text: str) -> str:
    """One form for letters with accents; NUL has no place in a text."""
    return unicodedata.normalize("NFC", text).replace("\0", " ").strip()


def _labels(document: Document, around: _Around) -> str:
    """The names of its platforms, harms and tactics are words of a document, too."""
    chosen = (
        (Term.Vocabulary.PLATFORM, document.platforms),
        (Term.Vocabulary.CONTENT_TYPE, document.content_types),
        (Term.Vocabulary.TACTIC, document.tactics),
    )
    return ", ".join(
        around.labels.get((vocabulary.value, slug), "")
        for vocabulary, slugs in chosen
        for slug in slugs
    ).strip(", ")


def _file(ref: str, name: str, text: str) -> IndexedFile:
    return IndexedFile(ref, _clean(name), tuple(map(_clean, text.split(PAGE_BREAK))))


def _facets(document: Document, *, around: _Around) -> Mapping[Facet, tuple[str, ...]]:
    return {
        Facet.TYPE: (document.type_slug,),
        Facet.PLATFORM: _platforms(document),
        Facet.HARM: tuple(document.content_types),
        Facet.TACTIC: _tactics(document),
        Facet.FORCE: (document.owner_org_id,),
        Facet.MARKING: (Marking(document.marking).name.lower().replace("_", "-"),),
        Facet.EVIDENCE: _evidence(document),
        Facet.NATION: tuple(document.nations),
        Facet.IN_FORCE: _in_force(document, around.law_statuses.get(document.pk, [])),
    }


def _in_force(document: Document, statuses: Collection[str]) -> tuple[str, ...]:
    """Whether all the law a page names can be relied on now; without law it says neither."""
    if not statuses:
        return ()
    relied_on = all(status == LawReference.Status.IN_FORCE for status in statuses)
    return ("yes" if relied_on and document.state == State.PUBLISHED else "no",)


def _platforms(document: Document) -> tuple[str, ...]:
    own = (document.platform_slug,) if isinstance(document, PlatformPage) else ()
    return tuple(dict.fromkeys((*own, *document.platforms)))


def _tactics(document: Document) -> tuple[str, ...]:
    evaluated = (document.tactic,) if isinstance(document, EvaluationPage) else ()
    return tuple(dict.fromkeys(slug for slug in (*evaluated, *document.tactics) if slug))


def _evidence(document: Document) -> tuple[str, ...]:
    return (EVIDENCE[document.effect_rating],) if isinstance(document, EvaluationPage) else ()
