"""No statement that the portal's own connection could send changes what the trail holds."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from audit.events import Event
from audit.models import Entry
from audit.record import record
from audit.sealing import seal
from audit.verify import verify

ON_SQLITE = [
    # Each would delete the row in its way, without firing a delete trigger.
    """INSERT OR REPLACE INTO audit_entry (id, recorded_at, event, actor, action_object, decision,
    reason, policy_version, request_id, detail, sequence, previous_hash, hash)
    SELECT id, recorded_at, event, 'P-FFFFFF', action_object, decision,
    reason, policy_version, request_id, detail, NULL, '', ''
    FROM audit_entry WHERE sequence = 1""",
    "REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE sequence = 1",
    "REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE sequence IS NULL",
    """UPDATE OR REPLACE audit_entry SET sequence = 1, previous_hash = 'a', hash = 'b'
    WHERE sequence IS NULL""",
]
ANYWHERE = [
    "DELETE FROM audit_entry WHERE sequence IS NULL",
    "DELETE FROM audit_entry WHERE sequence = 2",
    "UPDATE audit_entry SET sequence = NULL, previous_hash = '', hash = '' WHERE sequence = 2",
    "UPDATE audit_entry SET sequence = 9 WHERE sequence = 2",
    "UPDATE audit_entry SET sequence = 9 WHERE sequence IS NULL",
    "UPDATE audit_entry SET id = id + 100 WHERE sequence IS NULL",
    """UPDATE audit_entry SET recorded_at = '2020-01-01', sequence = 9, previous_hash = 'a',
    hash = 'b' WHERE sequence IS NULL""",
    # A row that is born sealed would need no sealer.
    """INSERT INTO audit_entry (recorded_at, event, actor, action_object, decision, reason,
    policy_version, request_id, detail, sequence, previous_hash, hash)
    VALUES ('2020-01-01', 'search', '', '', '', '', '1', '', '{}', 9, 'a', 'b')""",
]


def write(count: int) -> None:
    for number in range(count):
        record(Event.SEARCH, actor="P-AAAAAA", detail={"total": number})


def _refused(statement: str) -> None:
    write(2)
    seal()
    write(1)
    before = list(Entry.objects.order_by("pk").values())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert list(Entry.objects.order_by("pk").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ANYWHERE)
def test_no_statement_changes_the_trail(statement: str) -> None:
    _refused(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ON_SQLITE)
def test_replace_is_no_way_round_the_triggers(statement: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has REPLACE")
    _refused(statement)


@pytest.mark.django_db
def test_the_table_cannot_be_emptied_at_one_blow() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL has TRUNCATE")
    _refused("TRUNCATE audit_entry")


# SQLite's schema editor refuses to work inside the transaction that other tests run in.
@pytest.mark.django_db(transaction=True)
def test_the_whole_trail_can_be_taken_away_and_put_back() -> None:
    write(2)
    seal()
    call_command("migrate", "audit", "zero", verbosity=0)
    assert "audit_entry" not in connection.introspection.table_names()
    call_command("migrate", "audit", verbosity=0)
    write(2)
    assert seal() == 2
    for statement in ("DELETE FROM audit_entry", "UPDATE audit_entry SET actor = 'P-BBBBBB'"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_the_triggers_can_be_taken_away_and_put_back() -> None:
    call_command("migrate", "audit", "0001", verbosity=0)
    record(Event.SEARCH, actor="")
    assert Entry.objects.update(actor="P-AAAAAA") == 1
    call_command("migrate", "audit", verbosity=0)
    with pytest.raises(DatabaseError):
        Entry.objects.update(actor="P-BBBBBB")


@pytest.mark.django_db(transaction=True)
def test_a_row_that_commits_late_is_sealed_late() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite the second writer waits for the first")
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                record(Event.SEARCH, actor="P-SLOWER")
                written.set()
                may_commit.wait(timeout=30)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(timeout=30)
    record(Event.SEARCH, actor="P-FASTER")
    assert seal() == 1
    may_commit.set()
    thread.join()
    assert seal() == 1
    rows = Entry.objects.order_by("sequence").values_list("actor", flat=True)
    assert list(rows) == ["P-FASTER", "P-SLOWER"]
    assert list(Entry.objects.order_by("pk").values_list("sequence", flat=True)) == [2, 1]
    assert verify().broken_at is None


@pytest.mark.django_db
def test_only_events_of_the_catalogue_are_recorded() -> None:
    with pytest.raises(ValueError, match="rumour"):
        record("rumour", actor="")  # type: ignore[arg-type]


@pytest.mark.django_db
@pytest.mark.parametrize("values", [{"decision": "d" * 13}, {"reason": "r" * 41}])
def test_what_postgresql_would_cut_is_refused_everywhere(values: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="characters"):
        record(Event.SEARCH, actor="", **values)  # type: ignore[arg-type]


def test_a_transaction_around_each_request_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)
    found = run_checks(tags=["database"], databases=[])
    assert "audit.E001" in {message.id for message in found}
