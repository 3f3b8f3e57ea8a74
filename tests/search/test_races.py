"""Whoever searches while a page is being narrowed sees it before the commit, and never after."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from access.policy import Viewer
from guidance import services as guidance_services
from guidance.changes import record_change
from guidance.facts import audience_facts
from guidance.models import Document, GuidancePage
from search.indexing import drain, rebuild
from search.services import Request, find
from tests.guidance.scene import Cast, published, seen_by

PAGES = 4


def _narrow_all(pages: list[GuidancePage], *, narrowed: set[str], cast: Cast) -> None:
    """One after the other, with the drain in between, as a worker beside it would."""
    try:
        for page in pages:
            own = replace(audience_facts(page), audience=frozenset({"own"}))
            guidance_services.narrow(page, to=own, by=cast.kent_lead, reason="Counsel")
            narrowed.add(page.ref)
            drain()
    finally:
        connection.close()


def _widen_all(pages: list[GuidancePage]) -> None:
    through = Document._meta.get_field("audience").remote_field.through
    rows = through._default_manager.filter(document_id__in=[page.pk for page in pages])
    rows.update(audienceterm_id="national")
    for page in pages:
        record_change(page.pk)
    while drain():
        pass


def _look(viewer: Viewer, *, narrowed: set[str]) -> None:
    gone = set(narrowed)
    found = find(viewer, Request(words="quarrel"), at=timezone.now())
    shown = {result.document.ref for result in found.results}
    assert not shown & gone
    counts = [found.total, *(sum(counted.values()) for counted in found.facets.values())]
    assert all(count <= PAGES - len(gone) for count in counts)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("races", [20, pytest.param(1000, marks=pytest.mark.soak)])
def test_nothing_is_seen_after_it_was_narrowed(
    cast: Cast, settings: Settings, tmp_path: Path, races: int
) -> None:
    settings.SEARCH_ENGINE = "tantivy"
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    pages = [
        published(
            cast.kent_author,
            cast.kent_lead,
            cast.hub_approver,
            title=f"Quarrel {number}",
            audience=("national",),
        )
        for number in range(PAGES)
    ]
    rebuild()
    viewer, looks = seen_by(cast.essex_officer), 0
    with ThreadPoolExecutor(max_workers=1) as beside:
        for _ in range(races // PAGES):
            narrowed: set[str] = set()
            writing: Future[None] = beside.submit(_narrow_all, pages, narrowed=narrowed, cast=cast)
            while not writing.done():
                _look(viewer, narrowed=narrowed)
                looks += 1
            writing.result()
            _look(viewer, narrowed=narrowed)
            assert len(narrowed) == PAGES
            _widen_all(pages)
    assert looks
