"""What runs beside its caller: its result, its fault, and its end."""

import os
import signal
import threading

import pytest

from search.beside import Beside


def test_both_go_on_at_once_and_the_result_is_there_at_the_end() -> None:
    """Each waits for the other: one after the other they would wait for ever."""
    meeting = threading.Barrier(2)
    counting = Beside(lambda: meeting.wait(timeout=60) + 10)
    with counting:
        meeting.wait(timeout=60)
    assert counting.result() in {10, 11}


def test_a_fault_is_raised_to_whoever_asks_for_the_result() -> None:
    """With its message, as if it had been called there."""

    def fail() -> int:
        raise ValueError("No such column.")

    counting = Beside(fail)
    with counting:
        pass
    with pytest.raises(ValueError, match="No such column"):
        counting.result()


def test_it_has_ended_when_the_caller_fails() -> None:
    """A fault of the caller is its own, and nothing runs on."""
    ended = threading.Event()
    with pytest.raises(KeyError), Beside(ended.set):
        raise KeyError
    assert ended.is_set()


def test_a_process_that_was_forked_has_threads_of_its_own() -> None:
    """The copy of a pool that has worked believes in threads that are not there."""
    with Beside(threading.get_ident):
        pass
    child = os.fork()
    if not child:
        signal.alarm(60)
        counting = Beside(os.getpid)
        with counting:
            pass
        os._exit(0 if counting.result() == os.getpid() else 1)
    assert os.waitpid(child, 0)[1] == 0
