"""The trail: append-only, chained, verifiable, and silent about titles and people's words."""

from __future__ import annotations

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from audit.events import Event
from audit.models import Entry
from audit.record import record
from audit.sealing import seal
from audit.verify import Head, verify


def write(count: int) -> None:
    for number in range(count):
        record(Event.SEARCH, actor="P-AAAAAA", detail={"total": number})


@pytest.mark.django_db
def test_a_row_is_sealed_once_and_then_fixed() -> None:
    write(3)
    assert seal() == 3
    assert seal() == 0
    row = Entry.objects.order_by("sequence").first()
    assert row is not None
    row.actor = "P-BBBBBB"
    with pytest.raises(DatabaseError), transaction.atomic():
        row.save()


@pytest.mark.django_db
def test_an_unsealed_row_cannot_be_changed_either() -> None:
    write(1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.update(actor="P-BBBBBB")
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.update(actor="P-BBBBBB", sequence=1, previous_hash="0", hash="1")


@pytest.mark.django_db
def test_no_row_can_be_deleted() -> None:
    write(2)
    seal()
    with pytest.raises(DatabaseError), transaction.atomic():
        Entry.objects.all().delete()


@pytest.mark.django_db
def test_the_chain_verifies_and_counts_what_is_not_sealed() -> None:
    write(5)
    seal(most=3)
    verdict = verify()
    assert (verdict.sealed, verdict.unsealed, verdict.broken_at) == (3, 2, None)


def tamper(statement: str) -> None:
    """Do what only the owner of the database could: switch the triggers off first."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        else:
            cursor.execute("DROP TRIGGER audit_entry_no_delete")
            cursor.execute("DROP TRIGGER audit_entry_seal_once")
        cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "broken_at"),
    [
        ("UPDATE audit_entry SET actor = 'P-CCCCCC' WHERE sequence = 3", 3),
        ("DELETE FROM audit_entry WHERE sequence = 2", 2),
        ("UPDATE audit_entry SET previous_hash = hash WHERE sequence = 4", 4),
    ],
)
def test_tampering_is_found_at_its_first_row(statement: str, broken_at: int) -> None:
    write(5)
    seal()
    tamper(statement)
    assert verify().broken_at == broken_at


@pytest.mark.django_db
def test_a_cut_tail_is_found_against_an_exported_head() -> None:
    write(5)
    seal()
    head = verify().head
    assert verify(expected=head).broken_at is None
    tamper("DELETE FROM audit_entry WHERE sequence > 3")
    assert verify().broken_at is None, "without the head a cut tail looks whole"
    assert verify(expected=head).broken_at == 4


@pytest.mark.django_db
def test_a_rewritten_chain_is_found_against_an_exported_head() -> None:
    write(2)
    seal()
    other = Head(2, "f" * 64)
    assert verify(expected=other).broken_at == 2


@pytest.mark.django_db
def test_the_command_prints_the_head_and_fails_on_a_break(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(2)
    seal()
    call_command("audit_verify")
    assert '"broken_at": null' in capsys.readouterr().out
    tamper("UPDATE audit_entry SET reason = 'x' WHERE sequence = 1")
    with pytest.raises(CommandError, match="breaks at 1"):
        call_command("audit_verify")
    with pytest.raises(CommandError, match="SEQUENCE:HASH"):
        call_command("audit_verify", head="nonsense")


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_leave_one_chain() -> None:
    write(60)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            while seal(most=7):
                pass
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    verdict = verify()
    assert (verdict.sealed, verdict.unsealed, verdict.broken_at) == (60, 0, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "values",
    [
        {"actor": "officer@kent.example"},
        {"actor": "", "action_object": "How to refer a video"},
        {"actor": "", "reason": "because of somebody's words"},
        {"actor": "", "detail": {"note": "Operation Quillonvane was mentioned"}},
        {"actor": "", "detail": {"notes": ["Operation Quillonvane was mentioned"]}},
        {"actor": "", "detail": {"notes": {"first": "Operation Quillonvane"}}},
        {"actor": "", "detail": {"Operation Quillonvane": 1}},
        {"actor": "", "detail": {"share": 0.5}},
        {"actor": "", "detail": {"yes": True}},
        {"actor": "", "detail": {"nothing": None}},
        {"actor": "Quillonvane"},
        {"actor": "P-AAAAAA\n"},
    ],
)
def test_texts_and_addresses_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="trail"):
        record(Event.SEARCH, **values)  # type: ignore[arg-type]
    assert not Entry.objects.exists()
