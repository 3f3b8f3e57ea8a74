"""Two processes and one index: what one commits the other finds; one of them writes."""

import subprocess
import sys
from pathlib import Path

import pytest

from search.engines.base import WriterBusyError
from search.engines.tantivy import TantivyEngine
from tests.search.shelf import ask, document, fill, ref_of, refs
from tests.services.databases import ROOT

OTHER_PROCESS = """
import sys
from pathlib import Path
from search.engines.tantivy import TantivyEngine
from tests.search.shelf import document
engine = TantivyEngine(Path(sys.argv[1]))
with engine.{door}() as writer:
    writer.write([document(2, "Knife letters")])
    writer.commit()
    print("committed", flush=True)
    sys.stdin.read()
"""


def _other(folder: Path, *, door: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER_PROCESS.format(door=door), str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "committed\n"
    return process


def test_a_commit_of_another_process_is_found_at_once(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path / "index")
    fill(engine, [document(1, "Knife adverts")])
    assert refs(ask(engine, "knife")) == [ref_of(1)]
    other = _other(tmp_path / "index", door="writer")
    assert refs(ask(engine, "knife")) == [ref_of(1), ref_of(2)]
    with pytest.raises(WriterBusyError), engine.writer():
        pass
    other.communicate(timeout=30)
    with engine.writer() as writer:
        writer.delete([2])
        writer.commit()
    assert refs(ask(engine, "knife")) == [ref_of(1)]


def test_a_killed_writer_leaves_no_lock_and_loses_nothing_committed(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path / "index")
    fill(engine, [document(1, "Knife adverts")])
    other = _other(tmp_path / "index", door="writer")
    other.kill()
    other.communicate(timeout=30)
    with engine.writer() as writer:
        writer.write([document(3, "Knife videos")])
        writer.commit()
    assert set(refs(ask(engine, "knife"))) == {ref_of(1), ref_of(2), ref_of(3)}


def test_a_killed_rebuild_changes_nothing_and_the_next_one_clears_up(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path / "index")
    fill(engine, [document(1, "Knife adverts")])
    other = _other(tmp_path / "index", door="rebuild")
    other.kill()
    other.communicate(timeout=30)
    assert refs(ask(engine, "knife")) == [ref_of(1)]
    assert len(list((tmp_path / "index").glob("v*"))) == 2
    fill(engine, [document(4, "Knife videos")])
    assert refs(ask(engine, "knife")) == [ref_of(4)]
    assert len(list((tmp_path / "index").glob("v*"))) == 1


def test_another_process_follows_a_swap(tmp_path: Path) -> None:
    engine, reader = TantivyEngine(tmp_path / "index"), TantivyEngine(tmp_path / "index")
    fill(engine, [document(1, "Knife adverts")])
    assert refs(ask(reader, "knife")) == [ref_of(1)]
    fill(engine, [document(2, "Knife adverts")])
    assert refs(ask(reader, "knife")) == [ref_of(2)]
