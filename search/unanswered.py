"""What forces looked for in vain: counted for the hub, in clear only where many looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.crypto import salted_hmac

from access.policy import Viewer
from search.analysis import words_of
from search.models import Unanswered
from search.query import LONGEST_DEMAND
from search.services import Results

# Words that fewer forces looked for may name a person or a case: they stay hashed.
FORCES_FOR_CLEAR_WORDS = 3
KEPT_FOR = timedelta(days=90)
LISTED = 100


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the hub's queue; which forces, and who, is nowhere."""

    key: str
    words: str
    forces: int
    last_day: date


def note(results: Results, viewer: Viewer, *, at: datetime) -> None:
    """Count a search that found nothing, once a day for each force.

    The words are written down only when so many forces have looked for them, from the search
    that makes the number full. A long text is a description of a case and is not counted.
    """
    words = words_of(results.request.words)
    in_vain = not results.total and results.request.page == 1 and not results.without_filters
    if not in_vain or not 0 < len(words) <= LONGEST_DEMAND:
        return
    said = " ".join(words)[:300]
    key = salted_hmac("search.unanswered", said, algorithm="sha256").hexdigest()
    row = Unanswered(key=key, organisation=viewer.organisation, day=timezone.localdate(at))
    before = set(Unanswered.objects.filter(key=key).values_list("organisation", "day"))
    if (row.organisation, row.day) in before:
        return
    forces = {force for force, _day in before} | {row.organisation}
    row.words = said if len(forces) >= FORCES_FOR_CLEAR_WORDS else ""
    # The same force may be writing the same row in another process.
    Unanswered.objects.bulk_create([row], ignore_conflicts=True)


def queue() -> list[Term]:
    """What most forces looked for, with nothing of what few did."""
    rows = (
        Unanswered.objects.values_list("key")
        .annotate(
            words=Max("words"),
            forces=Count("organisation", distinct=True),
            last_day=Max("day"),
        )
        .filter(forces__gte=FORCES_FOR_CLEAR_WORDS)
        .exclude(words="")
        .order_by("-forces", "-last_day", "key")
    )
    return [Term(*row) for row in rows[:LISTED]]


def done_with(key: str) -> str:
    """Take a term out of the queue; its words, or nothing where it is not in it."""
    words = next((term.words for term in queue() if term.key == key), "")
    if words:
        Unanswered.objects.filter(key=key).delete()
    return words


def forget_unanswered() -> int:
    """Forget what is older than three months; how many rows that was."""
    since = timezone.localdate() - KEPT_FOR
    gone, _tables = Unanswered.objects.filter(day__lt=since).delete()
    return gone
