"""The search page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit.events import Event
from audit.record import record
from forces.requests import PortalRequest
from search.answers import answers_to
from search.engines.base import EngineUnavailableError, Sort
from search.forms import SORTS, SearchForm
from search.middleware import came_from_here
from search.presentation import (
    Labels,
    address,
    cautions_of,
    chips_of,
    groups_of,
    row_of,
    type_of,
)
from search.query import NothingToSearchError, QueryTooLongError, mended
from search.services import Results, find, with_meaning
from search.unanswered import note


@require_safe
def search(request: PortalRequest) -> HttpResponse:
    """Answer a search with what this viewer may see, or say what is wrong with it."""
    viewer = request.viewer
    form = SearchForm(request.GET)
    if not form.is_valid():
        return refused(request, form)
    at = timezone.now()
    try:
        results = find(viewer, form.as_request(), at=at)
    except (QueryTooLongError, NothingToSearchError) as error:
        form.add_error("q", str(error))
        return refused(request, form)
    except EngineUnavailableError:
        return unavailable(request, form)
    answers = answers_to(results, viewer, at=at)
    shown = [result.document for result in results.results]
    shown += [*results.chosen, *(answer.page for answer in answers)]
    sensitive = sum(document.is_sensitive for document in shown)
    _record(request, results, sensitive=sensitive)
    tells = came_from_here(request)
    note(results, viewer, tells_of_opening=tells, is_answered=bool(answers), at=at)
    context = {"form": form, "results": results, "answers": answers, "page_has_search": True}
    context["page_marking"] = "OFFICIAL-SENSITIVE" if sensitive else "OFFICIAL"
    return render(request, "search/search.html", {**context, **_page(request, results, at=at)})


def _record(request: PortalRequest, results: Results, *, sensitive: int) -> None:
    """Counts only: the words are content, and may name a person."""
    record(
        Event.SEARCH,
        actor=request.viewer.person_id,
        request_id=request.request_id,
        detail={
            "total": results.total,
            "page": results.request.page,
            "words": len(results.analysis.parts),
            "filters": len(results.request.filters),
            "sensitive_shown": sensitive,
        },
    )


def refused(request: PortalRequest, form: SearchForm) -> HttpResponse:
    """What is wrong with the search, and the form to put it right."""
    context = {"form": form, "page_has_search": True}
    return render(request, "search/refused.html", context, status=400)


def unavailable(request: PortalRequest, form: SearchForm) -> HttpResponse:
    """There is no substitute for the engine: say so plainly."""
    return render(request, "search/unavailable.html", {"form": form}, status=503)


def _page(request: PortalRequest, results: Results, *, at: datetime) -> dict[str, Any]:
    """What the template shows beside the results themselves."""
    asked, page = request.GET, results.request.page
    labels = Labels()
    return {
        "rows": [row_of(result.document, result.hit, at=at) for result in results.results],
        "groups": groups_of(results, labels=labels),
        "chips": list(chips_of(results, asked=asked, labels=labels)),
        "sorts": [
            (label, address(asked, sort=value, page=None), value == results.request.sort)
            for value, label in SORTS
        ]
        if results.analysis.parts or results.analysis.phrases
        else [],
        "corrected": _corrected(request, results),
        "chosen": _chosen(results, at=at),
        "meanings": [
            (word, [(meaning, _meaning(request, results, word, meaning)) for meaning in listed])
            for word, listed in results.meanings
        ],
        "first": address(asked, page=None),
        "everything": address(asked, **dict.fromkeys(_narrowing(request), None)),
        "export": f"{reverse('search_export')}{address(asked, page=None)}" if results.total else "",
        "previous": address(asked, page=str(page - 1)) if page > 1 else "",
        "next": address(asked, page=str(page + 1)) if page < results.last_page else "",
        "newest_first": results.request.sort is Sort.NEWEST or not results.request.words,
    }


def _chosen(results: Results, *, at: datetime) -> list[dict[str, Any]]:
    """What the hub has chosen for these words, with its reason."""
    return [
        {
            "document": document,
            "type": type_of(document),
            "reason": document.chosen_for,
            "cautions": cautions_of(document, at=at),
        }
        for document in results.chosen
    ]


def _narrowing(request: PortalRequest) -> list[str]:
    return [name for name in request.GET if name not in {"q", "sort"}]


def _meaning(request: PortalRequest, results: Results, word: str, meaning: str) -> str:
    words = with_meaning(results.request, word, meaning)
    return address(request.GET, q=words, page=None)


def _corrected(request: PortalRequest, results: Results) -> tuple[str, str] | None:
    """The words with their slips mended, and the address that searches for those instead."""
    if not results.analysis.corrections:
        return None
    words = mended(results.request.words, corrections=dict(results.analysis.corrections))
    return words, address(request.GET, q=words, page=None)
