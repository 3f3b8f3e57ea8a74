"""The trail's word of what was refused at a door, before anybody is known; bounded in number."""

from __future__ import annotations

from enum import StrEnum

from allauth.core.internal import ratelimit
from django.http import HttpRequest

from audit.events import Event
from audit.record import record
from forces.models import User
from forces.requests import request_id_of

# Whoever asks a thousand times makes one row, and a thousand who ask once make so many: a flood
# must not fill the trail, which nobody may empty.
_ONCE = {"ip": "1/10m/ip", "user": "1/10m/user"}
_IN_ALL = "60/10m/key"


class RefusedAt(StrEnum):
    """What was refused; the trail's word for it."""

    DIRECTORY_KEY = "scim-key"
    HOST = "host"
    # A cookie whose session was ended: signed out, removed, or never ours.
    SESSION = "no-such-session"
    INVITATION = "invitation-token"
    LIMIT = "limit"


def note_refusal(request: HttpRequest, door: RefusedAt, *, about: str = "") -> None:
    """Record the first refusal of its kind in ten minutes, for one person or one address.

    `about` is the name of a view, never anything that was sent.
    """
    user = getattr(request, "user", None)
    person = user if isinstance(user, User) else None
    once = _ONCE["user" if person else "ip"]
    action = f"noted-{door.value}-{about}"
    first = ratelimit.consume(
        request, app="forces", action=action, config={action: once}, limit_get=True
    )
    if not first:
        return
    every = f"noted-{door.value}"
    if not ratelimit.consume(
        request, app="forces", action=every, key="all", config={every: _IN_ALL}, limit_get=True
    ):
        return
    record(
        Event.DOOR_REFUSED,
        actor=person.public_id if person else "",
        action_object=about[:40],
        reason=door.value,
        request_id=request_id_of(request),
    )
