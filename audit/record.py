"""The one way to write to the trail."""

import re
from collections.abc import Mapping

from access.policy import POLICY_VERSION
from audit.events import Event
from audit.models import Entry

# No blanks and no @: neither a sentence nor an e-mail address fits.
_WORD = re.compile(r"[A-Za-z0-9._:/-]{0,80}")


def record(
    event: Event,
    *,
    actor: str,
    action_object: str = "",
    decision: str = "",
    reason: str = "",
    request_id: str = "",
    detail: Mapping[str, str | int] | None = None,
) -> None:
    """Write one row now; a failure stops the caller, because an unrecorded reading must not be.

    `actor` is a public person id, "system", or "" for a visitor. Nothing here may be a title, a
    text or an e-mail address: references, ids, counts and words of closed lists only. Outside a
    transaction the row is committed when this returns; inside one it shares its fate.
    """
    words = [actor, action_object, decision, reason, request_id]
    words += [value for value in (detail or {}).values() if isinstance(value, str)]
    if any(not _WORD.fullmatch(word) for word in words):
        raise ValueError("The trail takes references, ids and words of closed lists only.")
    Entry.objects.create(
        event=event,
        actor=actor,
        action_object=action_object,
        decision=decision,
        reason=reason,
        policy_version=POLICY_VERSION,
        request_id=request_id,
        detail=dict(detail or {}),
    )
