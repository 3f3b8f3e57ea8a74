"""`prepare` does what is due and nothing else."""

import json
import sqlite3
from pathlib import Path

from tests.services.running_portal import RunningPortal, copied_portal


def _query(portal: RunningPortal, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(portal.folder / "portal.sqlite3") as database:
        rows = database.execute(statement).fetchall()
    database.close()
    return rows


def test_the_first_run_brings_people_documents_and_an_index(
    prepared_folder: Path, tmp_path: Path
) -> None:
    """So that a newcomer finds something at the first search."""
    portal = copied_portal(prepared_folder, tmp_path)
    words = ["preservation", "--as", "officer@metropolitan.police.example", "--json"]
    assert json.loads(portal.manage("search", *words))["total"] > 0
    assert (portal.folder / "static" / "staticfiles.json").is_file()


def test_a_second_run_finds_nothing_to_do(prepared_folder: Path, tmp_path: Path) -> None:
    """And says so."""
    said = copied_portal(prepared_folder, tmp_path).manage("prepare")
    assert "UI kit is already there." in said
    assert "0 people and 0 documents added." in said
    for step in ("Static files", "Database", "Search index"):
        assert step not in said


def test_a_second_run_keeps_what_people_wrote(prepared_folder: Path, tmp_path: Path) -> None:
    """Also in the demo library's own documents."""
    portal = copied_portal(prepared_folder, tmp_path)
    _query(portal, "UPDATE wagtailcore_page SET title = 'By hand' WHERE depth = 4")
    _query(portal, "UPDATE forces_organisation SET name = 'Renamed' WHERE slug = 'kent'")
    before = _query(portal, "SELECT id, title FROM wagtailcore_page ORDER BY id")
    portal.manage("prepare")
    assert _query(portal, "SELECT id, title FROM wagtailcore_page ORDER BY id") == before
    renamed = _query(portal, "SELECT name FROM forces_organisation WHERE slug = 'kent'")
    assert renamed == [("Renamed",)]


def test_a_lost_index_is_built_again(prepared_folder: Path, tmp_path: Path) -> None:
    """It holds nothing that the database does not."""
    portal = copied_portal(prepared_folder, tmp_path)
    (portal.folder / "index" / "current").unlink()
    assert "Search index" in portal.manage("prepare")
    words = ["preservation", "--as", "officer@metropolitan.police.example", "--json"]
    assert json.loads(portal.manage("search", *words))["total"] > 0
