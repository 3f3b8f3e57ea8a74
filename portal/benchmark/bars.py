"""The bars of the measurement beside a plain site, and which of them were missed."""

from collections.abc import Mapping, Sequence
from typing import Any

# Route -> (largest share of the plain site's CPU, most SQL statements).
BARS = {"article": (0.6, 12), "article_rich": (0.6, 12)}
SEARCH_ROUTE = "search_common_view"
# The plain site's search in its database costs many times what it costs on a search server.
SEARCH_BARS = {"db": (0.25, 9), "es": (1.0, 9)}
SECONDS_TO_BE_FOUND = 2.0
# Of what a web worker holds, the model left out: its own, and its part of what is shared.
SHARE_OF_MEMORY = 1.3
WORKERS = 2

Row = Mapping[str, Any]


def bars_of(search: str) -> Mapping[str, tuple[float, int]]:
    """The bars of each route, with the plain site's search in its database or on a server."""
    return {**BARS, SEARCH_ROUTE: SEARCH_BARS[search]}


def judged(rows: Sequence[Row], *, search: str) -> tuple[dict[str, Any], list[str]]:
    """The figures by name, and the names of those that miss their bar or are lacking."""
    figures: dict[str, Any] = {}
    missed: list[str] = []
    bars = bars_of(search)
    # A share of what the plain site takes to fail says nothing either.
    answered_badly = {row["route"] for row in rows if row.get("bad")}
    for row in rows:
        if row.get("publish") == "portal":
            slowest = round(row["searchable_max"], 2)
            figures["published_to_found"] = {"seconds_at_most": slowest, "pages": row["n"]}
            if slowest > SECONDS_TO_BE_FOUND:
                missed.append("published_to_found")
        elif row.get("target") == "portal":
            share, statements = bars[row["route"]]
            ratio, most = round(row["cpu_ratio"], 3), max(row["sql"])
            figures[row["route"]] = {"cpu_ratio": ratio, "statements": most, "bad": row["bad"]}
            if ratio > share or most > statements or row["route"] in answered_badly:
                missed.append(row["route"])
    memory = {row["mem"]: worker_memory(row["procs"]) for row in rows if "mem" in row}
    if {"portal", "peer"} <= memory.keys():
        ratio = round(memory["portal"] / memory["peer"], 3)
        megabytes = {name: round(one, 1) for name, one in memory.items()}
        figures["worker_memory"] = {"ratio": ratio, "mib": megabytes}
        if ratio > SHARE_OF_MEMORY:
            missed.append("worker_memory")
    expected = [*bars, "published_to_found", "worker_memory"]
    return figures, missed + [name for name in expected if name not in figures]


def worker_memory(processes: Sequence[Sequence[float]]) -> float:
    """The mean over the workers: of a site's processes, those that hold most.

    Each process is (number, resident, proportional) in MiB, as compare.py reads them after the
    measured requests.
    """
    largest = sorted((proportional for *_, proportional in processes), reverse=True)[:WORKERS]
    return sum(largest) / len(largest)
