"""The one way in for a file: opened, checked, cleaned, and only then read."""

from guidance.files.cleaning import clean
from guidance.files.extraction import extract, properties
from guidance.files.inspection import identify, report
from guidance.files.kinds import Extracted, FileKind, Limits, Received
from guidance.files.markings import refuse_marked
from guidance.files.size import too_large


def receive(
    data: bytes, name: str, *, limits: Limits, accepted: frozenset[FileKind] = frozenset(FileKind)
) -> Received:
    """Take the file, or raise FileRefused. Runs foreign data: call it through `quarantine`."""
    kind = identify(data, name, limits=limits, accepted=accepted)
    refuse_marked(Extracted(text="", properties=properties(kind, data, limits=limits)), name=name)
    cleaned = clean(kind, data, limits=limits)
    if len(cleaned) > 2 * limits.size:
        raise too_large(len(cleaned), limits=limits)
    # From the bytes that are kept: another reader may have seen another text in the original.
    extracted = extract(kind, cleaned, limits=limits)
    refuse_marked(extracted, name=name)
    return Received(inspected=report(kind, extracted, name=name, size=len(cleaned)), data=cleaned)
