"""Which of the sweeps a run takes: a quarter of them, another quarter at another commit.

`make test` names its commit in TEST_TURN. Without that, as when somebody runs one file, and with
TEST_TURN=all, as in `make soak`, everything runs.
"""

from __future__ import annotations

import hashlib
import os

PARTS = 4
# Many tests of one kind, which take minutes together. What they are about has other tests too.
SWEEPS = (
    "tests/channels/test_channels.py::test_channel_can_be_seen_open",
    "tests/forces/single_sign_on/test_hostile.py",
    "tests/forces/single_sign_on/saml/test_saml_hostile.py",
    "tests/journeys/test_axe_admin.py",
    "tests/oracles/test_laundering_faults.py",
    "tests/search/test_interference.py::test_queries_answer_alike_in_both_worlds",
    "tests/search/test_killed_drain.py",
    "tests/search/test_processes.py",
    "tests/search/test_server_faults.py",
)
# Files about what is not the same on both databases: SQL of our own, locks, triggers, commits.
ON_BOTH_DATABASES = (
    "tests/access/",
    "tests/audit/",
    "tests/forces/test_confirmation.py",
    "tests/forces/test_invitations.py",
    "tests/guidance/test_break_glass.py",
    "tests/guidance/test_deletion.py",
    "tests/guidance/test_four_eyes.py",
    "tests/guidance/test_narrowing.py",
    "tests/house/",
    "tests/portal/test_access_agreement.py",
    "tests/search/test_indexing.py",
    "tests/search/test_level.py",
    "tests/search/test_locks.py",
    "tests/search/test_meaning.py",
    "tests/search/test_races.py",
    "tests/search/test_services.py",
    "tests/search/test_verify.py",
)
_turn = os.environ.get("TEST_TURN", "all")


def is_everything() -> bool:
    """Whether this run leaves nothing to another turn."""
    return _turn == "all"


def is_in_turn(name: str) -> bool:
    """Whether a run takes the part of a sweep that has this name."""
    if is_everything():
        return True
    return _part(name) == _part(_turn)


def _part(name: str) -> int:
    # Of a checksum the last bits would put like names into few parts.
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % PARTS


def part_of(count: int) -> int:
    """How many examples a run draws where all turns together should draw so many."""
    return count if is_everything() else max(1, count // PARTS)


def is_run(nodeid: str) -> bool:
    """Whether a test has its turn: what is no sweep has it always."""
    return not nodeid.startswith(SWEEPS) or is_in_turn(nodeid)


def is_run_on_both(file: str) -> bool:
    """Whether the second database has a turn with a file."""
    return file.startswith(ON_BOTH_DATABASES) or is_in_turn(file)


def said() -> str:
    """What a run prints of itself."""
    if is_everything():
        return "sweeps: all of them"
    return f"sweeps: a quarter of them (TEST_TURN={_turn} repeats it, TEST_TURN=all takes all)"
