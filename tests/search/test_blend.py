"""Words and meaning in one order: the same on both engines, and blind to hidden documents."""

import random
from functools import partial

from access.vocabulary import State
from search.engines.base import Engine, Facet, Hits, Sort
from search.engines.blend import Found, blended
from tests.search.conftest import MakeEngine
from tests.search.shelf import (
    WORDS,
    ask,
    document,
    fill,
    hidden,
    library,
    ref_of,
    refs,
)
from tests.turns import part_of

SIZE = 320
NEAR = {pk: 3_000 + 17 * pk % 4_000 for pk in range(0, SIZE, 2)}
QUERIES = [
    " ".join(random.Random(seed).choices(WORDS, k=1 + seed % 4)) for seed in range(part_of(6))
]


def pages(engine: Engine, text: str) -> list[Hits]:
    """Every page, the one after the last included."""
    offsets = range(0, SIZE + 40, 20)
    return [ask(engine, text, nearest=NEAR, offset=offset) for offset in offsets]


def test_half_by_words_half_by_meaning() -> None:
    """The best of both is first; equals stand by their references."""
    words = [Found(1, 10, 300), Found(2, 20, 200), Found(3, 30, 100)]
    near = [Found(2, 20, 200), Found(4, 40, 0), Found(5, 5, 0)]
    points = {2: 7_000, 4: 5_000, 5: 5_000}
    assert [one.pk for one in blended(words, near, points=points)] == [2, 1, 5, 4, 3]


def test_what_is_out_of_use_stands_below_on_every_page(engine: Engine) -> None:
    """More match by words than are blended, and the nearest of all are out of use."""
    old = [
        document(number, "Knife video", "Knife video.", state=State.SUPERSEDED)
        for number in range(SIZE, SIZE + 30)
    ]
    worded, unworded = (
        old[:20],
        [document(one.pk, "Blades", state=State.SUPERSEDED) for one in old[20:]],
    )
    fill(engine, [*library(SIZE), *worded, *unworded])
    near = {**{one.pk: 9_000 + one.pk for one in old}, 3: 4_000, 4: 5_000}
    for text in ("knife video", "preservation request platform", "livestream"):
        offsets = range(0, SIZE + 60, 20)
        answers = [ask(engine, text, nearest=near, offset=offset) for offset in offsets]
        found = [hit.pk for answer in answers for hit in answer.hits]
        assert len(found) == len(set(found)) == answers[0].total
        out_of_use = [pk >= SIZE for pk in found]
        assert out_of_use == sorted(out_of_use)
        assert sum(out_of_use) == len(old)


def test_each_page_once_and_counts_that_come_true(engine: Engine) -> None:
    """All pages together hold every document once: as many as the total, in every order."""
    fill(engine, library(SIZE))
    for text in QUERIES:
        found = [ref for page in pages(engine, text) for ref in refs(page)]
        newest = ask(engine, text, nearest=NEAR, sort=Sort.NEWEST)
        assert len(found) == len(set(found)) == newest.total
        assert {ref_of(pk) for pk in NEAR} <= set(found)
        for value, count in newest.facets[Facet.TYPE].items():
            chosen = {Facet.TYPE: frozenset({value})}
            assert ask(engine, text, nearest=NEAR, filters=chosen).total == count


def test_a_phrase_is_still_demanded(engine: Engine) -> None:
    """What means the same without the phrase is not what was asked for."""
    fill(engine, [document(1, "Gang videos", "knife video"), document(2, "Gang films", "blades")])
    assert refs(ask(engine, '"knife video" gang', nearest={1: 4_000, 2: 9_000})) == [ref_of(1)]


def test_what_is_near_is_asked_for_once(engine: Engine) -> None:
    """By the engine, while it looks for the words: the answers are those of who asked before."""
    fill(engine, library(SIZE))
    asked = []

    def find() -> dict[int, int]:
        asked.append("near")
        return NEAR

    for text in (*QUERIES, f'"{QUERIES[0]}"', ""):
        for offset, chosen in ((0, {}), (0, {Facet.TYPE: frozenset({"lesson"})}), (240, {})):
            for sort in (Sort.RELEVANCE, Sort.NEWEST):
                asked.clear()
                again = partial(ask, engine, text, offset=offset, filters=chosen, sort=sort)
                assert again(find_nearest=find) == again(nearest=NEAR)
                assert asked == ["near"]


def test_what_has_no_word_is_counted_with_the_rest(engine: Engine) -> None:
    """In the total, and beside each choice, of which the counts come true."""
    kinds = ("guidance", "lesson", "evaluation")
    facets: list[dict[Facet, tuple[str, ...]]] = [
        {Facet.TYPE: (kind,), Facet.PLATFORM: ("x",)} for kind in kinds
    ]
    fill(
        engine,
        [document(one, "Gang" if one < 4 else "Other", facets=facets[one % 3]) for one in range(9)],
    )
    near = {2: 4_000, 5: 5_000, 6: 6_000, 7: 7_000}
    assert ask(engine, "gang", nearest=near).total == 7
    for chosen in ((), ("lesson",), ("lesson", "evaluation")):
        answer = ask(engine, "gang", nearest=near, filters={Facet.TYPE: frozenset(chosen)})
        assert answer.facets[Facet.TYPE] == {"guidance": 3, "lesson": 2, "evaluation": 2}
        assert answer.facets[Facet.PLATFORM] == {"x": answer.total}
        assert len(answer.hits) == answer.total == (2 * len(chosen) or 7)


def test_where_nothing_is_near_words_alone_decide(engine: Engine) -> None:
    """On every page: scaled to a common order, sums that differ by little would be equal."""
    rare = (
        "stiletto machete cleaver cutlass sabre rapier scimitar falchion halberd glaive dirk kukri "
    )
    bodies = ("gang gang other", "gang gang gang", "gang " * 5)
    apart = [document(one, rare, body) for one, body in enumerate(bodies, start=1)]
    fill(engine, [*apart, *(document(one, "Gang") for one in range(4, 40))])
    found = ask(engine, f"gang {rare * 8}", find_nearest=dict)
    assert [hit.pk for hit in found.hits[:3]] == [3, 2, 1]
    fill(engine, library(SIZE))
    for text in QUERIES:
        for offset in range(0, SIZE + 40, 20):
            nothing = ask(engine, text, find_nearest=dict, offset=offset)
            assert nothing == ask(engine, text, offset=offset)


def test_only_what_the_reader_may_see_is_found_by_meaning(engine: Engine) -> None:
    """The engine has the rule too: a stale list of what is near opens nothing."""
    fill(engine, [document(1, "Gang"), hidden(2, "Gang"), document(3, "Other")])
    assert refs(ask(engine, "gang", nearest={2: 9_999, 3: 4_000})) == [ref_of(1), ref_of(3)]


def test_hidden_documents_move_nothing(make_engine: MakeEngine) -> None:
    """Two worlds, the second with 500 hidden documents: every page of every query is the same."""
    answers = []
    for extra in (0, 500):
        engine = make_engine()
        numbers = range(1_000, 1_000 + extra)
        stuffed = [hidden(one, " ".join(WORDS[:4]), " ".join(WORDS)) for one in numbers]
        fill(engine, [*library(SIZE), *stuffed])
        answers.append([pages(engine, text) for text in QUERIES])
    assert answers[0] == answers[1]
