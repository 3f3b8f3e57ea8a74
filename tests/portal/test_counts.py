"""Tries are counted for all processes together, and no page pays for it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from portal.counts import SharedCounts, is_shared
from search.indexing import rebuild
from tests.guidance.scene import Cast, lay_out_scene, published
from tests.services.databases import ROOT
from tests.sign_in import client_of

TABLE = "counts"
SHARED = {"default": {"BACKEND": "portal.counts.SharedCounts", "LOCATION": TABLE}}
# A web process that answers one guess: whether it was still taken.
GUESSER = f"""
import django
django.setup()
from django.conf import settings
settings.CACHES = {SHARED!r}
from django.core.cache import cache
from django.test import RequestFactory
from allauth.core.internal import ratelimit
request = RequestFactory().post("/")
for _ in range(3):
    taken = ratelimit.consume(
        request, app="t", action="guess", key="somebody", config={{"guess": "4/m/key"}}
    )
    print(bool(taken))
print(cache.add("allauth.mfa.totp.used?user=1&code=123456", "y"))
"""


@pytest.fixture
def shared(settings: Settings) -> Iterator[None]:
    settings.CACHES = SHARED
    call_command("createcachetable")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE counts")


def guess_in_a_process() -> list[str]:
    ran = subprocess.run(
        [sys.executable, "-c", GUESSER], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return ran.stdout.split()


@pytest.mark.django_db(transaction=True)
def test_two_processes_count_together(shared: None) -> None:
    """Four guesses a minute are four, whoever answers them; a code used here is used there."""
    first, second = guess_in_a_process(), guess_in_a_process()
    assert first == ["True", "True", "True", "True"]
    assert second == ["True", "False", "False", "False"]


@pytest.mark.django_db
def test_each_side_keeps_its_own(shared: None) -> None:
    for key in ("allauth:rl:account:login", "wagtail_site_root_paths"):
        assert cache.get(key, "none") == "none"
        assert cache.add(key, 1)
        assert not cache.add(key, 2)
        cache.set(key, 3)
        assert cache.get_many([key, "absent"]) == {key: 3}
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM counts")
        assert [row[0] for row in cursor.fetchall()] == [":1:allauth:rl:account:login"]
    assert cache.delete("allauth:rl:account:login")
    cache.clear()
    assert cache.get("wagtail_site_root_paths") is None


def test_a_flood_of_addresses_pushes_no_count_out() -> None:
    """Django's own limit is 300 entries."""
    assert SharedCounts(TABLE, {})._max_entries >= 100_000
    assert not is_shared("allauth:rl:portal:search:120/m/user:user:1")


def _statements(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.django_db
def test_pages_and_searches_cost_what_they_did(settings: Settings, tmp_path: Path) -> None:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    lay_out_scene()
    cast = Cast()
    page = published(cast.kent_author, cast.kent_lead)
    rebuild()
    client = client_of(cast.kent_officer)
    addresses = ("/", page.address, "/search/?q=page")
    # Home shows what was opened last: so each is opened once before the first count.
    for address in addresses:
        client.get(address)
    before = [_statements(client, address) for address in addresses]
    settings.CACHES = SHARED
    call_command("createcachetable")
    assert [_statements(client, address) for address in addresses] == before
