"""Walks the trail once a day, by itself, and keeps the verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import structlog
from django.utils import timezone

from audit.findings import is_due, note
from audit.heads import exported_heads
from audit.models import Entry, Finding
from audit.verify import Verdict, verify

log = structlog.get_logger("audit.checking")

EVERY = timedelta(days=1)
# A broken chain does not heal, but somebody may have put the right database back.
AGAIN = timedelta(hours=1)


def check_trail() -> int:
    """Verify the chain against every exported head, if it is time; nothing is left to do after."""
    now = timezone.now()
    if not is_due(Finding.Subject.TRAIL, every=EVERY, again=AGAIN, at=now):
        return 0
    verdict = verify_against_heads()
    is_sound = verdict.broken_at is None
    detail: dict[str, str | int] = {"sealed": verdict.sealed, "head": str(verdict.head)}
    if verdict.broken_at is not None:
        detail |= {"broken_at": verdict.broken_at, "why": verdict.why}
    note(Finding.Subject.TRAIL, is_sound=is_sound, at=now, detail=detail)
    if not is_sound:
        log.error("trail broken", event_name="audit.trail_broken", sequence=verdict.broken_at)
    return 0


def verify_against_heads() -> Verdict:
    """Walk the chain, and ask whether every head that left the portal still stands in it.

    The last head alone would not do: it may have been exported from a chain that was written anew.
    """
    heads = exported_heads()
    verdict = verify(expected=heads[-1].head if heads else None)
    if verdict.broken_at is not None:
        return verdict
    known = Entry.objects.filter(sequence__in=[one.head.sequence for one in heads])
    hashes = dict(known.values_list("sequence", "hash"))
    for one in heads:
        if hashes.get(one.head.sequence) != one.head.hash:
            why = "the chain does not reach the exported head"
            return replace(verdict, broken_at=one.head.sequence, why=why)
    return verdict
