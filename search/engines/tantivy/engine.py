"""Searches and writes the embedded index."""

import json
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Occur, Query

from access.rules import Conjunction
from search.beside import Beside
from search.engines.base import (
    EngineUnavailableError,
    Facet,
    Held,
    Hit,
    Hits,
    IndexedDocument,
    SearchQuery,
    Sort,
)
from search.engines.hits import hit_of
from search.engines.rows import BASELINE_MARK, MARK, held_in
from search.engines.tantivy.blended import Blended
from search.engines.tantivy.counting import added, facet_counts
from search.engines.tantivy.queries import Compiler, all_of, without_score
from search.engines.tantivy.ranked import Row, first_rows, total_of
from search.engines.tantivy.schema import as_mark, as_tantivy, build_schema, ref_of
from search.engines.tantivy.store import Store
from search.highlights import Highlighter
from search.ranking import Baseline

# One rebuild may overtake a reader; that several do so in a row is a fault.
_MOST_LOOKS = 3
_WRITER_BYTES = 64_000_000
# Room for some hundred thousand documents at once: each search opens every segment of an index.
_REBUILDING_BYTES = 256_000_000


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The index as it was at one commit, with what was counted in it."""

    path: Path
    stamp: tuple[int, int]
    index: tantivy.Index
    searcher: tantivy.Searcher
    mark: str
    frequencies: dict[str, int] = field(default_factory=dict)
    beginnings: dict[str, Mapping[str, int]] = field(default_factory=dict)


class TantivyWriter:
    """Changes to one index, visible at `commit`."""

    def __init__(self, writer: tantivy.IndexWriter, *, compiler: Compiler) -> None:
        """Use a writer that the engine opened."""
        self._writer = writer
        self._compile = compiler

    def write(self, documents: Iterable[IndexedDocument]) -> None:
        """Add documents, each in place of what the index held under its pk."""
        for document in documents:
            row = as_tantivy(document)
            self.delete([document.pk])
            self._writer.add_document(row)

    def delete(self, pks: Iterable[int]) -> None:
        """Remove documents by pk, found or not."""
        for pk in pks:
            # Deleting by term takes a Python int for a signed number, and finds nothing.
            self._writer.delete_documents_by_query(self._compile.word("pk", pk))

    def mark(self, mark: str) -> None:
        """Let the index bear this mark from the next commit on."""
        self._writer.delete_documents_by_query(self._compile.word("ref", MARK))
        self._writer.add_document(as_mark(mark))

    def commit(self) -> None:
        """Make the changes so far durable and visible."""
        self._writer.commit()


class TantivyEngine:
    """The contract of `search.engines.base`, on a directory of this machine."""

    name = "tantivy"

    def __init__(self, root: Path) -> None:
        """Keep the place of the index; it is opened at the first use."""
        self._store = Store(root)
        self._schema = build_schema()
        self._compile = Compiler(self._schema)
        self._opening = threading.Lock()
        self._snapshot: _Snapshot | None = None

    def search(self, query: SearchQuery, *, conjunctions: Sequence[Conjunction]) -> Hits:
        """Answer within the access rule; facets are counted in the same documents."""
        snapshot = self._read()
        access = self._compile.access(conjunctions)
        if query.is_blended:
            return self._blended(snapshot, query, access)
        query = query.with_nearest()
        counting = Beside(partial(self._facets, snapshot, query, access))
        with counting:
            total, rows = self._rows(snapshot, query, access)
            hits = self._hits(snapshot, query, rows)
        return Hits(total=total, hits=hits, facets=counting.result())

    def baseline(
        self, stems: Collection[str], *, exclude_pks: frozenset[int] = frozenset()
    ) -> Baseline:
        """Exact counts over the documents that every admitted reader may see."""
        snapshot = self._read()
        count = partial(self._frequency, snapshot, exclude_pks=exclude_pks)
        return Baseline(
            documents=count(BASELINE_MARK), frequencies={stem: count(stem) for stem in stems}
        )

    def baseline_words_like(
        self, prefix: str, *, exclude_pks: frozenset[int] = frozenset()
    ) -> Mapping[str, int]:
        """The words of the baseline documents that start so, with their counts."""
        snapshot = self._read()
        if prefix not in snapshot.beginnings:
            # Without a filter, words of deleted documents would be counted until a merge.
            snapshot.beginnings[prefix] = _words(snapshot, prefix, within=Query.all_query())
        known = snapshot.beginnings[prefix]
        if not exclude_pks:
            return known
        gone = _words(snapshot, prefix, within=self._compile.any_word("pk", sorted(exclude_pks)))
        return {word: left for word, count in known.items() if (left := count - gone.get(word, 0))}

    def titles_beginning(
        self,
        words: Sequence[str],
        *,
        conjunctions: Sequence[Conjunction],
        exclude_pks: frozenset[int] = frozenset(),
        limit: int,
    ) -> tuple[int, ...]:
        """Documents within the access rule with these words in their titles, the newest first."""
        if not words:
            return ()
        searcher = self._read().searcher
        within = self._within(
            SearchQuery(exclude_pks=exclude_pks), self._compile.access(conjunctions)
        )
        asked = without_score(all_of([within, self._compile.titled(words)]))
        found = searcher.search(asked, limit, order_by_field="newest").hits
        pks = searcher.fast_field_values("pk", [address for _, address in found])
        return tuple(int(pk or 0) for pk in pks)

    def mark(self) -> str:
        """The mark of the newest commit that a search sees."""
        return self._read().mark

    @contextmanager
    def writer(self) -> Iterator[TantivyWriter]:
        """Open the one writer; raises WriterBusyError where another process has it."""
        with self._store.locked():
            path = self._store.current()
            if path is None:
                path = self._store.create()
                with self._writing(path) as first:
                    first.commit()
                self._store.swap(path)
            with self._writing(path) as writer:
                yield writer

    @contextmanager
    def rebuild(self) -> Iterator[TantivyWriter]:
        """Write a new index beside the one in use, and swap at the end if nothing failed."""
        with self._store.locked():
            path = self._store.create()
            try:
                with self._writing(path, heap_bytes=_REBUILDING_BYTES) as writer:
                    yield writer
                    writer.commit()
            except BaseException:
                self._store.discard(path)
                raise
            self._store.swap(path)

    def visible(self, conjunctions: Sequence[Conjunction]) -> frozenset[str]:
        """Every reference the conjunctions admit."""
        snapshot = self._read()
        found = _all_rows(snapshot, without_score(self._compile.access(conjunctions)))
        codes = snapshot.searcher.fast_field_values("code", found)
        return frozenset(ref_of(int(code)) for code in codes if code is not None)

    def held(self) -> Iterator[Held]:
        """Every document as the index holds it, to compare with the database."""
        snapshot = self._read()
        found = _all_rows(snapshot, Query.all_query())
        pks = snapshot.searcher.fast_field_values("pk", found)
        for pk, address in zip(pks, found, strict=True):
            if pk is not None:
                yield held_in(_unpacked(snapshot.searcher.doc(address), "stored"), pk=int(pk))

    def count(self) -> int:
        """How many documents the index holds."""
        snapshot = self._read()
        return snapshot.searcher.num_docs - bool(snapshot.mark)

    def size(self) -> int:
        """How many bytes it takes."""
        return sum(file.stat().st_size for file in self._store.required().iterdir())

    def _blended(self, snapshot: _Snapshot, query: SearchQuery, access: Query) -> Hits:
        """By words and by meaning: words are looked for and counted while meanings are compared."""
        words = replace(query, nearest={}, find_nearest=None)
        asked = Blended(snapshot.searcher, partial(self._within, access=access), self._compile)
        by_words = Beside(partial(asked.by_words, words))
        counting = Beside(partial(self._facets, snapshot, words, access))
        with by_words, counting:
            query = query.with_nearest()
            alone = self._compile.near_alone(query)
            further = Beside(partial(self._counts, snapshot, query, access, alone))
            with further:
                total, rows = asked.page(query, by_words.result())
                hits = self._hits(snapshot, query, rows)
        facets = added(counting.result(), further.result())
        return Hits(total=total, hits=hits, facets=facets)

    def _rows(
        self, snapshot: _Snapshot, query: SearchQuery, access: Query
    ) -> tuple[int, Sequence[Row]]:
        asked = self._within(query, access)
        if query.sort is not Sort.RELEVANCE or not query.has_words:
            order = "reviewed" if query.sort is Sort.REVIEWED else "newest"
            words = self._compile.words(query)
            whole = all_of([asked, words]) if words is not None else asked
            result = snapshot.searcher.search(
                without_score(whole), query.limit, order_by_field=order, offset=query.offset
            )
            rows = [Row(0, 0, address) for _, address in result.hits]
            return total_of(result), rows
        return first_rows(
            snapshot.searcher,
            query,
            asked,
            compiler=self._compile,
            offset=query.offset,
            limit=query.limit,
        )

    def _within(self, query: SearchQuery, access: Query) -> Query:
        """The documents a reader may see and has not filtered away."""
        parts = [(Occur.Must, access)]
        parts += [(Occur.Must, narrowed) for narrowed in self._compile.filter(query)]
        if query.exclude_pks:
            excluded = self._compile.any_word("pk", sorted(query.exclude_pks))
            parts.append((Occur.MustNot, excluded))
        return Query.boolean_query(parts)

    def _facets(
        self, snapshot: _Snapshot, query: SearchQuery, access: Query
    ) -> Mapping[Facet, Mapping[str, int]]:
        return self._counts(snapshot, query, access, self._compile.words(query))

    def _counts(
        self, snapshot: _Snapshot, query: SearchQuery, access: Query, matching: Query | None
    ) -> Mapping[Facet, Mapping[str, int]]:
        if not query.with_facets:
            return {}
        found = self._within(replace(query, filters={}), access)
        return facet_counts(
            snapshot.searcher, query, found if matching is None else all_of([found, matching])
        )

    def _hits(
        self, snapshot: _Snapshot, query: SearchQuery, rows: Sequence[Row]
    ) -> tuple[Hit, ...]:
        if not rows:
            return ()
        pks = snapshot.searcher.fast_field_values("pk", [row.address for row in rows])
        highlighter = Highlighter(query)
        hits = []
        for row, pk in zip(rows, pks, strict=True):
            found = snapshot.searcher.doc(row.address)
            hits.append(
                hit_of(
                    _unpacked(found, "stored"),
                    pk=int(pk or 0),
                    files=partial(_unpacked, found, "files"),
                    highlighter=highlighter,
                )
            )
        return tuple(hits)

    def _frequency(self, snapshot: _Snapshot, stem: str, *, exclude_pks: frozenset[int]) -> int:
        """Live documents only: `doc_freq` counts deleted ones until segments merge."""
        word = self._compile.word("baseline", stem)
        counted = snapshot.frequencies.get(stem)
        if counted is None:
            counted = total_of(snapshot.searcher.search(word, 1))
            if counted:
                # Words that nobody wrote are quickly counted, and without end.
                snapshot.frequencies[stem] = counted
        if not counted or not exclude_pks:
            return counted
        gone = all_of([word, self._compile.any_word("pk", sorted(exclude_pks))])
        return counted - total_of(snapshot.searcher.search(gone, 1))

    @contextmanager
    def _writing(self, path: Path, *, heap_bytes: int = _WRITER_BYTES) -> Iterator[TantivyWriter]:
        index = tantivy.Index(self._schema, path=str(path), reuse=True)
        writer = index.writer(heap_size=heap_bytes, num_threads=1)
        try:
            yield TantivyWriter(writer, compiler=self._compile)
        finally:
            writer.rollback()
            writer.wait_merging_threads()

    def _read(self) -> _Snapshot:
        """The newest commit of the index in use, whichever process made it.

        A rebuild may swap an index out after its name was read: then the next one is in use.
        """
        fault: Exception | None = None
        for _ in range(_MOST_LOOKS):
            path = self._store.required()
            try:
                snapshot = self._snapshot
                if snapshot is not None and (snapshot.path, snapshot.stamp) == (path, _stamp(path)):
                    return snapshot
                with self._opening:
                    return self._reopen(path)
            except (OSError, ValueError) as error:
                fault = error
        raise EngineUnavailableError("The index cannot be opened.") from fault

    def _reopen(self, path: Path) -> _Snapshot:
        old = self._snapshot
        stamp = _stamp(path)
        if old is not None and old.path == path:
            index = old.index
        else:
            index = tantivy.Index.open(str(path))
            index.config_reader(reload_policy="manual")
        index.reload()
        searcher = index.searcher()
        marked = searcher.search(self._compile.word("ref", MARK), 1).hits
        mark = _unpacked(searcher.doc(marked[0][1]), "stored")["mark"] if marked else ""
        self._snapshot = _Snapshot(path, stamp, index, searcher, mark)
        return self._snapshot


def _stamp(path: Path) -> tuple[int, int]:
    """Changes with every commit: tantivy replaces this file."""
    status = (path / "meta.json").stat()
    return status.st_mtime_ns, status.st_ino


def _words(snapshot: _Snapshot, prefix: str, *, within: Query) -> Mapping[str, int]:
    listed = snapshot.searcher.terms_with_prefix("baseline_words", prefix, filter_query=within)
    return {word: count for word, count in listed if count}


def _all_rows(snapshot: _Snapshot, query: Query) -> list[tantivy.DocAddress]:
    limit = max(1, snapshot.searcher.num_docs)
    return [address for _, address in snapshot.searcher.search(query, limit).hits]


def _unpacked(found: tantivy.Document, name: str) -> Any:
    return json.loads(bytes(found[name][0]))
