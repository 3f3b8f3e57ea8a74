"""Figures of a collection with judged queries: how they are reckoned, the bars they meet."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from pytest_django import Settings

from portal.benchmark.judged import ndcg, read_collection, recall
from portal.benchmark.library import fill_library, reader_of_new_library
from portal.benchmark.relevance import measure

SHARED = Path(settings.BASE_DIR).parent / "shared" / "data" / "ir"
COLLECTIONS = ("cranfield", "cacm", "npl")


def written(folder: Path) -> Path:
    """A collection of three documents; one of its queries finds nothing."""
    documents = [
        {"id": "7", "title": "Preservation", "text": "How to ask a platform to keep evidence."},
        {"id": "8", "title": "", "text": "County lines and the adverts of gangs."},
        {"id": "9", "title": "Empty", "text": ""},
    ]
    queries = [{"id": "1", "text": "platform evidence"}, {"id": "2", "text": "zyxwvut"}]
    for name, rows in (("docs", documents), ("queries", queries)):
        lines = "\n".join(json.dumps(row) for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "qrels.tsv").write_text("1\t7\t1\n1\t8\t1\n", encoding="utf-8")
    return folder


def test_the_best_order_gains_everything_and_a_worse_one_less() -> None:
    """Three grades, at the ranks where they can stand."""
    grades = {"a": 2.0, "b": 1.0}
    assert ndcg(["a", "b"], grades) == 1
    assert ndcg(["b", "a"], grades) == pytest.approx((1 + 2 / 1.584963) / (2 + 1 / 1.584963))
    assert ndcg(["x"] * 10 + ["a"], grades) == 0
    assert recall(["x"] * 99 + ["a", "b"], grades) == 0.5


@pytest.mark.django_db
def test_a_reader_asks_through_the_portal(tmp_path: Path, settings: Settings) -> None:
    """One of two answers is found first, and one of two queries finds nothing."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    collection = read_collection(written(tmp_path))
    viewer = reader_of_new_library()
    assert fill_library(collection.documents) == 3
    figures = measure(collection, viewer=viewer)
    assert figures["ndcg@10"] == pytest.approx(1 / 1.63093, abs=1e-4)
    assert (figures["recall@100"], figures["no_hit"]) == (0.5, 0.5)


def test_a_folder_without_a_collection_is_named(tmp_path: Path) -> None:
    """Before anything is loaded."""
    with pytest.raises(CommandError, match="holds no collection"):
        call_command("search_benchmark", "relevance", collection=tmp_path)


@pytest.mark.soak
def test_bars_by_words_alone() -> None:
    """The mean of three collections."""
    figures = [_measured(name, "--no-model") for name in COLLECTIONS]
    assert sum(one["ndcg@10"] for one in figures) / 3 >= 0.49
    assert sum(one["recall@100"] for one in figures) / 3 >= 0.70
    assert max(one["no_hit"] for one in figures) <= 0.01


@pytest.mark.soak
@pytest.mark.parametrize(("name", "bar"), [("cranfield", 0.56), ("cacm", 0.56), ("npl", 0.48)])
def test_bars_with_the_model(name: str, bar: float, language_model: Path) -> None:
    """Each collection for itself."""
    assert _measured(name)["ndcg@10"] >= bar


def _measured(name: str, *options: str) -> dict[str, float]:
    folder = SHARED / name
    if not folder.is_dir():
        pytest.skip(f"{name} is missing here: the collections lie beside the repository.")
    line = StringIO()
    call_command("search_benchmark", "relevance", f"--collection={folder}", *options, stdout=line)
    figures: dict[str, float] = json.loads(line.getvalue())
    return figures
