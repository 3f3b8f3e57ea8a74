"""The generated sample is the same for the same seed, and puts every clause to the test."""

from dataclasses import replace

import pytest

from access.agreement import LEAST_FIRINGS, tally
from access.policy import Reason
from access.specimens import MOMENTS, Sample, sample
from access.vocabulary import EARLIEST, LATEST
from tests.access import cast


def test_same_seed_same_sample() -> None:
    assert sample(7, viewers=20, documents=30) == sample(7, viewers=20, documents=30)
    assert sample(7, viewers=20, documents=30) != sample(8, viewers=20, documents=30)


@pytest.mark.parametrize("size", [1, 2])
def test_a_tiny_sample_can_be_drawn(size: int) -> None:
    drawn = sample(1, viewers=size, documents=size)
    assert (len(drawn.viewers), len(drawn.documents)) == (size, size)


def test_sample_is_fit_for_rows() -> None:
    drawn = sample(1, viewers=48, documents=400)
    assert len({one.ref for one in drawn.documents}) == 400
    assert all(
        (one.visible_from or EARLIEST) < (one.visible_until or LATEST) for one in drawn.documents
    )
    assert {at for _, at in drawn.viewers} == set(MOMENTS)


def test_sample_fires_every_clause_both_ways() -> None:
    counted = tally(sample(1, viewers=48, documents=420))
    assert counted.complaints() == []
    assert counted.decisions == 48 * 420
    assert min(min(both) for both in counted.clauses.values()) >= LEAST_FIRINGS


def test_too_small_a_sample_is_refused_clause_by_clause() -> None:
    complaints = tally(sample(1, viewers=12, documents=5)).complaints()
    assert any(line.startswith("clause grant fired") for line in complaints)


def test_a_share_outside_the_band_is_refused() -> None:
    one_no = Sample(viewers=((cast.AUDITOR, cast.NOON),), documents=(cast.NATIONAL,))
    assert "allowed share 0.000 is outside 0.15 to 0.60" in tally(one_no).complaints()
    one_yes = Sample(viewers=((cast.CASTLE_OFFICER, cast.NOON),), documents=(cast.NATIONAL,))
    assert "allowed share 1.000 is outside 0.15 to 0.60" in tally(one_yes).complaints()


def test_clauses_count_the_one_that_answered_and_those_before_it() -> None:
    drawn = Sample(
        viewers=((cast.CASTLE_OFFICER, cast.NOON),), documents=(cast.NATIONAL, cast.SECRETIVE)
    )
    unclear = replace(cast.CASTLE_OFFICER, second_factor=False)
    counted = tally(replace(drawn, viewers=(*drawn.viewers, (unclear, cast.NOON))))
    assert counted.clauses[Reason.MARKING] == (1, 3)
    assert counted.clauses[Reason.AUDIENCE] == (3, 0)
    assert counted.clauses[Reason.OUTSIDE_AUDIENCE] == (0, 3)
    assert counted.clauses["audience:national"] == (3, 0)
    assert counted.clauses["audience:hub"] == (0, 3)


def test_what_only_a_review_opens_is_no_live_document() -> None:
    open_review = replace(cast.NAMED_REVIEW, ref="GD-BBBBB")
    open_anyway = replace(cast.NATIONAL, review=frozenset({"person:P-DAN"}))
    drawn = Sample(viewers=((cast.MOOR_OFFICER, cast.NOON),), documents=(open_review, open_anyway))
    counted = tally(drawn)
    assert counted.visible == [frozenset({"GD-AAAAA", "GD-BBBBB"})]
    assert counted.visible_live == [frozenset({"GD-AAAAA"})]
