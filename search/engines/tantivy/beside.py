"""One call that runs on another processor while its caller goes on; tantivy lets it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

_Result = TypeVar("_Result")


class Beside(Generic[_Result]):
    """Runs from the start of a `with` block to its end, which waits for it.

    A thread of its own each time, which costs a twentieth of a millisecond: threads that wait in
    a pool would be lost in a worker process that was forked, and whoever asked them would hang.
    """

    def __init__(self, call: Callable[[], _Result]) -> None:
        """Keep what to call."""
        self._call = call
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._results: list[_Result] = []
        self._fault: BaseException | None = None

    def __enter__(self) -> None:
        """Begin."""
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for it, whatever happened in the block: nothing goes on after its question."""
        self._thread.join()

    def result(self) -> _Result:
        """What it returned, after the block; raises what it raised."""
        if self._fault is not None:
            raise self._fault
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._call())
        except BaseException as fault:  # noqa: BLE001 - raised again where the result is asked for
            self._fault = fault
