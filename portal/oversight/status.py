"""How the portal itself is doing: what the status page says, and to whom.

Figures and verdicts only: nothing here names a document, or tells how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from access.policy import Viewer
from access.vocabulary import Role
from audit.findings import latest
from audit.heads import Exported, exported_heads
from audit.models import Entry, Finding
from guidance.models import Change
from search.engines import current_engine
from search.engines.base import EngineUnavailableError
from search.level import NotLevelError, index_in_use, lag_seconds
from search.meaning.model import is_fetched

LOOKS_AFTER = frozenset({Role.HUB_EDITOR, Role.HUB_APPROVER, Role.AUDITOR, Role.ADMINISTRATOR})
# It notes that it works every half minute, and one step of its work may take as long.
WORKER_SILENT_AFTER = timedelta(minutes=3)
# Whatever is published is found within two seconds; this long is a fault.
LAG_TO_WORRY_ABOUT = timedelta(minutes=1)
UNSEALED_TO_WORRY_ABOUT = timedelta(minutes=1)
# The worker compares hourly and walks daily: a verdict much older is no verdict.
INDEX_VERDICT_HOLDS = timedelta(hours=3)
TRAIL_VERDICT_HOLDS = timedelta(days=2)
HEAD_HOLDS = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Status:
    """What is known at one moment."""

    worker_seen_at: datetime | None
    worker_works: bool
    engine: str
    # One of: level, catching-up, unavailable.
    index_now: str
    lag_seconds: int
    lags: bool
    failing: int
    index: Finding | None
    index_is_sound: bool
    has_model: bool
    trail: Finding | None
    trail_is_sound: bool
    unsealed: int
    sealing_works: bool
    head: Exported | None
    head_is_fresh: bool

    @property
    def is_well(self) -> bool:
        """Whether nobody need do anything."""
        sound = self.index_is_sound and self.trail_is_sound and self.head_is_fresh
        going = self.worker_works and self.sealing_works and not self.lags and not self.failing
        return sound and going and self.index_now == "level"


def may_see_status(viewer: Viewer) -> bool:
    """Whoever looks after the portal, in a strong session."""
    return viewer.active and viewer.second_factor and bool(LOOKS_AFTER & viewer.roles)


def status(*, at: datetime) -> Status:
    """Read what was last found; nothing is walked or compared for it."""
    worker, index, trail = (latest(subject) for subject in _SUBJECTS)
    index_now, lag = _index_now(at=at)
    unsealed = Entry.objects.filter(sequence=None)
    heads = exported_heads()
    head = heads[-1] if heads else None
    return Status(
        worker_seen_at=worker.found_at if worker else None,
        worker_works=_holds(worker, for_=WORKER_SILENT_AFTER, at=at),
        engine=current_engine().name,
        index_now=index_now,
        lag_seconds=round(lag),
        lags=lag > LAG_TO_WORRY_ABOUT.total_seconds(),
        failing=Change.objects.exclude(failure="").count(),
        index=index,
        index_is_sound=_holds(index, for_=INDEX_VERDICT_HOLDS, at=at),
        has_model=is_fetched(),
        trail=trail,
        trail_is_sound=_holds(trail, for_=TRAIL_VERDICT_HOLDS, at=at),
        unsealed=unsealed.count(),
        sealing_works=not unsealed.filter(recorded_at__lt=at - UNSEALED_TO_WORRY_ABOUT).exists(),
        head=head,
        head_is_fresh=head is not None and head.day >= (at - HEAD_HOLDS).date(),
    )


_SUBJECTS = (Finding.Subject.WORKER, Finding.Subject.INDEX, Finding.Subject.TRAIL)


def _holds(found: Finding | None, *, for_: timedelta, at: datetime) -> bool:
    """Good news goes stale: a verdict that nobody renews says nothing."""
    return found is not None and found.is_sound and found.found_at > at - for_


def _index_now(*, at: datetime) -> tuple[str, float]:
    """Whether searches are answered at this moment, and the age of the oldest change waiting."""
    try:
        index = index_in_use(current_engine())
    except NotLevelError:
        return "catching-up", _oldest_of_all(at=at)
    except EngineUnavailableError:
        return "unavailable", _oldest_of_all(at=at)
    return "level", lag_seconds(index, at=at)


def _oldest_of_all(*, at: datetime) -> float:
    oldest = Change.objects.order_by("queued_at").first()
    return max(0.0, (at - oldest.queued_at).total_seconds()) if oldest else 0.0
