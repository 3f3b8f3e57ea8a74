"""Collections with judged queries, and how well a list of answers does by them."""

import csv
import json
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.benchmark.corpus import CorpusDocument
from search.query import LONGEST_QUERY

# Sections from this one on write for everybody (portal.benchmark.corpus).
_NATIONAL = 24
_LONGEST_TITLE = 255
# A page has a title; a dash has no word that could be found or weighed.
_NO_TITLE = "-"


class CollectionRefusedError(ValueError):
    """The folder holds no collection; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents, queries, and which document answers which query how well."""

    documents: tuple[CorpusDocument, ...]
    ids: Mapping[str, str]
    queries: Mapping[str, str]
    grades: Mapping[str, Mapping[str, float]]


def read_collection(folder: Path) -> Collection:
    """Read docs.jsonl, queries.jsonl and qrels.tsv. Raises CollectionRefusedError."""
    try:
        rows = list(_json_lines(folder / "docs.jsonl"))
        documents = tuple(_document(row, number=number) for number, row in enumerate(rows, start=1))
        return Collection(
            documents=documents,
            ids={one.ref: str(row["id"]) for one, row in zip(documents, rows, strict=True)},
            queries={
                str(row["id"]): str(row["text"])[:LONGEST_QUERY]
                for row in _json_lines(folder / "queries.jsonl")
            },
            grades=_grades(folder / "qrels.tsv"),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CollectionRefusedError(f"{folder} holds no collection: {error}") from error


def ndcg(found: Sequence[str], grades: Mapping[str, float], *, at: int = 10) -> float:
    """Discounted gain of the first answers, as a share of what the best order would have."""
    best = sorted(grades.values(), reverse=True)[:at]
    gained = [grades.get(one, 0.0) for one in found[:at]]
    return _discounted(gained) / _discounted(best)


def recall(found: Sequence[str], grades: Mapping[str, float], *, at: int = 100) -> float:
    """The share of the answers that are among the first found."""
    return len(grades.keys() & set(found[:at])) / len(grades)


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def _document(row: Mapping[str, Any], *, number: int) -> CorpusDocument:
    text = str(row["text"])
    return CorpusDocument(
        number=number,
        title=str(row["title"]).strip()[:_LONGEST_TITLE] or _NO_TITLE,
        intro="",
        body=[("paragraph", text)] if text.strip() else [],
        section=_NATIONAL,
    )


def _grades(path: Path) -> Mapping[str, Mapping[str, float]]:
    grades: dict[str, dict[str, float]] = defaultdict(dict)
    with path.open(encoding="utf-8", newline="") as lines:
        for query, document, grade in csv.reader(lines, delimiter="\t"):
            if float(grade) > 0:
                grades[query][document] = float(grade)
    return grades


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
