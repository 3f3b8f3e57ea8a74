"""A call beside another: its result, its fault, and its threads in a forked process."""

import os
import signal
import threading

import pytest

from search.engines.tantivy.beside import Beside


def test_it_runs_while_the_block_does_and_is_waited_for() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def call() -> int:
        begun.set()
        assert may_end.wait(60)
        return threading.get_ident()

    beside = Beside(call)
    with beside:
        assert begun.wait(60)
        may_end.set()
    assert beside.result() != threading.get_ident()


def test_its_fault_is_raised_where_the_result_is_asked_for() -> None:
    beside = Beside(lambda: 1 // 0)
    with beside:
        pass
    with pytest.raises(ZeroDivisionError):
        beside.result()


def test_a_process_that_was_forked_has_threads_of_its_own() -> None:
    """The copy of a pool that has worked believes in threads that are not there."""
    with Beside(threading.get_ident):
        pass
    child = os.fork()
    if not child:
        signal.alarm(60)
        beside = Beside(os.getpid)
        with beside:
            pass
        os._exit(0 if beside.result() == os.getpid() else 1)
    assert os.waitpid(child, 0)[1] == 0
