"""A row stays though the request that it tells of came to nothing, or its process was killed."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.db import connection
from django.test import Client

from audit.events import Event
from audit.models import Entry
from audit.record import record
from audit.sealing import seal
from audit.verify import verify
from tests.guidance.scene import Cast, lay_out_scene, published
from tests.services.databases import ROOT
from tests.sign_in import client_of

SEALER = """
import os, sys, django
django.setup()
from audit.sealing import seal
print("ready", flush=True)
sys.stdin.readline()
while seal(most=3):
    pass
"""


@pytest.mark.django_db(transaction=True)
def test_a_refusal_outlives_its_404() -> None:
    lay_out_scene()
    cast = Cast()
    page = published(cast.kent_author, cast.kent_lead)
    assert client_of(cast.essex_officer).get(page.address).status_code == 404
    # What another connection would see: nothing is left open in this one.
    assert not connection.in_atomic_block
    row = Entry.objects.get(event=Event.REFUSAL)
    assert (row.actor, row.action_object) == (cast.essex_officer.public_id, page.ref)
    assert row.request_id


@pytest.mark.django_db(transaction=True)
def test_a_failed_sign_in_is_in_the_trail_without_its_address() -> None:
    Client().post("/accounts/login/", {"login": "somebody@kent.example", "password": "x" * 12})
    row = Entry.objects.get(event=Event.SIGN_IN_FAILED)
    assert row.actor == ""
    assert row.request_id
    assert "kent" not in str(Entry.objects.values().get(pk=row.pk))


@pytest.mark.django_db(transaction=True)
def test_sealers_in_processes_of_their_own_leave_one_chain() -> None:
    for number in range(40):
        record(Event.SEARCH, actor="P-AAAAAA", detail={"total": number})
    sealers = [
        subprocess.Popen(
            [sys.executable, "-c", SEALER],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for sealer in sealers:
        assert sealer.stdout is not None
        assert sealer.stdout.readline() == "ready\n"
    for sealer in sealers:
        assert sealer.stdin is not None
        sealer.stdin.write("go\n")
        sealer.stdin.flush()
    # One is killed wherever it may be; its batch is sealed whole or not at all.
    sealers[0].kill()
    for sealer in sealers:
        sealer.communicate(timeout=60)
    assert [sealer.returncode for sealer in sealers[1:]] == [0, 0]
    assert seal() == 0
    verdict = verify()
    assert (verdict.sealed, verdict.unsealed, verdict.broken_at) == (40, 0, None)
