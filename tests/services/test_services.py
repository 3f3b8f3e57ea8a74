"""The services themselves: they start, they are empty, and a missing one is never overlooked."""

import os
import subprocess
import sys
from pathlib import Path

import environ
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from elasticsearch import Elasticsearch
from playwright.sync_api import Browser
from wagtail.models import Page

from forces.models import Region
from tests.services.availability import missing
from tests.services.databases import ROOT


@pytest.mark.services
def test_a_real_postgresql_answers(postgresql: str) -> None:
    """Version 15 or later, as in production."""
    named = environ.Env.db_url_config(postgresql)
    with psycopg.connect(
        host=named["HOST"], user=named["USER"], dbname=named["NAME"], port=named["PORT"] or None
    ) as server:
        assert server.info.server_version >= 150_000


def test_a_real_elasticsearch_answers(elasticsearch: Elasticsearch) -> None:
    """Version 9, as in production."""
    assert elasticsearch.info()["version"]["number"].startswith("9.")


@pytest.mark.parametrize(("ci", "status"), [("false", 7), ("true", 1)])
def test_without_elasticsearch_a_run_says_so_once_and_ci_fails(
    tmp_path: Path, ci: str, status: int
) -> None:
    """No program in the cache, and nothing on PATH that could fetch one."""
    command = [sys.executable, "-m", "tests.services.elasticsearch"]
    ran = subprocess.run(
        [*command, sys.executable, "-c", "import sys; sys.exit(7)"],
        cwd=ROOT,
        env={"CI": ci, "PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == status
    (line,) = ran.stderr.splitlines()
    assert line.startswith("Elasticsearch is missing here, and its tests will not run: ")


@pytest.mark.services
def test_a_real_browser_draws(browser: Browser) -> None:
    """And runs scripts."""
    page = browser.new_page()
    page.set_content("<h1>Plain</h1><script>document.title = 'drawn'</script>")
    assert page.title() == "drawn"
    page.close()


def test_a_missing_service_is_a_skip_that_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine where it can't be had."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"Chromium is missing here\. Install it\."):
        missing("Chromium", remedy="Install it.")


def test_in_ci_a_missing_service_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """There a skip would be a hole that nobody sees."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no service may be missing"):
        missing("Chromium", remedy="Install it.")


@pytest.mark.services
def test_a_command_gets_a_server_of_its_own(postgresql: str) -> None:
    """In DATABASE_URL, and its exit status comes back."""
    asked = "import os, sys; sys.exit(7 if os.environ['DATABASE_URL'].startswith('post') else 0)"
    ran = subprocess.run(
        [sys.executable, "-m", "tests.services.postgresql", sys.executable, "-c", asked],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgresql},
        check=False,
    )
    assert ran.returncode == 7


def test_each_worker_writes_in_a_folder_of_its_own() -> None:
    """Never in var/, where a person's own portal lives."""
    assert not settings.DATA_DIR.is_relative_to(ROOT)
    assert settings.DATA_DIR.is_dir()


@pytest.mark.django_db
def test_the_database_is_migrated_and_not_anybodys() -> None:
    """A page tree's root is there, and the name is a test's."""
    assert Page.objects.filter(depth=1).exists()
    assert "test" in str(connection.settings_dict["NAME"])
    Region.objects.create(slug="left-behind", name="Left behind")


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_starts_from_the_same_database() -> None:
    """With what migrations wrote, and without what another test wrote."""
    assert Page.objects.filter(depth=1).exists()
    assert not Region.objects.filter(slug="left-behind").exists()
    Region.objects.create(slug="left-behind", name="Left behind")


@pytest.mark.django_db(transaction=True)
def test_and_leaves_the_same_database_to_the_next() -> None:
    """Django alone would leave it empty."""
    assert Page.objects.filter(depth=1).exists()
    assert not Region.objects.filter(slug="left-behind").exists()
