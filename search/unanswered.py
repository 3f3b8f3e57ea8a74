"""What forces looked for in vain: counted for the hub, in clear only where many looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Count, Max
from django.utils import timezone
from django.utils.crypto import salted_hmac

from access.policy import Viewer
from access.vocabulary import OrganisationKind
from search.analysis import words_of
from search.models import Unanswered, Vain
from search.query import LONGEST_DEMAND
from search.services import Results

# Words that fewer forces looked for may name a person or a case: they stay hashed.
FORCES_FOR_CLEAR_WORDS = 3
KEPT_FOR = timedelta(days=90)
# Who has opened nothing of what was found by then has not found it.
OPENED_WITHIN = timedelta(minutes=30)
LISTED = 100

_SALTS = {Vain.EMPTY: "search.unanswered", Vain.UNOPENED: "search.unopened"}
# One statement counts, decides and writes, so that the search page costs no more of them. A row
# that may still be answered counts for nothing; and the same force may be writing the same row in
# another process.
_WRITE = """
INSERT INTO search_unanswered (key, kind, words, organisation, day, open_until_at)
SELECT %s, %s, CASE WHEN (
    SELECT COUNT(DISTINCT organisation) FROM search_unanswered
    WHERE key = %s AND open_until_at IS NULL AND organisation <> %s
) >= %s THEN %s ELSE '' END, %s, %s, %s
WHERE TRUE
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Term:
    """One line of the hub's queue; which forces, and who, is nowhere."""

    key: str
    kind: str
    words: str
    forces: int
    last_day: date

    @property
    def in_which_way(self) -> str:
        """How it was in vain, in words."""
        return str(Vain(self.kind).label)


def note(
    results: Results, viewer: Viewer, *, tells_of_opening: bool, is_answered: bool, at: datetime
) -> None:
    """Count a search in vain, once a day for each force: nothing found, or nothing opened.

    What was found counts only from a browser that says where it comes from, since no other can
    say that it opened something, and not where a card on the page is the answer. Others than
    forces see so little that what they miss says nothing of the library. A long text is a
    description of a case and is not counted.
    """
    words = _said(results.request.words)
    is_force = viewer.admitted and viewer.organisation_kind is OrganisationKind.FORCE
    if not words or not viewer.active or not is_force or results.request.page > 1:
        return
    if not results.total and not results.without_filters and not is_answered:
        _write(words, viewer, Vain.EMPTY, at=at)
    elif results.total and tells_of_opening and not is_answered:
        _write(words, viewer, Vain.UNOPENED, at=at)


def opened(text: str, viewer: Viewer, *, at: datetime) -> None:
    """Something that a search found was opened: for this force it was not in vain."""
    if words := _said(text):
        waiting = Unanswered.objects.filter(
            key=_key(words, Vain.UNOPENED),
            organisation=viewer.organisation,
            open_until_at__gt=at,
        )
        waiting.delete()


def _said(text: str) -> str:
    words = words_of(text)
    return " ".join(words)[:300] if len(words) <= LONGEST_DEMAND else ""


def _key(words: str, kind: Vain) -> str:
    return salted_hmac(_SALTS[kind], words, algorithm="sha256").hexdigest()


def _write(words: str, viewer: Viewer, kind: Vain, *, at: datetime) -> None:
    """Write a row, with the words if enough forces have looked for them before.

    An empty search makes the number full by itself. One that found something may be answered
    within the half hour, so its words come only with a search after the number was full.
    """
    key, force, ops = _key(words, kind), viewer.organisation, connection.ops
    is_empty = kind is Vain.EMPTY
    others = FORCES_FOR_CLEAR_WORDS - 1 if is_empty else FORCES_FOR_CLEAR_WORDS
    until = None if is_empty else ops.adapt_datetimefield_value(at + OPENED_WITHIN)
    today = ops.adapt_datefield_value(timezone.localdate(at))
    values: list[str | int | None] = [key, kind.value, key, force if is_empty else "", others]
    values += [words, force, today, until]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)


def queue() -> list[Term]:
    """What most forces looked for, with nothing of what few did."""
    rows = (
        Unanswered.objects.filter(open_until_at=None)
        .values_list("key", "kind")
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


def settle_unopened() -> int:
    """Count what nobody opened in time, and forget the minute; how many rows that was."""
    over = Unanswered.objects.filter(open_until_at__lte=timezone.now())
    return over.update(open_until_at=None)


def forget_unanswered() -> int:
    """Forget what is older than three months; how many rows that was."""
    since = timezone.localdate() - KEPT_FOR
    gone, _tables = Unanswered.objects.filter(day__lt=since).delete()
    return gone
