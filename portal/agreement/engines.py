"""The compiled forms of the access rule, each asked through the code that production runs."""

import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from access.policy import Document, Viewer
from access.rules import matches, rules_for
from guidance.models import Document as DocumentRow
from guidance.querysets import access_q
from portal.agreement import rows
from portal.agreement.databases import postgresql_database, sqlite_database
from search.engines import server_engine
from search.engines.base import Engine as SearchEngine
from search.engines.base import IndexedDocument


@dataclass(frozen=True, slots=True)
class Answer:
    """The references an engine gives; None where it does not answer that question."""

    readable: frozenset[str] | None = None
    readable_live: frozenset[str] | None = None


Ask = Callable[[Viewer, datetime], Answer]
Engine = Callable[[Sequence[Document]], AbstractContextManager[Ask]]


@contextmanager
def rule_table(documents: Sequence[Document]) -> Iterator[Ask]:
    """The rule table, evaluated in Python."""

    def ask(viewer: Viewer, at: datetime) -> Answer:
        rules = rules_for(viewer, at=at)
        return Answer(readable=frozenset(one.ref for one in documents if matches(one, rules)))

    yield ask


@contextmanager
def sqlite(documents: Sequence[Document]) -> Iterator[Ask]:
    """The readers' querysets on SQLite."""
    with sqlite_database() as alias:
        yield _filled(documents, alias=alias)


@contextmanager
def postgresql(documents: Sequence[Document]) -> Iterator[Ask]:
    """The readers' querysets on PostgreSQL."""
    with postgresql_database() as alias:
        yield _filled(documents, alias=alias)


def _filled(documents: Sequence[Document], *, alias: str) -> Ask:
    rows.create_tables(alias)
    rows.insert(documents, alias=alias)

    def ask(viewer: Viewer, at: datetime) -> Answer:
        everything = DocumentRow.visible.using(alias)
        with_reviews = everything.filter(access_q(viewer, at=at, reviews=True))
        live = everything.to(viewer, at=at)
        return Answer(
            readable=frozenset(with_reviews.values_list("ref", flat=True)),
            readable_live=frozenset(live.values_list("ref", flat=True)),
        )

    return ask


@contextmanager
def embedded_index(documents: Sequence[Document]) -> Iterator[Ask]:
    """The filter of every search, on the embedded index in a temporary folder."""
    # Here, so that the other engines can be compared where tantivy cannot be installed.
    from search.engines.tantivy import TantivyEngine

    with tempfile.TemporaryDirectory(prefix="agreement-") as folder:
        yield _indexed(TantivyEngine(Path(folder)), documents)


@contextmanager
def search_server(documents: Sequence[Document]) -> Iterator[Ask]:
    """The filter of every search, on the search server of this installation, beside its index."""
    prefix = f"{settings.ELASTICSEARCH_INDEX}-agreement-{secrets.token_hex(4)}"
    with tempfile.TemporaryDirectory(prefix="agreement-") as folder:
        engine = server_engine(prefix=prefix, folder=Path(folder))
        try:
            yield _indexed(engine, documents)
        finally:
            engine.remove()


def _indexed(engine: SearchEngine, documents: Sequence[Document]) -> Ask:
    with engine.rebuild() as writer:
        writer.write(
            IndexedDocument(pk=number, access=one, title=one.ref)
            for number, one in enumerate(documents, start=1)
        )

    def ask(viewer: Viewer, at: datetime) -> Answer:
        return Answer(readable=engine.visible(rules_for(viewer, at=at)))

    return ask


ENGINES: dict[str, Engine] = {
    "rules": rule_table,
    "sqlite": sqlite,
    "postgresql": postgresql,
    "tantivy": embedded_index,
}


def engines() -> dict[str, Engine]:
    """Every engine that can be asked; the search server where this installation has one."""
    return {**ENGINES, **({"elasticsearch": search_server} if settings.ELASTICSEARCH_URL else {})}
