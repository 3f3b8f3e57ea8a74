"""The trail as a table that a spreadsheet opens."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from audit.models import Entry
from audit.tables import lines_of_table

COLUMNS = (
    "sequence",
    "recorded_at",
    "event",
    "actor",
    "action_object",
    "decision",
    "reason",
    "policy_version",
    "request_id",
    "detail",
    "previous_hash",
    "hash",
)


def lines_of(rows: QuerySet[Entry]) -> Iterator[str]:
    """The header, then a line for each row; nothing is held in memory."""
    yield from lines_of_table([COLUMNS])
    entries = rows.iterator(chunk_size=1000)
    yield from lines_of_table([getattr(row, name) for name in COLUMNS] for row in entries)
