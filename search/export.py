"""The results of a search as a table: what the reader sees on the pages, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from access.policy import Viewer
from audit.events import Event
from audit.record import record
from audit.tables import lines_of_table
from forces.requests import PortalRequest, person_of
from forces.step_up import freshly_proved
from guidance.models import Document
from search.engines.base import EngineUnavailableError
from search.forms import SearchForm
from search.presentation import cautions_of, evidence_of, type_of
from search.query import NothingToSearchError, QueryTooLongError
from search.services import Request, find
from search.views import refused, unavailable

# Enough to plan by; who needs all of a force's pages asks for the package.
MOST_ROWS = 400
SENSITIVE, OFFICIAL = "OFFICIAL-SENSITIVE", "OFFICIAL"


@dataclass(frozen=True, slots=True)
class Table:
    """What was found, as far as a table goes."""

    documents: list[Document]
    total: int

    @property
    def marking(self) -> str:
        """The marking of the whole: that of its gravest row."""
        return SENSITIVE if any(one.is_sensitive for one in self.documents) else OFFICIAL


@require_safe
@freshly_proved
def search_export(request: PortalRequest) -> HttpResponse:
    """The same search, asked anew for who the reader is now; that it left is in the trail."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return refused(request, form)
    at = timezone.now()
    try:
        table = _table(request.viewer, form.as_request(), at=at)
    except (QueryTooLongError, NothingToSearchError) as error:
        form.add_error("q", str(error))
        return refused(request, form)
    except EngineUnavailableError:
        return unavailable(request, form)
    record(
        Event.EXPORT,
        actor=request.viewer.person_id,
        action_object="search",
        request_id=request.request_id,
        detail={
            "rows": len(table.documents),
            "sensitive": sum(one.is_sensitive for one in table.documents),
        },
    )
    # The mark tells spreadsheets that it is UTF-8: Welsh names have letters beyond ASCII.
    text = "\ufeff" + "".join(lines_of_table(_rows(table, request, at=at)))
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    name = f"{table.marking} search {timezone.localdate(at):%Y-%m-%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _table(viewer: Viewer, asked: Request, *, at: datetime) -> Table:
    """Page by page, each confirmed by the database as for the search page."""
    results = find(viewer, replace(asked, page=1), at=at)
    found = [result.document for result in results.results]
    page = 1
    while page < results.last_page and len(found) < MOST_ROWS:
        page += 1
        results = find(viewer, replace(asked, page=page), at=at)
        found += [result.document for result in results.results]
    return Table(list({one.pk: one for one in found}.values())[:MOST_ROWS], results.total)


def _rows(table: Table, request: PortalRequest, *, at: datetime) -> Iterator[list[str]]:
    """Its marking and origin above and below, so that a part of it still says what it is."""
    told = {
        "who": person_of(request).name,
        "when": date_format(timezone.localtime(at), "j F Y H:i"),
        "shown": len(table.documents),
        "total": table.total,
    }
    origin = _("Taken from the portal by %(who)s on %(when)s: %(shown)s of %(total)s results.")
    mark = [table.marking, origin % told]
    yield mark
    yield [
        *(_("Reference"), _("Title"), _("Type"), _("Marking"), _("Force"), _("Warnings")),
        *(_("Evidence"), _("Published"), _("Reviewed"), _("Address")),
    ]
    for document in table.documents:
        yield _row(document, request, at=at)
    yield mark


def _row(document: Document, request: PortalRequest, *, at: datetime) -> list[str]:
    published_at = document.last_published_at
    return [
        document.ref,
        document.title,
        str(type_of(document)),
        document.marking_label,
        document.owner_org.short_name,
        "; ".join(str(caution.label) for caution in cautions_of(document, at=at)),
        evidence_of(document),
        timezone.localdate(published_at).isoformat() if published_at else "",
        str(document.last_verified_on_date or ""),
        request.build_absolute_uri(document.address),
    ]
