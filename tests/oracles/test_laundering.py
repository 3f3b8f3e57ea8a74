"""Whatever people do to a document, nobody reads it who was not told by two."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import settings as counts
from hypothesis.stateful import run_state_machine_as_test
from pytest_django import Settings

from tests.oracles.laundering.library import people
from tests.oracles.laundering.machine import Laundering

pytestmark = pytest.mark.django_db


def launder(folder: Path, *, examples: int, steps: int) -> None:
    """Run the machine on a scene of its own, the same way each time."""
    machine = type("Scene", (Laundering,), {"cast": people(), "folder": folder})
    run_state_machine_as_test(
        machine,
        settings=counts(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            # A failing run of fifty steps shrinks for an hour: the steps it prints are enough.
            phases=(Phase.generate,),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_nobody_reads_what_two_did_not_tell_them(settings: Settings, tmp_path: Path) -> None:
    launder(tmp_path, examples=3, steps=8)
