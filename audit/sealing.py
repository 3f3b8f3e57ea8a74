"""Puts recorded rows into the hash chain, so that readers never queue for one lock."""

from django.db import connection, transaction

from audit.chain import GENESIS, hash_of
from audit.models import Entry

BATCH = 1000
# Any number will do; it must only differ from the locks of other rooms.
_LOCK = 0x7472_6169


def seal(*, most: int = BATCH) -> int:
    """Seal up to `most` rows in the order of their ids; the number sealed.

    Two sealers may run: the second waits, or on SQLite the transaction is IMMEDIATE. A row that
    commits late with a smaller id is sealed late: the chain orders rows by sequence, not by id.
    """
    if not Entry.objects.filter(sequence=None).exists():
        # On SQLite even a transaction that writes nothing would hold up those who write.
        return 0
    with transaction.atomic():
        _lock()
        last = Entry.objects.exclude(sequence=None).order_by("-sequence").first()
        sequence, head = (last.sequence or 0, last.hash) if last else (0, GENESIS)
        rows = list(Entry.objects.filter(sequence=None).order_by("pk")[:most])
        for row in rows:
            sequence += 1
            row.sequence, row.previous_hash = sequence, head
            row.hash = head = hash_of(row, sequence=sequence, previous_hash=head)
            row.save(update_fields=["sequence", "previous_hash", "hash"])
    return len(rows)


def _lock() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
