"""Every way in which an index can drift is named, and put right."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from guidance import services as guidance_services
from guidance.changes import exclude_until_indexed, excluded_documents, record_change
from guidance.facts import audience_facts
from guidance.models import Change, Document, GuidancePage, Pending
from search.documents import indexed_documents
from search.engines import current_engine
from search.engines.base import Engine, IndexedDocument
from search.indexing import drain, rebuild
from search.level import index_in_use, lag_seconds
from search.services import Request, find
from search.verify import Drift, repair, verify
from tests.guidance.scene import Cast, draft, published, seen_by


def lay_out(cast: Cast) -> list[GuidancePage]:
    """Two national pages."""
    return [
        published(
            cast.kent_author,
            cast.kent_lead,
            cast.hub_approver,
            title=f"Quarrel {number}",
            audience=("national",),
        )
        for number in range(2)
    ]


@pytest.fixture
def page(pages: list[GuidancePage], index: Engine) -> GuidancePage:
    """One of them; both are indexed."""
    rebuild()
    _drained()
    return pages[0]


def _excluded() -> frozenset[int]:
    return excluded_documents(index_in_use(current_engine()))


def _drained() -> None:
    while drain():
        pass


def _row(page: GuidancePage) -> IndexedDocument:
    (row,) = indexed_documents([page.pk], at=timezone.now())
    return row


def _put(index: Engine, *rows: IndexedDocument) -> None:
    with index.writer() as writer:
        writer.write(rows)
        writer.commit()


def _named() -> list[tuple[Drift, str]]:
    return [(one.drift, one.ref) for one in verify().differences]


def _level() -> bool:
    return not verify().differences and not _excluded() and not Change.objects.exists()


def test_a_level_index_has_no_difference(page: GuidancePage) -> None:
    report = verify()
    assert (report.documents, report.held, report.differences) == (2, 2, ())
    assert report.lag_seconds == 0


def test_an_index_restored_from_before_a_narrowing_is_unguarded(
    cast: Cast, index: Engine, page: GuidancePage
) -> None:
    """Hits are asked about again, but whoever sees none of them could still count them."""
    old = _row(page)
    own = replace(audience_facts(page), audience=frozenset({"own"}))
    guidance_services.narrow(page, to=own, by=cast.kent_lead, reason="Counsel")
    _drained()
    _put(index, old)
    assert _named() == [(Drift.UNGUARDED, page.ref)]
    assert index.baseline(["quarrel"]).frequencies == {"quarrel": 2}
    assert repair().differences == ()
    assert _level()
    assert index.baseline(["quarrel"]).frequencies == {"quarrel": 1}
    at = timezone.now()
    assert find(seen_by(cast.essex_officer), Request(words="quarrel"), at=at).total == 1


def test_what_is_unguarded_is_kept_out_even_where_the_index_cannot_be_written(
    index: Engine, page: GuidancePage
) -> None:
    Document.visible.filter(pk=page.pk).update(access_version=7)
    with index.writer():
        repair()
        assert _excluded() == {page.pk}
        assert _named() == [(Drift.WAITING, page.ref)]
    _drained()
    assert _level()


@pytest.mark.parametrize("drift", [Drift.MISSING, Drift.EXTRA, Drift.STALE, Drift.STRANDED])
def test_each_other_drift_is_named_and_put_right(
    index: Engine, page: GuidancePage, drift: Drift
) -> None:
    named = page.ref
    match drift:
        case Drift.MISSING:
            with index.writer() as writer:
                writer.delete([page.pk])
                writer.commit()
        case Drift.EXTRA:
            row = _row(page)
            named = "GD-ZZZZZ"
            _put(index, replace(row, pk=10**6, access=replace(row.access, ref=named)))
        case Drift.STALE:
            _put(index, replace(_row(page), body="Older words"))
        case _:
            exclude_until_indexed(page.pk, access_version=99)
    assert _named() == [(drift, named)]
    assert repair().differences == ()
    assert _level()


def test_more_in_the_baseline_than_everybody_may_see_is_unguarded(
    index: Engine, page: GuidancePage
) -> None:
    Document.visible.filter(pk=page.pk).update(visible_until=timezone.now() + timedelta(days=1))
    narrowed = _row(page)
    _put(index, replace(narrowed, in_baseline=True))
    assert _named() == [(Drift.UNGUARDED, page.ref)]
    assert repair().differences == ()


def test_what_waits_for_the_drain_is_no_fault(index: Engine, page: GuidancePage) -> None:
    Document.visible.filter(pk=page.pk).update(access_version=7)
    record_change(page.pk)
    Change.objects.update(queued_at=timezone.now() - timedelta(minutes=1))
    report = verify()
    assert [one.drift for one in report.differences] == [Drift.WAITING]
    assert report.faults == ()
    assert 60 <= report.lag_seconds < 120


def test_a_document_that_no_row_can_be_made_of_is_named(index: Engine, page: GuidancePage) -> None:
    Document.visible.filter(pk=page.pk).update(ref="odd")
    assert [(one.drift, one.pk) for one in verify().differences] == [(Drift.UNREADABLE, page.pk)]


def test_the_lag_is_the_age_of_the_oldest_change(index: Engine, page: GuidancePage) -> None:
    now = timezone.now()
    assert lag_seconds(index_in_use(index), at=now) == 0
    record_change(page.pk)
    record_change(page.pk)
    first = Change.objects.order_by("pk")[0]
    Change.objects.filter(pk=first.pk).update(queued_at=now - timedelta(seconds=30))
    assert lag_seconds(index_in_use(index), at=now) == 30


def test_without_an_index_repair_builds_one(cast: Cast, index: Engine) -> None:
    draft(cast.kent_author)
    with pytest.raises(CommandError, match="rebuild_index"):
        call_command("search_verify")
    assert repair().differences == ()
    assert index.count() == 3


def test_the_command_prints_counts_and_references(
    index: Engine, page: GuidancePage, capsys: Any
) -> None:
    _put(index, replace(_row(page), body="Older words"))
    with pytest.raises(CommandError, match="1 documents differ"):
        call_command("search_verify")
    line, *named = capsys.readouterr().out.splitlines()
    said = json.loads(line)
    assert (said["engine"], said["documents"], said["held"]) == (index.name, 2, 2)
    assert {said[drift] for drift in Drift if drift is not Drift.STALE} == {0}
    assert said["stale"] == 1
    assert named == [f"stale {page.ref}"]
    call_command("search_verify", "--repair")
    assert json.loads(capsys.readouterr().out)["stale"] == 0
    assert not Pending.objects.exists()
