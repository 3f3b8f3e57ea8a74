"""Sessions in the database: whose they are, how long they last, and how they are ended."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.http import HttpRequest
from django.utils import timezone

from forces.models import PersonSession, User
from forces.prepared import PreparedModels

# Unused for so long, a session ends; sooner where an OFFICIAL-SENSITIVE page may still be open.
IDLE = dt.timedelta(minutes=60)
IDLE_AFTER_SENSITIVE = dt.timedelta(minutes=15)
# Not each page writes to the database: use is noted once in this time.
NOTED_EVERY = dt.timedelta(minutes=1)

_SENSITIVE = "has_read_sensitive"
_STARTED = "started_at"
_EXPIRY = "_session_expiry"  # Django's
_DEVICE = "device"

_ALIVE = PreparedModels(
    PersonSession,
    lambda key, now: PersonSession.objects.filter(session_key=key, expire_date__gt=now),
    key=str,
    now=dt.datetime,
)


class SessionStore(DatabaseSessions):
    """What SESSION_ENGINE asks for."""

    row: PersonSession | None = None

    @classmethod
    def get_model_class(cls) -> type[PersonSession]:
        """Our rows, which know whose they are."""
        return PersonSession

    def _get_session_from_db(self) -> PersonSession | None:
        """The stored session, unless it has expired or is gone."""
        key = self.session_key or ""
        # A NUL byte from a forged cookie would be an error of PostgreSQL's, and a 500.
        self.row = _ALIVE.first(key=key, now=timezone.now()) if key.isalnum() else None
        if self.row is None:
            self._session_key = None
        return self.row

    def create_model_instance(self, data: Any) -> PersonSession:
        """The row to be saved: a use of the session, at this moment."""
        now = timezone.now()
        row = cast("PersonSession", super().create_model_instance(data))
        row.ref = hashlib.sha256(row.session_key.encode()).hexdigest()[:16]
        row.user_id = data.get(SESSION_KEY)
        row.device = data.get(_DEVICE, "")
        row.started_at, row.seen_at = _started_at(data, now=now), now
        row.expire_date = expires_at(data, started_at=row.started_at, seen_at=now)
        return row

    def note_use(self, *, now: dt.datetime) -> None:
        """Put the end off, because the session is in use; at most one statement a minute."""
        row = self.row
        if row is None or now - row.seen_at < NOTED_EVERY:
            return
        # By key and end: a session that was ended meanwhile must not come back.
        PersonSession.objects.filter(session_key=row.session_key, expire_date__gt=now).update(
            seen_at=now,
            expire_date=expires_at(dict(self.items()), started_at=row.started_at, seen_at=now),
        )


def expires_at(
    data: Mapping[str, Any], *, started_at: dt.datetime, seen_at: dt.datetime
) -> dt.datetime:
    """The earlier of "unused for too long" and "twelve hours since sign-in".

    What is stored for a shorter time by `set_expiry` ends then; allauth sets 0, which is no time.
    """
    idle = IDLE_AFTER_SENSITIVE if data.get(_SENSITIVE) else IDLE
    if seconds := data.get(_EXPIRY):
        idle = min(idle, dt.timedelta(seconds=seconds))
    return min(seen_at + idle, started_at + dt.timedelta(seconds=settings.SESSION_COOKIE_AGE))


def _started_at(data: Mapping[str, Any], *, now: dt.datetime) -> dt.datetime:
    """When the person signed in: a new password gives the session a new key, not more time."""
    noted = data.get(_STARTED)
    return dt.datetime.fromtimestamp(noted, tz=dt.UTC) if noted else now


def begin(session: SessionStore, *, user_agent: str, now: dt.datetime) -> None:
    """Note at sign-in from when the hours count, and what the browser calls itself."""
    session[_STARTED] = now.timestamp()
    session[_DEVICE] = device_words(user_agent)
    session.pop(_SENSITIVE, None)


def note_sensitive_reading(session: Any) -> None:
    """From now on the session ends sooner when it is left alone."""
    if not session.get(_SENSITIVE):
        session[_SENSITIVE] = True


_BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"))
_ENGINES = (("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_words(user_agent: str) -> str:
    """As much of a browser's own description as its owner needs to know it again."""
    browser = next((name for mark, name in _BROWSERS + _ENGINES if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " / ".join(filter(None, (browser, system)))


def sessions_of(user: User, *, at: dt.datetime) -> list[PersonSession]:
    """The sessions in which somebody is signed in now, the last used first."""
    return list(PersonSession.objects.filter(user=user, expire_date__gt=at).order_by("-seen_at"))


def was_ended(request: HttpRequest) -> bool:
    """Whether a cookie names a session that is not there: not one that ran out and still lies."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not key or request.session.session_key == key:
        return False
    return not (key.isalnum() and PersonSession.objects.filter(session_key=key).exists())


def forget_expired() -> int:
    """Delete what has expired; the number of sessions."""
    deleted: int = PersonSession.objects.filter(expire_date__lte=timezone.now()).delete()[0]
    return deleted
