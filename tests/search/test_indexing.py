"""The drain: nothing is lost, nothing blocks, and what was narrowed comes back only when right."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from guidance.changes import exclude_until_indexed, excluded_documents, record_change
from guidance.models import Change, Document, Pending
from search import indexing
from search.documents import indexed_documents
from search.engines import current_engine
from search.engines.base import Engine, IndexedDocument
from search.indexing import drain, rebuild
from search.level import index_in_use
from tests.guidance.scene import Cast, delete, draft


def _excluded() -> frozenset[int]:
    return excluded_documents(index_in_use(current_engine()))


def _versions(index: Engine) -> dict[int, int]:
    return {one.pk: one.access_version for one in index.held()}


def _in_database() -> dict[int, int]:
    return dict(Document.visible.values_list("pk", "access_version"))


def test_a_change_is_indexed_and_taken_off_the_list(cast: Cast, index: Engine) -> None:
    page = draft(cast.kent_author)
    Change.objects.all().delete()
    assert drain() == 0
    record_change(page.pk)
    record_change(page.pk)
    assert drain() == 2
    assert _versions(index) == {page.pk: 1}
    assert not Change.objects.exists()
    assert drain() == 0


def test_a_deleted_document_leaves_the_index(cast: Cast, index: Engine) -> None:
    page = draft(cast.kent_author)
    rebuild()
    pk = page.pk
    exclude_until_indexed(pk, access_version=2)
    delete(page)
    record_change(pk)
    assert drain() > 0
    assert _versions(index) == {}
    assert _excluded() == frozenset()


def test_exclusion_ends_with_the_version_that_was_indexed(cast: Cast, index: Engine) -> None:
    pages = [draft(cast.kent_author) for _ in range(2)]
    for page, version in zip(pages, (1, 2), strict=True):
        exclude_until_indexed(page.pk, access_version=version)
        record_change(page.pk)
    drain()
    assert _excluded() == {pages[1].pk}
    assert Pending.objects.get().access_version == 2


def test_a_document_that_cannot_be_read_stops_no_other(
    cast: Cast, index: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [draft(cast.kent_author) for _ in range(3)]
    rebuild()
    Change.objects.all().delete()
    bad = pages[1].pk

    def broken(pks: Iterable[int], **more: Any) -> Iterator[IndexedDocument]:
        if bad in pks:
            raise ValueError("words of the document")
        return indexed_documents(list(pks), **more)

    monkeypatch.setattr(indexing, "indexed_documents", broken)
    exclude_until_indexed(bad, access_version=1)
    for page in pages:
        Document.visible.filter(pk=page.pk).update(access_version=5)
        record_change(page.pk)
    assert drain() == 2
    assert _versions(index) == {page.pk: 1 if page.pk == bad else 5 for page in pages}
    left = Change.objects.get()
    assert (left.document_pk, left.failure, left.attempts) == (bad, "ValueError", 1)
    assert _excluded() == {bad}
    assert drain() == 0, "tried again only after a while"
    assert drain(retry_failed=True) == 0
    assert Change.objects.get().attempts == 2
    monkeypatch.undo()
    Change.objects.update(queued_at=timezone.now() - timedelta(minutes=1))
    assert drain() == 1
    assert _versions(index)[bad] == 5
    assert _excluded() == frozenset()


def test_a_document_that_cannot_be_written_stops_no_other(cast: Cast, index: Engine) -> None:
    pages = [draft(cast.kent_author) for _ in range(2)]
    Document.visible.filter(pk=pages[0].pk).update(ref="odd")
    Change.objects.all().delete()
    for page in pages:
        record_change(page.pk)
    assert drain() == 1
    assert _versions(index) == {pages[1].pk: 1}
    assert Change.objects.get().failure == "ValueError"


def test_failed_changes_do_not_crowd_out_fresh_ones(
    cast: Cast, index: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "BATCH", 3)
    old = timezone.now() - timedelta(days=1)
    Change.objects.bulk_create([Change(document_pk=10**6 + n, attempts=1) for n in range(1, 6)])
    Change.objects.update(queued_at=old)
    page = draft(cast.kent_author)
    record_change(page.pk)
    drain()
    assert page.pk in _versions(index)


def test_the_drain_waits_while_another_process_writes(cast: Cast, index: Engine) -> None:
    page = draft(cast.kent_author)
    rebuild()
    record_change(page.pk)
    with index.writer():
        assert drain() == 0
    assert Change.objects.filter(document_pk=page.pk).exists()
    assert drain() > 0


def test_a_rebuild_holds_every_document(cast: Cast, index: Engine) -> None:
    for number in range(5):
        draft(cast.kent_author, title=f"Page {number}")
    first = Document.visible.first()
    assert first is not None
    exclude_until_indexed(first.pk, access_version=1)
    record_change(first.pk)
    assert rebuild() == 5
    assert _versions(index) == _in_database()
    assert _excluded() == frozenset()


def test_commands_say_what_they_did(cast: Cast, index: Engine, capsys: Any) -> None:
    draft(cast.kent_author)
    Change.objects.all().delete()
    call_command("rebuild_index")
    Change.objects.create(document_pk=10**6)
    call_command("drain")
    assert capsys.readouterr().out == "1 documents indexed\n1 changes indexed\n"
    with index.writer(), pytest.raises(CommandError, match="Another process"):
        call_command("rebuild_index")
