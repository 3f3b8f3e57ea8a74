"""The one way in for a file: inspected, checked for markings, cleaned, and looked at again."""

import hashlib
from dataclasses import dataclass

from guidance.files.cleaning import clean
from guidance.files.inspection import inspect_bytes, too_large
from guidance.files.kinds import FileKind, Inspected, Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file that may be kept: what it is, and the only bytes of it that are kept."""

    inspected: Inspected
    data: bytes

    @property
    def sha256(self) -> str:
        """The fingerprint of the kept bytes."""
        return hashlib.sha256(self.data).hexdigest()


def receive(
    data: bytes, name: str, *, limits: Limits, accepted: frozenset[FileKind] = frozenset(FileKind)
) -> Received:
    """Take the file, or raise FileRefused. Runs foreign data: call it through `quarantine`."""
    inspected = inspect_bytes(data, name, limits=limits, accepted=accepted)
    cleaned = clean(inspected.kind, data, limits=limits)
    if len(cleaned) > 2 * limits.size:
        raise too_large(len(cleaned), limits=limits)
    return Received(inspected=inspected, data=cleaned)
