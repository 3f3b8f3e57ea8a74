"""The hash of a row: what is hashed, in which order, and the head the chain starts from."""

import hashlib
import json
from datetime import UTC

from audit.models import Entry

GENESIS = "0" * 64


def hash_of(entry: Entry, *, sequence: int, previous_hash: str) -> str:
    """SHA-256 over every field and the hash before, as canonical JSON."""
    fields = [
        sequence,
        entry.recorded_at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.event,
        entry.actor,
        entry.action_object,
        entry.decision,
        entry.reason,
        entry.policy_version,
        entry.request_id,
        entry.detail,
        previous_hash,
    ]
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()
