"""The one way to write to the trail."""

import re
from collections.abc import Mapping

from access.policy import POLICY_VERSION
from audit.events import Event
from audit.models import Entry

# No blanks and no @: neither a sentence nor an e-mail address fits.
_WORD = re.compile(r"[A-Za-z0-9._:/-]{0,80}")
_ACTOR = re.compile(r"(P-[A-Z0-9]{6}|system)?")
_LONGEST = {field.name: field.max_length for field in Entry._meta.fields if field.max_length}


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
    facts = {
        "actor": actor,
        "action_object": action_object,
        "decision": decision,
        "reason": reason,
        "request_id": request_id,
    }
    _require_words(facts, detail or {})
    Entry.objects.create(
        **facts, event=Event(event), policy_version=POLICY_VERSION, detail=dict(detail or {})
    )


def _require_words(facts: Mapping[str, str], detail: Mapping[str, str | int]) -> None:
    counts = [one for one in detail.values() if type(one) is int]
    words = [*facts.values(), *detail, *(one for one in detail.values() if type(one) is str)]
    # A list or a mapping would carry its texts past the words; a fraction is no count.
    if len(counts) + len(words) != len(facts) + 2 * len(detail):
        raise ValueError("The trail takes words and whole numbers in its detail.")
    if not all(map(_WORD.fullmatch, words)) or not _ACTOR.fullmatch(facts["actor"]):
        raise ValueError("The trail takes references, ids and words of closed lists only.")
    for name, word in facts.items():
        # SQLite would take it; PostgreSQL would not, perhaps long after the tests.
        if len(word) > _LONGEST[name]:
            raise ValueError(f"The trail keeps {_LONGEST[name]} characters of {name}.")
