"""The worker takes turns, outlives failures, and stops when asked."""

import json
import logging
import os
import signal
import subprocess
import sys
import time

import pytest
from django.core.management import call_command

from portal.management.commands import worker
from portal.management.commands.worker import LONGEST_PAUSE_AFTER_FAILURE, Duty
from tests.services.databases import ROOT


def test_a_duty_that_found_work_looks_again_at_once() -> None:
    """There may be more than one step's worth."""
    duty = Duty("count", lambda: 3, every=60.0)
    assert duty.perform() == 3
    assert duty.due <= time.monotonic()


def test_a_duty_without_work_rests() -> None:
    """Until its own time has passed."""
    duty = Duty("count", lambda: 0, every=60.0)
    duty.perform()
    assert 59.0 < duty.due - time.monotonic() <= 60.0


def _fail() -> int:
    raise RuntimeError("the index is gone")


def test_a_failing_duty_is_tried_again_ever_later() -> None:
    """One second, two, four, and so on to a limit; and it raises nothing."""
    duty = Duty("fail", _fail, every=0.1)
    pauses = []
    for _ in range(8):
        assert duty.perform() == 0
        pauses.append(round(duty.due - time.monotonic()))
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == LONGEST_PAUSE_AFTER_FAILURE


def test_a_failure_says_which_duty(caplog: pytest.LogCaptureFixture) -> None:
    """And how often in a row."""
    with caplog.at_level(logging.ERROR, logger="portal.worker"):
        Duty("fail", _fail, every=0.1).perform()
    told = caplog.records[0].msg
    assert isinstance(told, dict)
    assert (told["event"], told["duty"], told["failures"]) == ("duty failed", "fail", 1)
    assert told["exc_info"]


def test_a_failure_of_one_duty_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sealing goes on while the index is broken."""
    left = [5, 2, 0]
    sealed = Duty("seal", lambda: left.pop(0), every=0.1)
    monkeypatch.setattr(worker, "duties", lambda: [Duty("drain", _fail, every=0.1), sealed])
    call_command("worker", once=True)
    assert left == []


def test_success_forgets_earlier_failures() -> None:
    """The next failure starts at one second again."""
    works = iter([False, True, False])

    def step() -> int:
        return 0 if next(works) else _fail()

    duty = Duty("flaky", step, every=0.1)
    for _ in range(3):
        duty.perform()
    assert duty.failures == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_stops_when_asked(number: signal.Signals) -> None:
    """Between two steps, with exit status 0."""
    with subprocess.Popen(
        [sys.executable, "manage.py", "worker"], cwd=ROOT, stderr=subprocess.PIPE, env=os.environ
    ) as process:
        assert process.stderr is not None
        first = json.loads(process.stderr.readline())
        assert first["event"] == "worker started"
        process.send_signal(number)
        rest = process.stderr.read().decode()
        assert process.wait(timeout=10) == 0
    assert json.loads(rest.splitlines()[-1])["event"] == "worker stopped"
