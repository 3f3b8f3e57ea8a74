"""Runs the queries of a collection through the portal's search, as an ordinary reader."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from access.policy import Viewer
    from portal.benchmark.judged import Collection

PAGES = 5


def main() -> None:
    """Load the collection named on the command line, ask, and print one line of JSON."""
    folder = Path(sys.argv[1])
    django.setup()
    from portal.benchmark.judged import read_collection
    from portal.benchmark.library import fill_library, reader_of_new_library, removed_at_the_end

    collection = read_collection(folder)
    with ExitStack() as stack:
        stack.enter_context(removed_at_the_end())
        viewer = reader_of_new_library()
        fill_library(collection.documents)
        figures = measure(collection, viewer=viewer)
    sys.stdout.write(json.dumps({"collection": folder.name, **figures}) + "\n")


def measure(collection: Collection, *, viewer: Viewer) -> dict[str, object]:
    """How well this reader finds what the collection says answers its queries."""
    from django.utils import timezone

    from portal.benchmark.judged import ndcg, recall
    from search.engines import current_engine
    from search.meaning.model import NAME, is_fetched

    at = timezone.now()
    judged = [query for query in collection.queries if collection.grades.get(query)]
    found = {query: _found(collection, viewer, query, at=at) for query in collection.queries}
    return {
        "ndcg@10": round(fmean(ndcg(found[one], collection.grades[one]) for one in judged), 4),
        "recall@100": round(fmean(recall(found[one], collection.grades[one]) for one in judged), 4),
        "no_hit": round(sum(not refs for refs in found.values()) / len(found), 4),
        "documents": len(collection.documents),
        "queries": len(judged),
        "engine": current_engine().name,
        "model": NAME if is_fetched() else None,
    }


def _found(collection: Collection, viewer: Viewer, query: str, *, at: datetime) -> Sequence[str]:
    """The collection's ids of the first hundred hits, page by page as a reader turns them."""
    from search.services import Request, find

    found: list[str] = []
    for page in range(1, PAGES + 1):
        results = find(viewer, Request(words=collection.queries[query], page=page), at=at)
        found += [collection.ids[result.document.ref] for result in results.results]
        if page >= results.last_page:
            break
    return found


if __name__ == "__main__":
    main()
