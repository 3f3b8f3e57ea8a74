"""Keeps the index level with the database: the drain, and a rebuild beside the one in use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from guidance.changes import record_change, take, waiting_for
from guidance.models import Change, Document, SearchIndex
from search.documents import indexed_documents
from search.engines import current_engine
from search.engines.base import (
    Engine,
    EngineUnavailableError,
    IndexedDocument,
    MissingIndexError,
    RefusedError,
    Writer,
    WriterBusyError,
)
from search.level import NotLevelError, announce, index_in_use, look_after, new_mark
from search.meaning.keeping import keep, known_but, learn

log = structlog.get_logger("search.indexing")

BATCH = 200


@dataclass(slots=True)
class _Rebuilt:
    """What a rebuild has dealt with."""

    index: SearchIndex
    changes: list[Change]
    documents: int = 0
    failures: dict[int, str] = field(default_factory=dict)

    @property
    def held(self) -> list[int]:
        """The changes that the index holds."""
        return [one.pk for one in self.changes if one.document_pk not in self.failures]


def drain(*, retry_failed: bool = False) -> int:
    """Bring the index up to date with one batch of changes; how many were dealt with.

    May be killed anywhere and run in any number: only what a commit of the index holds is taken
    off the list. A document that cannot be read is marked with the reason and tried again after
    twice its age, or at once with `retry_failed`; the others go on. An index that is not that of
    this database is built anew first.
    """
    if not Change.objects.exists():
        return 0
    engine = current_engine()
    try:
        if not _due(index_in_use(engine), retry_failed=retry_failed):
            return 0
        with engine.writer() as writer:
            # Under the lock: another drain may have dealt with what was due a moment ago.
            index = index_in_use(engine)
            return _work(writer, _due(index, retry_failed=retry_failed), index=index, engine=engine)
    except (MissingIndexError, NotLevelError):
        return _build_anew()
    except WriterBusyError:
        return 0


def keep_level() -> int:
    """What the worker sees to where nobody changes anything: how much there was to do."""
    try:
        return look_after(index_in_use(current_engine()), at=timezone.now())
    except (MissingIndexError, NotLevelError):
        return _build_anew()


def rebuild() -> int:
    """Write the whole index anew beside the one in use, then swap; how many documents it holds.

    Searches go on meanwhile. Changes made meanwhile wait for the drain after it. Under the
    settings of another engine it makes an index that changes wait for from then on, while the
    engine in use goes on for itself.
    """
    return _rebuild().documents


def _build_anew() -> int:
    """For an index that is not that of this database; searches wait for it."""
    try:
        rebuilt = _rebuild()
    except WriterBusyError:
        return 0
    log.warning(
        "index built anew", event_name="search.index_not_level", documents=rebuilt.documents
    )
    return len(rebuilt.held)


def _rebuild() -> _Rebuilt:
    engine = current_engine()
    with engine.rebuild() as writer:
        before = _row_before(engine)
        now, mark = timezone.now(), new_mark()
        # Written down before the first document is read: from here on no change passes it by.
        index = SearchIndex.objects.create(
            mark=mark, next_mark=mark, seen_at=now, opened_until_at=now
        )
        rebuilt = _Rebuilt(index, list(Change.objects.all()))
        try:
            rebuilt.documents = _write_all(writer, failures=rebuilt.failures)
            writer.mark(mark)
            rebuilt.documents -= _commit(writer, failures=rebuilt.failures)
        except BaseException:
            index.delete()
            raise
    with transaction.atomic():
        if before is not None:
            # What waited for it need no longer.
            before.delete()
        held = rebuilt.held
        for start in range(0, len(held), BATCH):
            take(held[start : start + BATCH], index=index)
        for pk in rebuilt.failures.keys() - {one.document_pk for one in rebuilt.changes}:
            # Nobody changed it, but the index lacks it: it is tried again as a change would be.
            rebuilt.changes.append(record_change(pk))
        _note_failures(rebuilt.changes, failures=rebuilt.failures)
    return rebuilt


def _row_before(engine: Engine) -> SearchIndex | None:
    try:
        return index_in_use(engine)
    except EngineUnavailableError:
        return None


def _write_all(writer: Writer, *, failures: dict[int, str]) -> int:
    """Every document, with what it means; how many."""
    pks = list(Document.visible.order_by("pk").values_list("pk", flat=True))
    count = 0
    for start in range(0, len(pks), BATCH):
        batch = pks[start : start + BATCH]
        written = _write(writer, batch, failures=failures)
        learnt = learn(written)
        with transaction.atomic():
            keep(learnt, of=batch)
        count += len(written)
    with transaction.atomic():
        keep([], of=known_but(pks))
    return count


def _commit(writer: Writer, *, failures: dict[int, str]) -> int:
    """Commit, and name what the index cannot take; how many."""
    try:
        writer.commit()
    except RefusedError as error:
        failures.update(dict.fromkeys(error.pks, _reason(error)))
        return len(error.pks)
    return 0


def _due(index: SearchIndex, *, retry_failed: bool) -> list[Change]:
    """The oldest changes, fresh ones first: what fails again must not keep others waiting."""
    waiting = waiting_for(index)
    fresh = list(waiting.filter(attempts=0)[:BATCH])
    now = timezone.now()
    failed = waiting.filter(attempts__gt=0)
    return fresh + [
        change
        for change in failed[: BATCH - len(fresh)]
        if retry_failed or change.queued_at + _patience(change.attempts) <= now
    ]


def _patience(attempts: int) -> timedelta:
    return timedelta(seconds=2.0 ** min(attempts, 30))


def _work(
    writer: Writer, changes: Collection[Change], *, index: SearchIndex, engine: Engine
) -> int:
    if not changes:
        return 0
    pks = sorted({change.document_pk for change in changes})
    failures: dict[int, str] = {}
    mark = announce(index, engine=engine)
    written = _write(writer, pks, failures=failures)
    there = {one.pk for one in written}
    writer.delete([pk for pk in pks if pk not in there and pk not in failures])
    writer.mark(mark)
    _commit(writer, failures=failures)
    learnt = learn([one for one in written if one.pk not in failures])
    done = [change for change in changes if change.document_pk not in failures]
    with transaction.atomic():
        SearchIndex.objects.filter(pk=index.pk).update(mark=mark)
        keep(learnt, of=pks)
        take([change.pk for change in done], index=index)
        _note_failures(changes, failures=failures)
    return len(done)


def _note_failures(changes: Collection[Change], *, failures: Mapping[int, str]) -> None:
    for change in changes:
        if (reason := failures.get(change.document_pk)) is not None:
            Change.objects.filter(pk=change.pk).update(failure=reason, attempts=change.attempts + 1)


def _write(
    writer: Writer, pks: Collection[int], *, failures: dict[int, str]
) -> list[IndexedDocument]:
    """Write the documents that exist; those that the writer took."""
    written = []
    for document in readable(pks, failures=failures):
        try:
            writer.write([document])
        except EngineUnavailableError:
            raise
        except Exception as error:
            log.exception("document not indexed", ref=document.ref)
            failures[document.pk] = _reason(error)
            continue
        written.append(document)
    return written


def readable(pks: Collection[int], *, failures: dict[int, str]) -> list[IndexedDocument]:
    """All at once; where one of them cannot be read, each for itself."""
    now = timezone.now()
    try:
        return list(indexed_documents(pks, at=now))
    except Exception as error:
        log.exception("batch not read", documents=len(pks))
        if len(pks) == 1:
            failures.update(dict.fromkeys(pks, _reason(error)))
            return []
    return [one for pk in pks for one in readable([pk], failures=failures)]


def _reason(error: Exception) -> str:
    # The kind of the error, never its message: that may quote the document.
    return type(error).__name__[:200]
