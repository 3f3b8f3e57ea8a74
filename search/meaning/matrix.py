"""The vectors of all passages on one web host: a file that its workers map, and who may see what.

The database has them for every host. A host appends to its file what the file lacks, and each
worker learns which documents changed; what a worker holds is replaced whole, so that a search
under way goes on with what it began with.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db.models import F, Max
from numpy.typing import NDArray

from search.meaning.facts import FactColumns
from search.meaning.model import DIMENSIONS, digest
from search.models import Meaning

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Matrix:
    """All passages at one moment. A place is a document's position in the columns."""

    sequence: int
    vectors: NDArray[np.int8]
    # The place of the document that each passage belongs to; -1 for what is gone.
    place_of: NDArray[np.int32]
    pks: Numbers
    columns: FactColumns
    places: dict[int, int]


def _nothing() -> Matrix:
    return Matrix(
        sequence=0,
        vectors=np.zeros((0, DIMENSIONS), dtype=np.int8),
        place_of=np.zeros(0, dtype=np.int32),
        pks=np.zeros(0, dtype=np.int64),
        columns=FactColumns(),
        places={},
    )


class Mirror:
    """This process's view of the file of one host."""

    def __init__(self, folder: Path) -> None:
        """Keep the place; nothing is read yet."""
        self._path = folder / f"passages-{digest()}.int8"
        self._reading = threading.Lock()
        self._matrix: Matrix | None = None

    def read(self) -> Matrix:
        """The newest state, in one statement where nothing has changed."""
        newest = Meaning.objects.aggregate(newest=Max("sequence"))["newest"] or 0
        matrix = self._matrix
        if matrix is not None and matrix.sequence == newest:
            return matrix
        with self._reading:
            if self._matrix is None or self._matrix.sequence != newest:
                known = self._matrix
                if known is not None and known.sequence > newest:
                    # The database was put back to an earlier state.
                    known = None
                self._matrix = self._renewed(known, newest=newest)
            return self._matrix

    def unlike_the_database(self) -> set[int]:
        """The documents whose vectors are not those of the database."""
        vectors = self.read().vectors
        rows = Meaning.objects.filter(model=digest(), passages__gt=0)
        listed = rows.values_list("document_pk", "start", "passages", "vectors")
        return {
            pk
            for pk, start, passages, kept in listed.iterator()
            if vectors[start : start + passages].tobytes() != bytes(kept)
        }

    def forget(self) -> None:
        """Begin anew, with a file that is written from the database."""
        with self._reading, self._alone():
            self._path.unlink(missing_ok=True)
            self._matrix = None

    def _renewed(self, old: Matrix | None, *, newest: int) -> Matrix:
        """What is known, with the rows that were written after it."""
        known = old or _nothing()
        rows = list(
            Meaning.objects.filter(sequence__gt=known.sequence, model=digest()).values_list(
                "document_pk", "ref", "facts", "start", "passages"
            )
        )
        places = dict(known.places)
        for pk, *_ in rows:
            places.setdefault(pk, len(places))
        end = max([len(known.place_of), *(start + passages for *_, start, passages in rows)])
        place_of = np.full(end, -1, dtype=np.int32)
        place_of[: len(known.place_of)] = known.place_of
        place_of[np.isin(place_of, [places[pk] for pk, *_ in rows])] = -1
        for pk, _, facts, start, passages in rows:
            if facts:
                place_of[start : start + passages] = places[pk]
        columns = known.columns.with_rows(
            [(places[pk], ref, facts) for pk, ref, facts, *_ in rows], size=len(places)
        )
        pks = np.fromiter(places, dtype=np.int64, count=len(places))
        return Matrix(newest, self._mapped(place_of), place_of, pks, columns, places)

    def _mapped(self, place_of: NDArray[np.int32]) -> NDArray[np.int8]:
        """The file, with what it lacked and without what is gone."""
        rows = len(place_of)
        if not rows:
            return np.zeros((0, DIMENSIONS), dtype=np.int8)
        with self._alone():
            self._complete()
        whole = np.memmap(self._path, dtype=np.int8, mode="r+", shape=(rows, DIMENSIONS))
        gone = np.flatnonzero(place_of < 0)
        whole[gone[whole[gone].any(axis=1)]] = 0
        return whole

    def _held(self) -> int:
        return self._path.stat().st_size // DIMENSIONS if self._path.exists() else 0

    def _complete(self) -> None:
        """Append what the file lacks; its length tells how far it is complete."""
        ends = Meaning.objects.annotate(end=F("start") + F("passages"))
        end = ends.aggregate(last=Max("end"))["last"]
        if self._held() > end:
            # Of another database, or of one that was put back: its numbers mean other texts.
            self._path.unlink()
        held = self._held()
        lacking = ends.filter(end__gt=held, passages__gt=0, model=digest()).order_by("start")
        with self._path.open("ab"):
            pass
        with self._path.open("r+b") as file:
            for start, vectors in lacking.values_list("start", "vectors").iterator():
                file.seek(start * DIMENSIONS)
                file.write(bytes(vectors))
            file.flush()
            os.fsync(file.fileno())
            if held < end:
                file.truncate(end * DIMENSIONS)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def current_mirror() -> Mirror:
    """The mirror of this installation, one in each process."""
    return _mirror(Path(settings.SEARCH_VECTORS_DIR))


@lru_cache(maxsize=2)
def _mirror(folder: Path) -> Mirror:
    return Mirror(folder)


def similarities(
    matrix: Matrix, asked: NDArray[np.float32], *, visible: Flags
) -> tuple[NDArray[np.int32], Numbers]:
    """The places of visible documents, and how near the nearest passage of each comes.

    Only vectors of visible documents are compared. Their parts and those of `asked` are whole
    numbers whose sums stay below 2**24, so that float32 adds them exactly in any order.
    """
    # The last flag answers for -1, the place of what is gone.
    chosen = np.flatnonzero(np.append(visible, False)[matrix.place_of])
    if not len(chosen):
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)
    products = _products(matrix.vectors, asked, chosen)
    places = matrix.place_of[chosen]
    # The passages of a document stand together.
    firsts = np.flatnonzero(np.append(True, places[1:] != places[:-1]))
    return places[firsts], np.maximum.reduceat(products, firsts).astype(np.int64)


_BLOCK = 2048


def _products(
    vectors: NDArray[np.int8], asked: NDArray[np.float32], chosen: Numbers
) -> NDArray[np.float32]:
    """Block by block, unpacked into the same memory, which so stays in the processor's cache.

    New memory for each block took half of the time, and two processors were no faster.
    """
    products = np.empty(len(chosen), dtype=np.float32)
    unpacked = np.empty((_BLOCK, vectors.shape[1]), dtype=np.float32)
    gathered = np.empty((_BLOCK, vectors.shape[1]), dtype=np.int8)
    for start in range(0, len(chosen), _BLOCK):
        block = chosen[start : start + _BLOCK]
        size, first, last = len(block), int(block[0]), int(block[-1]) + 1
        if last - first == size:
            # Without holes it is read where it lies.
            unpacked[:size] = vectors[first:last]
        else:
            # Any other mode than "clip" would gather into memory of its own first.
            unpacked[:size] = np.take(vectors, block, axis=0, out=gathered[:size], mode="clip")
        np.matmul(unpacked[:size], asked, out=products[start : start + size])
    return products


def sorted_first(points: Numbers, codes: Numbers, *, most: int) -> Sequence[int]:
    """The positions of the highest points, ties by the lower code."""
    if len(points) > most:
        least = np.partition(points, len(points) - most)[len(points) - most]
        kept = np.flatnonzero(points >= least)
    else:
        kept = np.arange(len(points))
    order = np.lexsort((codes[kept], -points[kept]))
    return [int(one) for one in kept[order][:most]]
