"""One call that runs on another processor while its caller goes on; tantivy lets it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Generic, TypeVar

_Result = TypeVar("_Result")


class _Threads:
    """Threads that wait for work: a new one for each call would begin on its caller's processor."""

    def __init__(self) -> None:
        """Begin with none; they come when they are wanted."""
        self.begin_anew()

    def begin_anew(self) -> None:
        """In a process that was forked there are none, whatever its copy of the pool says."""
        self.pool = ThreadPoolExecutor(len(os.sched_getaffinity(0)), "beside")


_threads = _Threads()
os.register_at_fork(after_in_child=_threads.begin_anew)


class Beside(Generic[_Result]):
    """Runs from the start of a `with` block to its end, which waits for it."""

    def __init__(self, call: Callable[[], _Result]) -> None:
        """Keep what to call."""
        self._call = call
        self._future: Future[_Result]

    def __enter__(self) -> None:
        """Begin."""
        self._future = _threads.pool.submit(self._call)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for it, whatever happened in the block: nothing goes on after its question."""
        wait([self._future])

    def result(self) -> _Result:
        """What it returned, for which this waits; raises what it raised."""
        return self._future.result()
