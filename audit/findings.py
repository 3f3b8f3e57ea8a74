"""What the portal last found out about itself, kept so that a page shows it and walks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from audit.models import Finding


def note(
    subject: Finding.Subject, *, is_sound: bool, at: datetime, detail: Mapping[str, str | int]
) -> None:
    """Keep a verdict in place of the one before. Counts and words of closed lists, never texts."""
    Finding.objects.update_or_create(
        subject=subject, defaults={"is_sound": is_sound, "found_at": at, "detail": dict(detail)}
    )


def latest(subject: Finding.Subject) -> Finding | None:
    """The last verdict; None where nobody has looked yet."""
    return Finding.objects.filter(subject=subject).first()


def is_due(subject: Finding.Subject, *, every: timedelta, again: timedelta, at: datetime) -> bool:
    """Whether to look once more: after `every` where all was well, after `again` where not."""
    found = latest(subject)
    return found is None or found.found_at <= at - (every if found.is_sound else again)
