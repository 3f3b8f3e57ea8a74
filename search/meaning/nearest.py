"""The visible documents that come nearest to what somebody asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from access.rules import Conjunction
from search.engines.blend import LEAST_POINTS, MOST
from search.meaning.model import DIMENSIONS, current_model, digest, is_fetched
from search.models import Meaning
from search.query import Analysis, mended
from search.thesaurus import thesaurus

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_POINTS = 10_000
# An idea that has many names is not to drown what else was asked.
_MOST_NAMES = 3
_ASKED_SCALE = 4_096


def text_to_embed(words: str, analysis: Analysis) -> str:
    """What was typed, slips mended, with the other names of the listed terms in it.

    The model does not know the abbreviations of the trade.
    """
    wordings = thesaurus().wordings
    names = [
        wordings[said]
        for part in analysis.parts
        for said in part.others[:_MOST_NAMES]
        if said in wordings
    ]
    return ", ".join([mended(words, corrections=dict(analysis.corrections)), *dict.fromkeys(names)])


def finder(
    text: str, *, conjunctions: Sequence[Conjunction], exclude_pks: frozenset[int]
) -> Callable[[], Mapping[int, int]] | None:
    """Finds the nearest once, when it is first asked; None where there is nothing to compare."""
    if not text or not is_fetched():
        return None
    return cache(partial(nearest, text, conjunctions=conjunctions, exclude_pks=exclude_pks))


def nearest(
    text: str, *, conjunctions: Sequence[Conjunction], exclude_pks: frozenset[int]
) -> Mapping[int, int]:
    """The nearest documents that the reader may see, with their points; empty without a model.

    Filters of the page are none of its business: with every choice of them it is the same set,
    so that the counts beside the choices come true.
    """
    model = current_model()
    if model is None:
        return {}
    return _nearest_to(model.embed(text), conjunctions=conjunctions, exclude_pks=exclude_pks)


def nearest_to_document(
    pk: int, *, conjunctions: Sequence[Conjunction], exclude_pks: frozenset[int]
) -> Mapping[int, int]:
    """The same for what a document means, as the database keeps it: the mean of its passages."""
    kept = Meaning.objects.filter(pk=pk, passages__gt=0) if is_fetched() else Meaning.objects.none()
    vectors = kept.filter(model=digest()).values_list("vectors", flat=True).first()
    if vectors is None:
        return {}
    import numpy as np

    passages = np.frombuffer(bytes(vectors), dtype=np.int8).reshape(-1, DIMENSIONS)
    # Sums of whole numbers, so that the mean is the same on every machine.
    mean = passages.sum(axis=0, dtype=np.int64) / len(passages)
    length = np.sqrt((mean * mean).sum())
    if not length:
        return {}
    vector = (mean / length).astype(np.float32)
    return _nearest_to(vector, conjunctions=conjunctions, exclude_pks=exclude_pks)


def _nearest_to(
    vector: NDArray[np.float32], *, conjunctions: Sequence[Conjunction], exclude_pks: frozenset[int]
) -> Mapping[int, int]:
    # Here, so that an installation without the model has no numbers in its memory.
    import numpy as np

    from search.meaning.keeping import SCALE, quantised
    from search.meaning.matrix import current_mirror, similarities, sorted_first

    matrix = current_mirror().read()
    visible = matrix.columns.visible(conjunctions)
    if exclude_pks:
        visible &= ~np.isin(matrix.pks, list(exclude_pks))
    asked = quantised(vector, scale=_ASKED_SCALE, largest=_ASKED_SCALE)
    places, products = similarities(matrix, asked, visible=visible)
    points = products * _POINTS // (SCALE * _ASKED_SCALE)
    near = points >= LEAST_POINTS
    places, points = places[near], points[near]
    first = sorted_first(points, matrix.columns.codes[places], most=MOST)
    return {int(matrix.pks[places[one]]): int(points[one]) for one in first}


def unlike_the_database() -> set[int]:
    """Documents whose vectors this host's file holds otherwise; none where there is no model."""
    if not is_fetched():
        return set()
    from search.meaning.matrix import current_mirror

    return current_mirror().unlike_the_database()


def lay_out_anew() -> None:
    """Throw this host's file away: it is written again from the database."""
    if is_fetched():
        from search.meaning.matrix import current_mirror

        current_mirror().forget()
