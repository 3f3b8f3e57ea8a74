"""What a crawl leaves behind: mails, the trail and names of files hold no word of a canary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core import mail

from audit.models import Entry
from portal.canary.documents import Canary


def traces(canaries: Iterable[Canary], *, folder: Path, logged: str = "") -> list[str]:
    """Where a word of a canary stands that belongs nowhere but into answers."""
    places = {
        "a mail": "\n".join(_mails()),
        "the trail": str(list(Entry.objects.values())),
        "the name of a file": "\n".join(str(path) for path in folder.rglob("*")),
        "the log": logged,
    }
    return [
        f"{place} names {canary.name}"
        for canary in canaries
        for place, text in places.items()
        if any(word in text.lower() for word in canary.words)
    ]


def _mails() -> Iterator[str]:
    """Every mail that was sent within this process: as it travels, and as it is read."""
    for message in getattr(mail, "outbox", []):
        travelling = message.message()
        yield f"{message.subject} {travelling}"
        for part in travelling.walk():
            decoded = part.get_payload(decode=True)
            if isinstance(decoded, bytes):
                yield decoded.decode("utf-8", "replace")
