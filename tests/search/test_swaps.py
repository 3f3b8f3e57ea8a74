"""A reader of the embedded index whom a rebuild overtakes."""

import shutil
from pathlib import Path

import pytest

from search.engines.base import EngineUnavailableError
from search.engines.tantivy import TantivyEngine
from search.engines.tantivy.store import Store
from tests.search.shelf import ask, document, fill, ref_of, refs


class OvertakenStore(Store):
    """Each time the name of the index was read, a rebuild puts another in use."""

    def __init__(self, root: Path, *, times: int) -> None:
        super().__init__(root)
        self.left = times

    def required(self) -> Path:
        path = super().required()
        if self.left:
            self.left -= 1
            fill(TantivyEngine(self.root), [document(2, "Knife letters")])
        return path


@pytest.mark.parametrize("opened_before", [True, False])
def test_the_reader_finds_what_is_in_use_now(tmp_path: Path, opened_before: bool) -> None:
    engine = TantivyEngine(tmp_path)
    fill(engine, [document(1, "Knife adverts")])
    if opened_before:
        assert refs(ask(engine, "knife")) == [ref_of(1)]
    engine._store = OvertakenStore(tmp_path, times=1)
    assert refs(ask(engine, "knife")) == [ref_of(2)]


def test_rebuilds_without_end_are_search_that_is_down(tmp_path: Path) -> None:
    """And no fault of the page: it says so in words."""
    engine = TantivyEngine(tmp_path)
    fill(engine, [document(1, "Knife adverts")])
    engine._store = OvertakenStore(tmp_path, times=99)
    with pytest.raises(EngineUnavailableError):
        ask(engine, "knife")


def test_an_index_whose_files_are_gone_is_search_that_is_down(tmp_path: Path) -> None:
    engine = TantivyEngine(tmp_path)
    fill(engine, [document(1, "Knife adverts")])
    assert refs(ask(engine, "knife")) == [ref_of(1)]
    shutil.rmtree(engine._store.required())
    with pytest.raises(EngineUnavailableError):
        ask(engine, "knife")
