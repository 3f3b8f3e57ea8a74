"""The agreement command: every engine agrees, and whatever would make that worthless is refused."""

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from elasticsearch import Elasticsearch
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from access.agreement import tally
from access.policy import Document, Reason, Viewer
from access.specimens import sample
from portal.agreement.cluster import OWNER, NoServerError, throwaway_cluster
from portal.agreement.comparison import compare
from portal.agreement.databases import postgresql_database
from portal.agreement.engines import ENGINES, Answer, Ask, rule_table, search_server, sqlite
from tests.access.faults import RULE_TABLE_FAULTS, seeded
from tests.services.elasticsearch.fixtures import server_addresses

PYTHON_ENGINES = {name: engine for name, engine in ENGINES.items() if name != "postgresql"}


@pytest.fixture(autouse=True)
def _no_search_server(settings: Settings) -> None:
    """So that a report is the same whether a run has one beside it."""
    settings.ELASTICSEARCH_URL = []


@pytest.fixture
def _databases(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Allow the throw-away databases; the portal's own is never asked for."""
    with django_db_blocker.unblock():
        yield


def _run(*, decisions: int = 20_000) -> dict[str, Any]:
    """Give the report, which is printed whatever the outcome."""
    out = StringIO()
    try:
        call_command("access_agreement", decisions=decisions, seed=1, stdout=out)
    finally:
        assert out.getvalue().count("\n") == 1
    report: dict[str, Any] = json.loads(out.getvalue())
    return report


@pytest.mark.services
@pytest.mark.usefixtures("_databases")
def test_every_engine_agrees_with_the_rule() -> None:
    before = set(connections.settings)
    report = _run()
    assert report["disagreements"] == 0
    assert report["missing"] == []
    assert set(report["engines"]) == {"rules", "sqlite", "postgresql", "tantivy"}
    assert set(report["engines"].values()) == {report["decisions"]}
    assert report["decisions"] >= 20_000
    assert 0.15 <= report["allowed_share"] <= 0.60
    assert set(Reason) <= set(report["clauses"])
    assert min(min(both) for both in report["clauses"].values()) >= 100
    assert set(connections.settings) == before


@pytest.mark.usefixtures("_databases")
def test_engines_that_need_only_python_agree_with_the_rule() -> None:
    drawn = sample(2, viewers=48, documents=300)
    compared = compare(drawn, tally(drawn), engines=PYTHON_ENGINES)
    assert compared.complaints() == []
    assert set(compared.engines.values()) == {48 * 300}


def test_the_search_server_agrees_with_the_rule(
    settings: Settings, elasticsearch: Elasticsearch
) -> None:
    settings.ELASTICSEARCH_URL = server_addresses()
    drawn = sample(3, viewers=48, documents=420)
    compared = compare(drawn, tally(drawn), engines={"elasticsearch": search_server})
    assert compared.complaints() == []
    assert compared.engines == {"elasticsearch": 48 * 420}
    assert not elasticsearch.indices.get(index=f"{settings.ELASTICSEARCH_INDEX}-agreement-*")


@pytest.mark.usefixtures("_databases")
@pytest.mark.parametrize("fault", RULE_TABLE_FAULTS[::6], ids=lambda fault: fault[0])
def test_a_fault_in_the_table_is_seen_through_sql(
    fault: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("guidance.querysets.rules_for", _real_conditions(seeded("rules", fault)))
    drawn = sample(1, viewers=48, documents=120)
    assert compare(drawn, tally(drawn), engines={"sqlite": sqlite}).disagreements > 0


def _real_conditions(faulty: Any) -> Any:
    """Have a faulty copy of the table speak in the conditions that the compiler knows."""
    import access.rules

    for name in ("In", "Le", "Ge"):
        setattr(faulty, name, getattr(access.rules, name))
    return faulty.rules_for


def test_a_disagreement_is_counted_and_shown() -> None:
    @contextmanager
    def generous(documents: Sequence[Document]) -> Iterator[Ask]:
        def ask(viewer: Viewer, at: datetime) -> Answer:
            return Answer(readable_live=frozenset(one.ref for one in documents))

        yield ask

    drawn = sample(1, viewers=12, documents=20)
    expected = tally(drawn)
    compared = compare(drawn, expected, engines={"generous": generous, "rules": rule_table})
    assert compared.disagreements == sum(20 - len(live) for live in expected.visible_live)
    assert compared.complaints()[0] == f"{compared.disagreements} disagreements, for example:"
    assert all(line.startswith("generous: P-") for line in compared.complaints()[1:])


def _absent(documents: Sequence[Document]) -> AbstractContextManager[Ask]:
    message = "no PostgreSQL server found"
    raise NoServerError(message)


@pytest.mark.usefixtures("_databases")
def test_a_missing_engine_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(ENGINES, "postgresql", _absent)
    out = StringIO()
    with pytest.raises(CommandError, match="engine postgresql is missing: no PostgreSQL server"):
        call_command("access_agreement", decisions=20_000, stdout=out)
    report = json.loads(out.getvalue())
    assert report["missing"] == ["postgresql"]
    assert "postgresql" not in report["engines"]


def test_too_few_decisions_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in set(ENGINES) - {"rules"}:
        monkeypatch.delitem(ENGINES, name)
    with pytest.raises(CommandError, match="clause grant fired"):
        _run(decisions=500)


@pytest.mark.parametrize("decisions", [0, -5])
def test_a_count_that_makes_no_sense_is_refused(decisions: int) -> None:
    with pytest.raises(CommandError, match="must be 1 or more"):
        call_command("access_agreement", decisions=decisions)


@pytest.mark.services
@pytest.mark.usefixtures("_databases")
def test_a_named_server_is_used_and_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    default = connections.settings["default"]
    monkeypatch.setitem(default, "ENGINE", "django.db.backends.sqlite3")
    with throwaway_cluster() as folder:
        address = f"postgres://{OWNER}@/postgres?host={folder}"
        monkeypatch.setenv("AGREEMENT_DATABASE_URL", address)

        def databases() -> list[str]:
            with psycopg.connect(host=str(folder), user=OWNER, dbname="postgres") as server:
                return [name for (name,) in server.execute("SELECT datname FROM pg_database")]

        before = databases()
        with postgresql_database() as alias:
            assert connections[alias].vendor == "postgresql"
            assert len(databases()) == len(before) + 1
        assert databases() == before
    assert not folder.exists()


@pytest.mark.usefixtures("_databases")
@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("postgres://nobody@127.0.0.1:1/none", "gave no throw-away database"),
        ("sqlite:////tmp/none.sqlite3", "names no PostgreSQL server"),
    ],
)
def test_a_server_that_cannot_serve_is_named(
    address: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    default = connections.settings["default"]
    monkeypatch.setitem(default, "ENGINE", "django.db.backends.sqlite3")
    monkeypatch.setenv("AGREEMENT_DATABASE_URL", address)
    with pytest.raises(NoServerError, match=complaint), postgresql_database():
        pass
