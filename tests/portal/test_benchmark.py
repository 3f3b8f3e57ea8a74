"""The measurement beside a plain site: what it asks for, and what it says of the figures."""

import copy
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.benchmark.bars import bars_of, judged, worker_memory
from portal.benchmark.made_up import documents, questions
from portal.benchmark.sites import Peer
from search.engines.base import Facet

GOOD: list[dict[str, Any]] = [
    {"route": "article", "target": "peer", "cpu": 30.0, "sql": [14], "bad": 0},
    *(
        {"route": route, "target": "portal", "cpu_ratio": 0.2, "sql": [7, 9], "bad": 0}
        for route in bars_of("es")
    ),
    {"mem": "peer", "procs": [[1, 50.0, 20.0], [2, 90.0, 60.0], [3, 95.0, 80.0]]},
    {"mem": "portal", "procs": [[4, 99.0, 10.0], [5, 99.0, 91.0], [6, 99.0, 91.0], [7, 9.0, 2.0]]},
    {"publish": "portal", "searchable_max": 1.2, "n": 7},
]


def test_bars_that_are_met() -> None:
    """The memory is that of the mean worker: the first process and the like are left out."""
    figures, missed = judged(GOOD, search="es")
    assert missed == []
    assert figures["worker_memory"] == {"ratio": 1.3, "mib": {"peer": 70.0, "portal": 91.0}}
    assert figures["search_common_view"] == {"cpu_ratio": 0.2, "statements": 9, "bad": 0}
    assert worker_memory([[1, 9.0, 5.0]]) == 5.0


@pytest.mark.parametrize(
    ("place", "change", "name"),
    [
        (3, {"cpu_ratio": 1.01}, "search_common_view"),
        (3, {"sql": [9, 10]}, "search_common_view"),
        (1, {"bad": 1}, "article"),
        (5, {"procs": [[5, 99.0, 92.0], [6, 99.0, 92.0]]}, "worker_memory"),
        (6, {"searchable_max": 2.1}, "published_to_found"),
    ],
)
def test_a_bar_that_is_missed_is_named(place: int, change: dict[str, Any], name: str) -> None:
    """So is one of which there is no figure."""
    rows = copy.deepcopy(GOOD)
    rows[place].update(change)
    assert judged(rows, search="es")[1] == [name]
    del rows[place]
    assert judged(rows, search="es")[1] == [name]


def test_a_share_of_a_plain_site_that_fails_meets_no_bar() -> None:
    rows = copy.deepcopy(GOOD)
    rows[0]["bad"] = 12
    assert judged(rows, search="es")[1] == ["article"]


def test_the_search_in_a_database_has_a_bar_of_its_own() -> None:
    """It costs the plain site many times more."""
    rows = copy.deepcopy(GOOD)
    rows[3]["cpu_ratio"] = 0.3
    assert judged(rows, search="es")[1] == []
    assert judged(rows, search="db")[1] == ["search_common_view"]


def test_the_plain_site_is_loaded_and_started_with_its_search(tmp_path: Path) -> None:
    """Its own script is told which."""
    said = tmp_path / "said"
    script = f'echo "$@" >> {said}; [ $1 = cookies ] && echo \'{{"section30": 1, "officer": "c"}}\''
    (tmp_path / "peer.sh").write_text(f"{script} || echo 7\n", encoding="utf-8")
    peer = Peer(tmp_path, documents=50, search="es")
    peer.prepare(database_port=9, reuse=False)
    site = peer.start()
    assert site.pid == 7
    told = ["pg start", "setup", "load 50 es", f"up {site.port} es 50", "cookies 50"]
    assert said.read_text(encoding="utf-8").splitlines() == told


def test_without_a_server_the_plain_site_has_no_search_on_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said before anything is set up."""
    monkeypatch.delenv("ELASTICSEARCH_URL", raising=False)
    with pytest.raises(CommandError, match="ELASTICSEARCH_URL"):
        call_command("benchmark", peer=tmp_path, peer_search="es")


def test_made_up_documents_fill_every_facet_and_no_question_comes_twice() -> None:
    """Counting a facet without values costs nothing, and a warm question little."""
    filled = {facet for one in documents(40) for facet, values in one.facets.items() if values}
    assert filled == set(Facet)
    asked = questions(300)
    assert len(set(asked)) == len(asked) == 300
