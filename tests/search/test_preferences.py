"""Near-equals are ordered by what an officer can rely on; a poor match is never lifted."""

from datetime import date, timedelta

import pytest

from access.vocabulary import State
from search.engines.base import Engine, Facet
from search.preferences import in_use_first, preferences
from search.query import LONGEST_QUERY, Vocabulary, analyse
from search.ranking import LEVELS, Baseline
from search.thesaurus import thesaurus
from search.weighing import weigh
from tests.search.shelf import GOOD, NATION, NOON, TEXT, ask, document, fill, ref_of, refs, twin


@pytest.mark.parametrize(
    "better",
    [
        {"facets": {Facet.EVIDENCE: ("strong",)}},
        {"facets": {Facet.IN_FORCE: ("yes",)}},
        {"facets": {Facet.NATION: ("scotland", NATION)}},
        {"reviewed_on_date": (NOON - timedelta(days=300)).date()},
    ],
    ids=["evidence", "law in force", "the reader's nation", "freshness"],
)
def test_of_two_that_match_alike_the_better_comes_first(
    engine: Engine, better: dict[str, object]
) -> None:
    """Without it the lower reference would."""
    fill(engine, [twin(1), twin(2, **better)])
    assert refs(ask(engine, "preservation video")) == [ref_of(2), ref_of(1)]


@pytest.mark.parametrize("state", [State.SUPERSEDED, State.WITHDRAWN])
def test_what_is_no_longer_in_use_stands_below_what_replaced_it(
    engine: Engine, state: State
) -> None:
    """Though it has the words in its title, and its successor has not."""
    successor = document(2, "Asking for a hold", TEXT)
    fill(engine, [twin(1, state=state, facets=GOOD), successor])
    assert refs(ask(engine, "preservation video")) == [ref_of(2), ref_of(1)]


@pytest.mark.parametrize("near", [{}, {1: 9_000}, {1: 9_000, 2: 3_001}])
@pytest.mark.parametrize("state", [State.SUPERSEDED, State.WITHDRAWN])
def test_however_well_it_matches(engine: Engine, state: State, near: dict[int, int]) -> None:
    """A title of the two words against two mentions in two hundred; by meaning, too."""
    short = document(1, "Preservation video", "Preservation of video.", state=state, facets=GOOD)
    long = document(2, "Holds", f"{'Ask the desk in time. ' * 40} A video, for its preservation.")
    fill(engine, [short, long])
    assert refs(ask(engine, "preservation video", nearest=near)) == [ref_of(2), ref_of(1)]


def test_where_nothing_but_a_turn_of_phrase_is_asked(engine: Engine) -> None:
    """Stop words have no weight, and the state counts all the same."""
    fill(engine, [twin(1, state=State.SUPERSEDED), twin(2)])
    assert refs(ask(engine, "for the of a")) == []
    assert refs(ask(engine, "how to")) == [ref_of(2), ref_of(1)]


def test_the_tier_is_above_any_sum_and_every_sum_is_exact() -> None:
    """The longest question of the rarest words, in a library of a million pages."""
    nothing = Vocabulary(thesaurus(), lambda stems: {}, lambda prefix: {})
    words = "".join(f"{chr(letter)} " for letter in range(0x4E00, 0x4E00 + LONGEST_QUERY // 2))
    slots = weigh(analyse(words, vocabulary=nothing), baseline=Baseline(documents=1_000_000))
    assert len(slots) == LONGEST_QUERY // 2
    most = sum(term.weight for (way,) in slots for term in way.terms) * max(LEVELS)
    fresh, *standings = preferences(slots, nation=NATION, at=NOON)
    tier = in_use_first(slots).points
    most += fresh.points + max(one.points for one in standings) - tier
    assert most < tier
    assert most + tier < 2**24


def test_all_that_is_preferred_lifts_no_poor_match(engine: Engine) -> None:
    """Two words that were asked for, against one of them and every preference there is."""
    poor = document(
        2,
        "Video calls with schools",
        "A video call needs a quiet room and a lead who knows the school.",
        facets=GOOD,
        reviewed_on_date=NOON.date(),
    )
    fill(engine, [twin(1), poor])
    assert refs(ask(engine, "preservation video")) == [ref_of(1), ref_of(2)]


def test_a_review_is_fresh_for_twelve_months_and_the_one_it_is(engine: Engine) -> None:
    """By whole months: the index has no span of days to look through."""
    reviews = [date(2025, 6, 30), date(2025, 7, 1), date(2026, 7, 1), None]
    fill(engine, [twin(number, reviewed_on_date=one) for number, one in enumerate(reviews)])
    assert refs(ask(engine, "preservation video")) == [ref_of(n) for n in (1, 2, 0, 3)]


def test_preferences_find_nothing_by_themselves(engine: Engine) -> None:
    fill(engine, [document(1, "Knife adverts", facets=GOOD, reviewed_on_date=NOON.date())])
    assert ask(engine, "livestream").total == 0
    assert refs(ask(engine, '"preservation of a video"')) == []
