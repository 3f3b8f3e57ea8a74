"""Times the engines on a library of made-up documents, each question put to all of them in turn."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from search.engines.base import Engine, SearchQuery

QUERIES = 200
WARMING = 40


def main() -> None:
    """Print a line of JSON for each round and engine of the command line."""
    documents, rounds, names = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    django.setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    with ExitStack() as stack:
        engines = {name: _engine(name, stack) for name in names}
        for figures in measured(engines, documents=documents, rounds=rounds):
            sys.stdout.write(json.dumps(figures) + "\n")


def measured(
    engines: Mapping[str, Engine], *, documents: int, rounds: int = 1
) -> Iterator[dict[str, Any]]:
    """Build and ask: the figures of each round and engine, times in the unit of their names.

    A round has 200 questions of its own, since the speed of a machine that others use changes.
    """
    from portal.benchmark import made_up
    from search.meaning.model import NAME, is_fetched

    built = {name: _built(engine, documents) for name, engine in engines.items()}
    if is_fetched():
        made_up.give_meaning(documents)
    for number, texts in enumerate(_rounds(rounds), start=1):
        milliseconds = _asked(engines, texts)
        for name, engine in engines.items():
            yield {
                "engine": name,
                "model": NAME if is_fetched() else None,
                "documents": documents,
                "round": number,
                **_percentiles(milliseconds[name]),
                "build_seconds": round(built[name], 1),
                "index_bytes": engine.size(),
            }


def _engine(name: str, stack: ExitStack) -> Engine:
    from django.conf import settings

    from search.engines import server_engine
    from search.engines.tantivy import TantivyEngine

    folder = Path(settings.SEARCH_INDEX_DIR)
    if name == "tantivy":
        return TantivyEngine(folder)
    server = server_engine(prefix=settings.ELASTICSEARCH_INDEX, folder=folder)
    stack.callback(server.remove)
    return server


def _built(engine: Engine, documents: int) -> float:
    from portal.benchmark import made_up

    begun = time.perf_counter()
    with engine.rebuild() as writer:
        writer.write(made_up.documents(documents))
    return time.perf_counter() - begun


def _rounds(count: int) -> Iterator[list[str]]:
    """The questions of each round, none of them twice."""
    from portal.benchmark import made_up

    size = WARMING + QUERIES
    texts = made_up.questions(count * size)
    return (texts[start : start + size] for start in range(0, len(texts), size))


def _asked(engines: Mapping[str, Engine], texts: Sequence[str]) -> dict[str, list[float]]:
    """Milliseconds by engine. The first questions warm up and do not count."""
    from portal.benchmark import made_up

    spent: dict[str, list[float]] = {name: [] for name in engines}
    for place, text in enumerate(texts):
        for name, engine in engines.items():
            once = _once(engine, made_up.weighed(text, engine=engine))
            if place >= WARMING:
                spent[name].append(once)
    return spent


def _once(engine: Engine, query: SearchQuery) -> float:
    """Access filter, a chosen facet, counts of all facets, highlighted lines, and the meaning."""
    from dataclasses import replace

    from portal.benchmark import made_up
    from search.meaning.nearest import finder

    begun = time.perf_counter()
    find = finder(query.meant, conjunctions=made_up.RULES, exclude_pks=frozenset())
    engine.search(replace(query, find_nearest=find), conjunctions=made_up.RULES)
    return (time.perf_counter() - begun) * 1_000


def _percentiles(milliseconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(milliseconds)
    return {
        f"p{percent}_ms": round(ordered[len(ordered) * percent // 100], 2) for percent in (50, 95)
    }


if __name__ == "__main__":
    main()
