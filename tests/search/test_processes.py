"""Two processes and one index: what one commits the other finds; one of them writes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from search.engines.base import Engine, WriterBusyError
from search.engines.elasticsearch import ElasticsearchEngine
from tests.search.engines import environment_of
from tests.search.shelf import ask, document, fill, ref_of, refs
from tests.services.databases import ROOT

OTHER_PROCESS = """
import sys
import django
django.setup()
from search.engines import current_engine
from tests.search.shelf import document
with current_engine().{door}() as writer:
    writer.write([document(2, "Knife letters")])
    writer.commit()
    print("committed", flush=True)
    sys.stdin.read()
"""


def _other(settings: Settings, *, door: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS.format(door=door)],
        cwd=ROOT,
        env={**os.environ, **environment_of(settings)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "committed\n"
    return process


def _indexes(index: Engine, folder: Path) -> int:
    if isinstance(index, ElasticsearchEngine):
        return len(index._client.indices.get(index=f"{index._store.alias}-*"))
    return len(list((folder / "index").glob("v*")))


def test_a_commit_of_another_process_is_found_at_once(index: Engine, settings: Settings) -> None:
    fill(index, [document(1, "Knife adverts")])
    assert refs(ask(index, "knife")) == [ref_of(1)]
    other = _other(settings, door="writer")
    assert refs(ask(index, "knife")) == [ref_of(1), ref_of(2)]
    with pytest.raises(WriterBusyError), index.writer():
        pass
    other.communicate(timeout=30)
    with index.writer() as writer:
        writer.delete([2])
        writer.commit()
    assert refs(ask(index, "knife")) == [ref_of(1)]


def test_a_killed_writer_leaves_no_lock_and_loses_nothing_committed(
    index: Engine, settings: Settings
) -> None:
    fill(index, [document(1, "Knife adverts")])
    other = _other(settings, door="writer")
    other.kill()
    other.communicate(timeout=30)
    with index.writer() as writer:
        writer.write([document(3, "Knife videos")])
        writer.commit()
    assert set(refs(ask(index, "knife"))) == {ref_of(1), ref_of(2), ref_of(3)}


def test_a_killed_rebuild_changes_nothing_and_the_next_one_clears_up(
    index: Engine, settings: Settings, tmp_path: Path
) -> None:
    fill(index, [document(1, "Knife adverts")])
    other = _other(settings, door="rebuild")
    other.kill()
    other.communicate(timeout=30)
    assert refs(ask(index, "knife")) == [ref_of(1)]
    assert _indexes(index, tmp_path) == 2
    fill(index, [document(4, "Knife videos")])
    assert refs(ask(index, "knife")) == [ref_of(4)]
    assert _indexes(index, tmp_path) == 1


def test_another_process_follows_a_swap(index: Engine, settings: Settings) -> None:
    fill(index, [document(1, "Knife adverts")])
    assert refs(ask(index, "knife")) == [ref_of(1)]
    other = _other(settings, door="rebuild")
    other.communicate(timeout=30)
    assert refs(ask(index, "knife")) == [ref_of(2)]
