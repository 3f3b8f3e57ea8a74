"""One line a day, which later tells a chain that was written anew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from audit.events import Event
from audit.heads import export_head
from audit.record import record
from audit.sealing import seal
from audit.verify import Head, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def heads(settings: Settings, tmp_path: Path) -> Path:
    settings.TRAIL_HEADS = str(tmp_path / "heads.txt")
    return tmp_path / "heads.txt"


def test_once_a_day_and_it_verifies(heads: Path) -> None:
    assert export_head() == 0
    record(Event.SEARCH, actor="system")
    seal()
    assert (export_head(), export_head()) == (1, 0)
    day, head = heads.read_text().split()
    assert day == timezone.localdate().isoformat()
    record(Event.SEARCH, actor="system")
    seal()
    assert verify(expected=Head.parse(head)).broken_at is None
    other = Head(Head.parse(head).sequence, "0" * 64)
    assert verify(expected=other).broken_at is not None


def test_the_next_day_and_a_line_cut_off_by_a_crash(heads: Path) -> None:
    record(Event.SEARCH, actor="system")
    seal()
    yesterday = timezone.localdate() - timedelta(days=1)
    heads.write_text(f"{yesterday.isoformat()} 1:{'0' * 64}\n{timezone.localdate().isoformat()}")
    assert export_head() == 1
    assert export_head() == 0


def test_a_place_that_cannot_be_written_is_an_error(settings: Settings, tmp_path: Path) -> None:
    """The worker logs it and tries again; it must not pass as done."""
    record(Event.SEARCH, actor="system")
    seal()
    settings.TRAIL_HEADS = str(tmp_path / "no-such-folder" / "heads.txt")
    with pytest.raises(OSError, match="no-such-folder"):
        export_head()
