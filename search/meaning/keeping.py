"""Keeps what documents mean level with the documents: written by the drain, with the index."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

import structlog
from django.db import connection
from django.db.models import F, Max

from search.engines.base import IndexedDocument
from search.engines.rows import ORDERED_FIELDS, SET_FIELDS, access_values
from search.meaning.model import Model, current_model, digest, is_fetched
from search.meaning.passages import passages_of
from search.models import Meaning

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

log = structlog.get_logger("search.meaning.keeping")

# A part of a vector is written as a whole number, so that sums of products are exact and the
# same on every machine: see docs/decisions/0018.
SCALE = 400
_LARGEST = 127
# Any number will do; it must only differ from the locks of other rooms.
_LOCK = 0x6D65_616E
# The facts that are sets; a reference is one of its own, and has a column of its own.
LISTED = tuple(name for name in SET_FIELDS if name != "ref")


class Learnt(NamedTuple):
    """What a document means now. No vectors: what was kept of it still holds."""

    document: IndexedDocument
    made_of: str
    passages: int
    vectors: bytes | None


def learn(documents: Collection[IndexedDocument]) -> list[Learnt]:
    """Embed what is new or has other words. Takes long, so do it outside a transaction."""
    model = current_model()
    if model is None:
        return []
    pks = [one.pk for one in documents]
    known = Meaning.objects.filter(document_pk__in=pks, model=digest()).exclude(facts="")
    kept = dict(known.values_list("document_pk", "made_of"))
    return list(_learnt(documents, model=model, kept=kept))


def keep(learnt: Iterable[Learnt], *, of: Collection[int]) -> None:
    """Write what was learnt, and forget the others `of` the batch: in the caller's transaction.

    Two writers, of two indexes, take turns: numbers would be given twice otherwise.
    """
    _take_turns()
    known = Meaning.objects.filter(pk__in=of).exclude(facts="", passages=0).defer("vectors")
    rows = {row.document_pk: row for row in known}
    learnt = list(learnt)
    if not rows and not learnt:
        return
    last = Meaning.objects.aggregate(sequence=Max("sequence"), end=Max(F("start") + F("passages")))
    sequence, end = (last["sequence"] or 0) + 1, last["end"] or 0
    for one in learnt:
        end = _write(one, row=rows.pop(one.document.pk, None), sequence=sequence, end=end)
    for row in rows.values():
        # The empty row tells other hosts; its number stays used.
        row.start, row.passages = row.start + row.passages, 0
        row.facts, row.made_of, row.vectors, row.sequence = "", "", b"", sequence
        row.save()


def _take_turns() -> None:
    """Until the transaction ends; on SQLite it is the only one that writes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def known_but(pks: Collection[int]) -> set[int]:
    """The documents of which something is kept, but for these."""
    kept = Meaning.objects.exclude(facts="").values_list("document_pk", flat=True)
    return set(kept).difference(pks)


def unlike(documents: Collection[IndexedDocument]) -> set[int]:
    """Those of which something else is kept than they say; none where there is no model."""
    if not is_fetched():
        return set()
    pks = [one.pk for one in documents]
    rows = Meaning.objects.filter(pk__in=pks, model=digest())
    kept = {pk: tuple(what) for pk, *what in rows.values_list("pk", "facts", "made_of")}
    return {
        one.pk
        for one in documents
        if kept.get(one.pk) != (facts_as_text(one), _made_of(passages_of(one)))
    }


def facts_as_text(document: IndexedDocument) -> str:
    """The facts of a document but its reference, as they are kept."""
    values = access_values(document)
    return json.dumps({name: values[name] for name in (*LISTED, *ORDERED_FIELDS)})


def quantised(vector: NDArray[np.float32], *, scale: int, largest: int) -> NDArray[np.float32]:
    """A vector of whole numbers."""
    import numpy as np

    return np.clip(np.rint(vector * scale), -largest, largest).astype(np.float32)


def _learnt(
    documents: Iterable[IndexedDocument], *, model: Model, kept: Mapping[int, str]
) -> Iterator[Learnt]:
    for document in documents:
        passages = passages_of(document)
        made_of = _made_of(passages)
        if kept.get(document.pk) == made_of:
            yield Learnt(document, made_of, len(passages), None)
            continue
        try:
            vectors = b"".join(vector_as_bytes(model.embed(text)) for text in passages)
        except Exception:
            # Found by its words all the same; search_verify names it.
            log.exception("document not embedded", ref=document.ref)
            continue
        yield Learnt(document, made_of, len(passages), vectors)


def vector_as_bytes(vector: NDArray[np.float32]) -> bytes:
    """A passage's vector as it is kept: a byte for each part."""
    return quantised(vector, scale=SCALE, largest=_LARGEST).astype("int8").tobytes()


def _write(one: Learnt, *, row: Meaning | None, sequence: int, end: int) -> int:
    """Write one row; the next free number."""
    if one.vectors is None and row is not None:
        row.facts, row.sequence = facts_as_text(one.document), sequence
        row.save(update_fields=["facts", "sequence"])
        return end
    Meaning(
        document_pk=one.document.pk,
        ref=one.document.ref,
        facts=facts_as_text(one.document),
        model=digest(),
        made_of=one.made_of,
        start=end,
        passages=one.passages,
        vectors=one.vectors or b"",
        sequence=sequence,
    ).save()
    return end + one.passages


def _made_of(passages: Collection[str]) -> str:
    return hashlib.sha256(json.dumps([digest(), *passages]).encode()).hexdigest()[:16]
