"""Keeps the index level with the database: the drain, and a rebuild beside the one in use."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from guidance.changes import mark_indexed
from guidance.models import Change, Document, Pending
from search.documents import indexed_documents
from search.engines import current_engine
from search.engines.base import IndexedDocument, RefusedError, Writer, WriterBusyError
from search.meaning.keeping import keep, known_but, learn

log = structlog.get_logger("search.indexing")

BATCH = 200
_GONE = 2**31 - 1


def drain(*, retry_failed: bool = False) -> int:
    """Bring the index up to date with one batch of changes; how many were dealt with.

    May be killed anywhere and run in any number: only what a commit of the index holds is taken
    off the list. A document that cannot be read is marked with the reason and tried again after
    twice its age, or at once with `retry_failed`; the others go on.
    """
    if not _due(retry_failed=retry_failed):
        return 0
    try:
        with current_engine().writer() as writer:
            # Under the lock: another drain may have dealt with what was due a moment ago.
            return _work(writer, _due(retry_failed=retry_failed))
    except WriterBusyError:
        return 0


def rebuild() -> int:
    """Write the whole index anew beside the one in use, then swap; how many documents it holds.

    Searches go on meanwhile. Changes made meanwhile wait for the drain after it.
    """
    versions: dict[int, int] = {}
    with current_engine().rebuild() as writer:
        pks = list(Document.visible.order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(pks), BATCH):
            batch = pks[start : start + BATCH]
            documents = list(indexed_documents(batch, at=timezone.now()))
            writer.write(documents)
            learnt = learn(documents)
            with transaction.atomic():
                keep(learnt, of=batch)
            versions.update({one.pk: one.access.access_version for one in documents})
        with transaction.atomic():
            keep([], of=known_but(pks))
    _end_exclusion(versions)
    return len(versions)


def _due(*, retry_failed: bool) -> list[Change]:
    """The oldest changes, fresh ones first: what fails again must not keep others waiting."""
    fresh = list(Change.objects.filter(attempts=0)[:BATCH])
    now = timezone.now()
    failed = Change.objects.filter(attempts__gt=0)
    return fresh + [
        change
        for change in failed[: BATCH - len(fresh)]
        if retry_failed or change.queued_at + _patience(change.attempts) <= now
    ]


def _patience(attempts: int) -> timedelta:
    return timedelta(seconds=2.0 ** min(attempts, 30))


def _work(writer: Writer, changes: Collection[Change]) -> int:
    if not changes:
        return 0
    pks = sorted({change.document_pk for change in changes})
    failures: dict[int, str] = {}
    written = _write(writer, pks, failures=failures)
    versions = {one.pk: one.access.access_version for one in written}
    gone = [pk for pk in pks if pk not in versions and pk not in failures]
    writer.delete(gone)
    try:
        writer.commit()
    except RefusedError as error:
        failures.update(dict.fromkeys(error.pks, _reason(error)))
        versions = {pk: version for pk, version in versions.items() if pk not in error.pks}
    learnt = learn([one for one in written if one.pk in versions])
    done = [change for change in changes if change.document_pk not in failures]
    with transaction.atomic():
        keep(learnt, of=pks)
        Change.objects.filter(pk__in=[change.pk for change in done]).delete()
        excluded = set(
            Pending.objects.filter(document_pk__in=pks).values_list("document_pk", flat=True)
        )
        indexed = [*versions.items(), *((pk, _GONE) for pk in gone)]
        mark_indexed([(pk, version) for pk, version in indexed if pk in excluded])
        for change in changes:
            if (reason := failures.get(change.document_pk)) is not None:
                Change.objects.filter(pk=change.pk).update(
                    failure=reason, attempts=change.attempts + 1
                )
    return len(done)


def _end_exclusion(versions: Mapping[int, int]) -> None:
    """Let searches show again what the index now holds at these access versions."""
    excluded = Pending.objects.values_list("document_pk", flat=True)
    mark_indexed([(pk, versions[pk]) for pk in excluded if pk in versions])


def _write(
    writer: Writer, pks: Collection[int], *, failures: dict[int, str]
) -> list[IndexedDocument]:
    """Write the documents that exist; those that the writer took."""
    written = []
    for document in readable(pks, failures=failures):
        try:
            writer.write([document])
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
