"""The process beside the web server: it does, in small steps, what no reader should wait for."""

import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

import structlog
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from audit.checking import check_trail
from audit.findings import note
from audit.heads import export_head
from audit.models import Finding
from audit.sealing import seal
from forces.confirmation import end_lapsed, remind
from forces.invitations import take_in_requests
from forces.provisioning.people_lists import read_due_lists
from forces.sessions import forget_expired
from guidance.break_glass_notices import tell_of_break_glass
from search.alerts import send_digests
from search.indexing import drain, keep_level
from search.unanswered import forget_unanswered, settle_unopened
from search.verify import check

log = structlog.get_logger("portal.worker")

# Doubled at each failure in a row, so that a database that is down is not asked in a tight loop.
FIRST_PAUSE_AFTER_FAILURE = 1.0
LONGEST_PAUSE_AFTER_FAILURE = 30.0


@dataclass
class Duty:
    """One thing to do again and again; `step` returns how many items it dealt with."""

    name: str
    step: Callable[[], int]
    every: float
    due: float = 0.0
    failures: int = field(default=0, init=False)

    def perform(self) -> int:
        """Do one step; a failure is logged and tried again later, and stops no other duty."""
        try:
            done = self.step()
        except Exception:
            log.exception("duty failed", duty=self.name, failures=self.failures + 1)
            # A connection that broke would fail every later step, too.
            close_old_connections()
            pause = FIRST_PAUSE_AFTER_FAILURE * 2**self.failures
            self.failures += 1
            self.due = time.monotonic() + min(pause, LONGEST_PAUSE_AFTER_FAILURE)
            return 0
        self.failures = 0
        # Whoever had something to do may have more: look again at once.
        self.due = time.monotonic() + (0.0 if done else self.every)
        if done:
            log.info("duty done", duty=self.name, items=done)
        return done


def note_worker() -> int:
    """Let the status page tell a worker that is down from one that has nothing to do."""
    note(Finding.Subject.WORKER, is_sound=True, at=timezone.now(), detail={})
    return 0


def duties() -> list[Duty]:
    """List the duties in the order in which they take their turns."""
    return [
        Duty("drain", drain, every=0.2),
        Duty("keep the index level", keep_level, every=5),
        Duty("seal", seal, every=0.5),
        Duty("requests for access", take_in_requests, every=5),
        Duty("read lists of people", read_due_lists, every=600),
        Duty("remind leads", remind, every=600),
        Duty("end lapsed memberships", end_lapsed, every=600),
        Duty("tell of break-glass", tell_of_break_glass, every=5),
        Duty("send digests", send_digests, every=60),
        Duty("settle unopened searches", settle_unopened, every=60),
        Duty("forget unanswered searches", forget_unanswered, every=600),
        Duty("compare index and database", check, every=30),
        Duty("export head", export_head, every=600),
        Duty("verify the trail", check_trail, every=600),
        Duty("say that it works", note_worker, every=30),
        Duty("forget expired sessions", forget_expired, every=600),
    ]


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """Turn SIGTERM and Ctrl-C into a request that is heard between two steps."""
    stop = threading.Event()

    def request(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, request) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Command(BaseCommand):
    """Each step commits by itself, so the process may be killed between any two instructions."""

    help = "Brings the index up to date and seals the trail, until SIGTERM."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the switch for tests and cron."""
        parser.add_argument("--once", action="store_true", help="Stop when nothing is left to do.")

    def handle(self, *, once: bool, **options: object) -> None:
        """Take turns until asked to stop."""
        turn = duties()
        with _asked_to_stop() as stop:
            if once:
                while not stop.is_set() and sum([duty.perform() for duty in turn]) > 0:
                    pass
                return
            log.info("worker started", duties=[duty.name for duty in turn])
            while not stop.is_set():
                for duty in turn:
                    if duty.due <= time.monotonic() and not stop.is_set():
                        duty.perform()
                nearest = min(duty.due for duty in turn)
                stop.wait(max(0.0, nearest - time.monotonic()))
            log.info("worker stopped")
