"""The trail as a table that a spreadsheet opens."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from audit.models import Entry
from portal.spreadsheets import as_text

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


class _Line:
    """A file that hands each line on instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def lines_of(rows: QuerySet[Entry]) -> Iterator[str]:
    """The header, then a line for each row; nothing is held in memory."""
    writer: Any = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for row in rows.iterator(chunk_size=1000):
        yield writer.writerow([_cell(getattr(row, name)) for name in COLUMNS])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return as_text(text)
