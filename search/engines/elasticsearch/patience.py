"""Asks a server that has fallen silent no more than once in a while, for all threads together.

Each question to it would hold up a thread until its time is over, and pages of every other kind
would wait for a free one.
"""

import threading
import time

from search.engines.base import EngineUnavailableError

SECONDS_OF_REST = 5.0


class Patience:
    """What the threads of a process know of the server's silence."""

    def __init__(self) -> None:
        """Begin in good faith."""
        self._lock = threading.Lock()
        self._is_silent = False
        self._rests_until = 0.0

    def require(self) -> None:
        """Raise EngineUnavailableError while the server rests; one at a time tries it again."""
        if not self._is_silent:
            return
        with self._lock:
            now = time.monotonic()
            if now < self._rests_until:
                raise EngineUnavailableError("The search server was silent a moment ago.")
            self._rests_until = now + SECONDS_OF_REST

    def was_silent(self) -> None:
        """Note that a question ran out of time."""
        with self._lock:
            self._is_silent = True
            self._rests_until = time.monotonic() + SECONDS_OF_REST

    def was_heard(self) -> None:
        """Note that something came back, even a refusal."""
        self._is_silent = False
