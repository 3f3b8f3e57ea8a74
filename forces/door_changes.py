"""What changes at a door (a provider or a domain): before and after, as rows and trail keep it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from audit.events import Event
from audit.record import record
from forces.models import EmailDomain, IdentityProvider, Proposal, User

Door = EmailDomain | IdentityProvider
Facts = Mapping[str, Any]
ENDED = "ended_at"
# What the trail takes as it is: the rest stands there as its hash (of a certificate the
# fingerprint would do as well), and in full on the page of the change.
_WORD = re.compile(r"[A-Za-z0-9._:/-]*")
_PART = 80


def only_ends(door: Door, *, changed: Collection[str]) -> bool:
    """Whether nothing happens but that a door is shut."""
    return set(changed) == {ENDED} and door.ended_at is not None and door.pk is not None


def facts_of(door: Door, *, changed: Collection[str]) -> dict[str, Any]:
    """A door that was changed and not saved: which it is, and each field before and after."""
    saved = _saved(type(door), door.pk)
    return {
        "pk": door.pk,
        "before": {name: _told(saved, name) for name in changed} if saved else {},
        "after": {name: _told(door, name) for name in changed},
    }


def _saved(model: type[Door], pk: int | None) -> Door | None:
    rows: models.QuerySet[Any] = model._default_manager.select_for_update()
    return rows.filter(pk=pk).first() if pk else None


def _told(door: Door, name: str) -> str:
    return str(door._meta.get_field(name).value_to_string(door))  # type: ignore[union-attr]


def save_ended(door: Door, *, by: User) -> None:
    """Shut a door at once."""
    facts = facts_of(door, changed=[ENDED])
    door.save(update_fields=[ENDED])
    _record(door, facts, by=by, decision="ended")


def save_proposed(proposal: Proposal, *, by: User) -> None:
    """Save what was proposed.

    Raises ValidationError where the door is not any more what the proposal was made for.
    """
    model: type[Door] = apps.get_model("forces", proposal.kind)
    facts = proposal.facts
    door = _saved(model, facts["pk"]) or model()
    before = {name: _told(door, name) for name in facts["before"]}
    if bool(door.pk) != bool(facts["pk"]) or before != facts["before"]:
        raise ValidationError("It was changed by somebody else meanwhile. Propose it again.")
    for name, told in facts["after"].items():
        field: Any = model._meta.get_field(name)
        setattr(door, field.attname, None if field.null and not told else field.to_python(told))
    door.full_clean()
    door.save()
    _record(door, facts, by=by, decision="changed" if facts["pk"] else "added")


def _record(door: Door, facts: Facts, *, by: User, decision: str) -> None:
    record(
        Event.ORGANISATION_CHANGED,
        actor=by.public_id,
        action_object=f"{door._meta.model_name}:{door.pk}",
        decision=decision,
        reason=door.organisation.slug[:40],
        detail=words_of(facts),
    )


def words_of(facts: Facts) -> dict[str, str | int]:
    """The values of a change as the trail takes them; none of them is a secret."""
    return {
        f"{name}.{when}{part}": word
        for when in ("before", "after")
        for name, told in facts[when].items()
        for part, word in _words(told)
    }


def _words(told: str) -> list[tuple[str, str]]:
    if not _WORD.fullmatch(told):
        return [("", f"sha256:{hashlib.sha256(told.encode()).hexdigest()}")]
    parts = [told[at : at + _PART] for at in range(0, len(told), _PART)] or [""]
    return [(f".{number}" if number else "", part) for number, part in enumerate(parts)]
