"""No test is left out for good because a file was renamed."""

import pytest

from tests import turns
from tests.house.tree import ROOT


@pytest.mark.parametrize("name", [*turns.SWEEPS, *turns.ON_BOTH_DATABASES])
def test_what_is_named_is_there(name: str) -> None:
    file, _, function = name.partition("::")
    path = ROOT / file
    assert path.exists()
    assert not function or f"def {function}(" in path.read_text(encoding="utf-8")


def test_four_turns_together_take_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever commits they are named by, each name has its turn in one of four."""
    names = [f"tests/search/test_processes.py::test_{number}" for number in range(60)]
    taken = {
        turn: frozenset(name for name in names if _has_its_turn(monkeypatch, turn, name))
        for turn in map(str, range(30))
    }
    assert frozenset().union(*taken.values()) == frozenset(names)
    assert len(set(taken.values())) == turns.PARTS
    assert sum(map(len, set(taken.values()))) == len(names)
    monkeypatch.setattr(turns, "_turn", "all")
    assert all(turns.is_run(name) and turns.is_run_on_both(name) for name in names)


def _has_its_turn(monkeypatch: pytest.MonkeyPatch, turn: str, name: str) -> bool:
    monkeypatch.setattr(turns, "_turn", turn)
    return turns.is_run(name)
