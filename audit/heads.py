"""Writes the head of the chain, once a day, to where the database's owner cannot follow.

An owner of the database could write the whole chain anew; whoever holds an earlier head can tell
(`audit_verify --head`).
"""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone

from audit.models import Entry
from audit.verify import Head

_WHOLE_LINE = re.compile(r"^(\d{4}-\d\d-\d\d) (\d+:[0-9a-f]{64})$", re.MULTILINE)


class Exported(NamedTuple):
    """A head, and the day on which it left the portal."""

    day: date
    head: Head


def exported_heads() -> list[Exported]:
    """Every whole line of TRAIL_HEADS, in the order in which they were written."""
    path = Path(settings.TRAIL_HEADS)
    written = path.read_text(encoding="ascii") if path.exists() else ""
    return [
        Exported(date.fromisoformat(day), Head.parse(head))
        for day, head in _WHOLE_LINE.findall(written)
    ]


def export_head() -> int:
    """Append today's line "DATE SEQUENCE:HASH" to TRAIL_HEADS, unless it is there; 1 if it did.

    Raises OSError where the file cannot be written.
    """
    last = Entry.objects.exclude(sequence=None).order_by("-sequence").first()
    path, today = Path(settings.TRAIL_HEADS), timezone.localdate()
    written = path.read_text(encoding="ascii") if path.exists() else ""
    if last is None or today in {one.day for one in exported_heads()}:
        return 0
    # A line that a crash cut off is ended first, and stays as it is.
    line = f"{today.isoformat()} {Head(last.sequence or 0, last.hash)}\n"
    with path.open("a", encoding="ascii") as heads:
        heads.write(f"\n{line}" if written and not written.endswith("\n") else line)
        heads.flush()
        os.fsync(heads.fileno())
    return 1
