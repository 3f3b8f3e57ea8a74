"""Which index is in use, and whether it is level with the database: asked before every search."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q, QuerySet

from guidance.changes import excluded_where, record_change, remove_finished, waiting_for
from guidance.models import Change, Document, SearchIndex, Taken
from search.engines.base import Engine, EngineUnavailableError

log = structlog.get_logger("search.level")

# So long changes wait for an index that no worker looks after: the way back from a new engine,
# and the time in which one that was built in advance may be put in use.
WAITED_FOR = timedelta(days=7)
# Often enough for a status page, and no write at every look.
_SEEN_EVERY = timedelta(minutes=1)
# A commit may fall between the look at the index and that at the database.
_MOST_LOOKS = 3
_CATCHING_UP = "Search is catching up: the index is being built anew."


class NotLevelError(EngineUnavailableError):
    """The index is not that of this database: it was put back from a copy, say."""


def new_mark() -> str:
    """What no commit of any index bore before."""
    return secrets.token_hex(16)


def index_in_use(engine: Engine) -> SearchIndex:
    """The row of the index that the engine reads now.

    Raises NotLevelError where it holds another state than the database knows of, or none of it:
    an older one would count documents that were narrowed since. MissingIndexError where there is
    no index, EngineUnavailableError where it cannot be read.
    """
    for _ in range(_MOST_LOOKS):
        if (known := _bearing(engine.mark()).first()) is not None:
            return known
    raise NotLevelError(_CATCHING_UP)


def excluded_now(engine: Engine) -> frozenset[int]:
    """What a search must leave out of the index in use, in one statement with the look at it.

    Raises what `index_in_use` raises.
    """
    for _ in range(_MOST_LOOKS):
        if (excluded := excluded_where(_bearing(engine.mark()))) is not None:
            return excluded
    raise NotLevelError(_CATCHING_UP)


def _bearing(mark: str) -> QuerySet[SearchIndex]:
    return SearchIndex.objects.filter(Q(mark=mark) | Q(next_mark=mark))


def announce(index: SearchIndex, *, engine: Engine) -> str:
    """Write down the mark of a commit that is about to happen; it may, or may not.

    Call it as the index's one writer, and outside a transaction.
    """
    mark = new_mark()
    if not SearchIndex.objects.filter(pk=index.pk).update(mark=engine.mark(), next_mark=mark):
        raise NotLevelError("Nothing waits for this index any more.")
    return mark


def look_after(index: SearchIndex, *, at: datetime) -> int:
    """What is to be done without a change: how many documents were written down as changed."""
    deserted = SearchIndex.objects.exclude(pk=index.pk).filter(seen_at__lt=at - WAITED_FOR)
    if deserted.delete()[0]:
        log.info("index deserted", event_name="search.index_deserted")
    if Taken.objects.exists():
        remove_finished(Change.objects.all())
    opened = opened_since(index, at=at)
    if opened or at - index.seen_at >= _SEEN_EVERY:
        with transaction.atomic():
            # Nobody changes a document when its embargo ends, but it teaches words from then on.
            for pk in opened:
                record_change(pk)
            SearchIndex.objects.filter(pk=index.pk).update(seen_at=at, opened_until_at=at)
    return len(opened)


def opened_since(index: SearchIndex, *, at: datetime) -> list[int]:
    """Documents whose embargo has ended, or that have closed, and that were not read since."""
    since, until = index.opened_until_at, at
    opened = Q(visible_from__gt=since, visible_from__lte=until)
    closed = Q(visible_until__gt=since, visible_until__lte=until)
    found = Document.visible.filter(opened | closed).order_by("pk")
    return list(found.values_list("pk", flat=True))


def lag_seconds(index: SearchIndex, *, at: datetime) -> float:
    """The age of the oldest change that the index does not hold yet."""
    oldest = waiting_for(index).order_by("queued_at").first()
    return max(0.0, (at - oldest.queued_at).total_seconds()) if oldest else 0.0
