"""Walks the chain and names the first break."""

from dataclasses import dataclass

from audit.chain import GENESIS, hash_of
from audit.models import Entry


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain at a moment, as exported: a cut tail is found against it."""

    sequence: int
    hash: str

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> "Head":
        """Read SEQUENCE:HASH. Raises ValueError."""
        sequence, _, digest = text.partition(":")
        if len(digest) != 64:
            raise ValueError("A head is SEQUENCE:HASH with a hash of 64 characters.")
        return cls(int(sequence), digest)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the walk found; `broken_at` is the first sequence that does not fit, or None."""

    sealed: int
    unsealed: int
    head: Head
    broken_at: int | None
    why: str


def verify(*, expected: Head | None = None) -> Verdict:
    """Recompute every hash from the first row on; compare with an exported head if given."""
    head, broken_at, why = GENESIS, None, ""
    sequence = 0
    met_expected = expected is None or expected.sequence == 0
    for row in Entry.objects.exclude(sequence=None).order_by("sequence").iterator():
        if row.sequence != sequence + 1:
            broken_at, why = sequence + 1, "a row is missing"
        elif row.previous_hash != head:
            broken_at, why = row.sequence, "the row does not follow the one before"
        elif row.hash != hash_of(row, sequence=row.sequence, previous_hash=head):
            broken_at, why = row.sequence, "the row was changed"
        if broken_at is not None:
            break
        sequence, head = sequence + 1, row.hash
        if expected is not None and sequence == expected.sequence:
            met_expected = head == expected.hash
    if broken_at is None and not met_expected and expected is not None:
        broken_at = min(sequence + 1, expected.sequence)
        why = "the chain does not reach the exported head"
    unsealed = Entry.objects.filter(sequence=None).count()
    return Verdict(sequence, unsealed, Head(sequence, head), broken_at, why)
