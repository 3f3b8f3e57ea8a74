"""What is preferred decides among all that was found, however many have more of the words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from access.vocabulary import State
from forces.models import Nation
from search.engines.base import Engine, Facet, IndexedDocument
from tests.search.shelf import GOOD, NOON, TEXT, ask, document, fill, library, ref_of, refs, twin

MANY = 400


def _better_by_words(**more: object) -> list[IndexedDocument]:
    return [twin(number, **more) for number in range(MANY)]


def test_near_equals_are_lifted_over_hundreds_that_match_a_little_better(engine: Engine) -> None:
    """The worthy ones say it once less, or in a longer text."""
    longer = f"{TEXT} {'Ask the desk in good time. ' * 3}"
    worthy = [
        document(
            MANY + number,
            "Preservation of a video",
            longer,
            facets=GOOD,
            reviewed_on_date=(NOON - timedelta(days=number)).date(),
        )
        for number in range(3)
    ]
    fill(engine, [*_better_by_words(), *worthy])
    hits = ask(engine, "preservation video")
    assert refs(hits)[:4] == [*(one.ref for one in worthy), ref_of(0)]
    assert hits.total == MANY + 3
    last = ask(engine, "preservation video", offset=MANY, limit=20)
    assert refs(last) == [ref_of(MANY - number) for number in (3, 2, 1)]


@pytest.mark.parametrize("state", [State.SUPERSEDED, State.WITHDRAWN])
def test_hundreds_out_of_use_hide_nothing_that_is_in_use(engine: Engine, state: State) -> None:
    kept = document(
        MANY, "Holds", f"{'Ask the desk in time. ' * 40} A video, for its preservation."
    )
    fill(engine, [*_better_by_words(state=state), kept])
    assert refs(ask(engine, "preservation video"))[:2] == [kept.ref, ref_of(0)]


def test_hundreds_of_the_worthiest_are_ordered_by_reference(engine: Engine) -> None:
    """Written with the lowest references last."""
    alike = _better_by_words(facets=GOOD, reviewed_on_date=NOON.date())
    fill(engine, reversed(alike))
    assert refs(ask(engine, "preservation video")) == [ref_of(number) for number in range(20)]


def test_pages_are_the_parts_of_one_list(engine: Engine) -> None:
    """Asked one by one, and all at once; worths and dates lie as chance has it."""
    fill(engine, _worths_of_all_kinds(library(1_200, seed=5)))
    for text in ("knife", "gang video", "knife order livestream", "advert school"):
        whole = ask(engine, text, limit=1_200)
        pages = [refs(ask(engine, text, offset=start)) for start in range(0, 1_200, 20)]
        assert whole.total > MANY
        assert [ref for page in pages for ref in page] == refs(whole)
        assert refs(ask(engine, text, offset=5, limit=9)) == refs(whole)[5:14]


def _worths_of_all_kinds(documents: list[IndexedDocument]) -> list[IndexedDocument]:
    evidence = ("none", "limited", "strong", "very-strong")
    states = (State.PUBLISHED, State.PUBLISHED, State.PUBLISHED, State.SUPERSEDED)
    nations = tuple(Nation.values)
    return [
        replace(
            one,
            access=replace(one.access, state=states[one.pk * 7 % 4]),
            facets={
                **one.facets,
                Facet.EVIDENCE: (evidence[one.pk * 11 % 4],),
                Facet.NATION: (nations[one.pk * 13 % len(nations)],),
            },
            reviewed_on_date=(NOON - timedelta(days=one.pk * 37 % 900)).date(),
        )
        for one in documents
    ]
