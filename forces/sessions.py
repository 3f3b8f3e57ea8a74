"""Sessions as Django keeps them in the database, read without building the statement anew."""

from __future__ import annotations

import datetime as dt

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.models import Session
from django.utils import timezone

from forces.prepared import PreparedModels

_ALIVE = PreparedModels(
    Session,
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=str,
    now=dt.datetime,
)


class SessionStore(DatabaseSessions):
    """What SESSION_ENGINE asks for."""

    def _get_session_from_db(self) -> Session | None:
        """The stored session, unless it has expired or is gone."""
        key = self.session_key or ""
        # A NUL byte from a forged cookie would be an error of PostgreSQL's, and a 500.
        found = _ALIVE.first(key=key, now=timezone.now()) if key.isalnum() else None
        if found is None:
            self._session_key = None
        return found
