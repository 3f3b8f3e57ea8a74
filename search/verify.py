"""Compares the index with the database, names each difference, and puts it right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

import structlog
from django.db import transaction
from django.utils import timezone

from audit.findings import is_due, note
from audit.models import Finding
from guidance.changes import (
    exclude_until_indexed,
    excluded_documents,
    record_change,
    waiting_for,
)
from guidance.models import Document, SearchIndex
from search.engines import current_engine
from search.engines.base import EngineUnavailableError, Held, MissingIndexError, WriterBusyError
from search.engines.rows import held_of
from search.indexing import BATCH, drain, readable, rebuild
from search.level import NotLevelError, index_in_use, lag_seconds, opened_since
from search.meaning.keeping import known_but, unlike
from search.meaning.nearest import lay_out_anew, unlike_the_database

log = structlog.get_logger("search.verify")

# Hourly, since every difference is a fault of ours or of somebody who touched the index.
EVERY = timedelta(hours=1)
AGAIN = timedelta(minutes=1)


class Drift(StrEnum):
    """Every way in which index and database can differ. The first three may show in an answer."""

    # The index knows other access facts, and nothing keeps the document out: every hit is asked
    # about again, but totals, facets and suggested words may count what a reader may not see.
    UNGUARDED = "unguarded"
    # The index holds what the database does not; totals may count it.
    EXTRA = "extra"
    # The index holds other words, or keeps from everybody's vocabulary what everybody may see.
    STALE = "stale"
    # What is kept of its meaning is lacking, or belongs to other words or other access facts.
    MEANING = "meaning"
    # The index lacks it, and nothing will bring it there.
    MISSING = "missing"
    # Kept out of every search, and nothing will end that.
    STRANDED = "stranded"
    # No row for the index can be made of it.
    UNREADABLE = "unreadable"
    # A change row names it: the drain will see to it. This is no fault.
    WAITING = "waiting"


class Difference(NamedTuple):
    """One document that differs. The version is the database's; 0 where it has no such document."""

    pk: int
    drift: Drift
    ref: str
    access_version: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a comparison found."""

    documents: int
    held: int
    lag_seconds: float
    differences: tuple[Difference, ...]

    @property
    def faults(self) -> tuple[Difference, ...]:
        """What will not pass by itself."""
        return tuple(one for one in self.differences if one.drift is not Drift.WAITING)

    @property
    def counts(self) -> Mapping[Drift, int]:
        """How many documents differ in each way."""
        counted = Counter(one.drift for one in self.differences)
        return {drift: counted[drift] for drift in Drift}


def verify() -> Report:
    """Compare every document. Raises EngineUnavailableError where there is nothing to compare."""
    index = index_in_use(current_engine())
    held, expected, found = _compare(index)
    if any(one.drift is not Drift.WAITING for one in found):
        # Somebody may have published, and the worker drained, while the first look went on.
        seen = set(found)
        held, expected, again = _compare(index)
        found = [one for one in again if one in seen or one.drift is Drift.WAITING]
    return Report(
        documents=len(expected),
        held=len(held),
        lag_seconds=lag_seconds(index, at=timezone.now()),
        differences=tuple(found),
    )


def repair() -> Report:
    """Put right what `verify` finds. What may count for the wrong reader is kept out at once."""
    try:
        report = verify()
    except (MissingIndexError, NotLevelError):
        rebuild()
        report = verify()
    with transaction.atomic():
        for one in report.faults:
            if one.drift not in {Drift.MISSING, Drift.UNREADABLE, Drift.MEANING}:
                exclude_until_indexed(one.pk, access_version=one.access_version)
            record_change(one.pk)
    if any(one.drift is Drift.MEANING for one in report.faults):
        lay_out_anew()
    while drain(retry_failed=True):
        pass
    return verify()


def check() -> int:
    """Compare once an hour, put right what differs and keep the verdict; how many it put right."""
    now = timezone.now()
    if not is_due(Finding.Subject.INDEX, every=EVERY, again=AGAIN, at=now):
        return 0
    try:
        found = verify()
        left = repair() if found.faults else found
    except WriterBusyError:
        return 0
    except EngineUnavailableError:
        _note("unavailable", at=now)
        return 0
    if found.faults:
        log.warning("index differed", event_name="search.drift", documents=len(found.faults))
    _note("differs" if left.faults else "level", at=now, faults=len(left.faults))
    return max(0, len(found.faults) - len(left.faults))


def _note(verdict: str, *, at: datetime, **counts: int) -> None:
    detail: dict[str, str | int] = {"verdict": verdict, **counts}
    note(Finding.Subject.INDEX, is_sound=verdict == "level", at=at, detail=detail)


def _compare(
    index: SearchIndex,
) -> tuple[Mapping[int, Held], Mapping[int, Held | None], list[Difference]]:
    """The index is read first: what changes after that has a change row, or is seen twice."""
    held = {one.pk: one for one in current_engine().held()}
    misunderstood: set[int] = set()
    expected = dict(_expected(misunderstood))
    misunderstood |= unlike_the_database() | known_but(expected.keys())
    waiting = set(waiting_for(index).values_list("document_pk", flat=True))
    waiting.update(opened_since(index, at=timezone.now()))
    excluded = excluded_documents(index)
    found = []
    for pk in sorted(held.keys() | expected.keys() | excluded | misunderstood):
        drift = _drift(pk, held=held, expected=expected, excluded=pk in excluded)
        if drift is None and pk in misunderstood:
            drift = Drift.MEANING
        if drift is not None:
            drift = Drift.WAITING if pk in waiting else drift
            found.append(_difference(pk, drift, held=held.get(pk), expected=expected.get(pk)))
    return held, expected, found


def _drift(
    pk: int,
    *,
    held: Mapping[int, Held],
    expected: Mapping[int, Held | None],
    excluded: bool,
) -> Drift | None:
    there, wanted = held.get(pk), expected.get(pk)
    if pk not in expected and there is None and not excluded:
        return None
    if pk in expected and wanted is None:
        return Drift.UNREADABLE
    if excluded:
        return Drift.STRANDED
    if wanted is None:
        return Drift.EXTRA
    if there is None:
        return Drift.MISSING
    if _facts(there) != _facts(wanted) or there.in_baseline > wanted.in_baseline:
        return Drift.UNGUARDED
    there_taught = (there.content, there.in_baseline)
    return Drift.STALE if there_taught != (wanted.content, wanted.in_baseline) else None


def _facts(one: Held) -> tuple[str, int, str]:
    return one.ref, one.access_version, one.access


def _difference(pk: int, drift: Drift, *, held: Held | None, expected: Held | None) -> Difference:
    known = expected or held
    return Difference(
        pk=pk,
        drift=drift,
        ref=known.ref if known else "",
        access_version=expected.access_version if expected else 0,
    )


def _expected(misunderstood: set[int]) -> Iterator[tuple[int, Held | None]]:
    """Every document as the index should hold it; None where no row can be made of it."""
    pks = list(Document.visible.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        failures: dict[int, str] = {}
        documents = readable(pks[start : start + BATCH], failures=failures)
        misunderstood |= unlike(documents)
        for document in documents:
            try:
                yield document.pk, held_of(document)
            except ValueError:
                yield document.pk, None
        yield from ((pk, None) for pk in failures)
