"""What every engine must do alike with the beginnings of titles."""

from typing import Any

import pytest

from access.rules import rules_for
from access.vocabulary import State
from search.engines.base import Engine
from tests.search.shelf import NOON, document, fill, reader, ref_of


def beginning(engine: Engine, *words: str, **more: Any) -> list[str]:
    rules = rules_for(reader(), at=NOON)
    found = engine.titles_beginning(words, conjunctions=rules, **{"limit": 8, **more})
    return [ref_of(pk) for pk in found]


def test_titles_are_completed_by_whole_words_and_the_beginning_of_the_last(engine: Engine) -> None:
    """Newest first; the numbers of this shelf count downwards in time."""
    fill(
        engine,
        [
            document(1, "Knife policies for schools"),
            document(2, "Knives", "knife policies for schools"),
            document(3, "A café's knife policy"),
            document(4, "Knife policing", audience=frozenset({"force:essex"})),
            document(5, "Knife polish", state=State.DRAFT),
        ],
    )
    assert beginning(engine, "kni") == [ref_of(1), ref_of(2), ref_of(3)]
    assert beginning(engine, "knife") == [ref_of(1), ref_of(3)]
    assert beginning(engine, "knife", "pol") == [ref_of(1), ref_of(3)]
    assert beginning(engine, "policies", "knife", "sch") == [ref_of(1)]
    assert beginning(engine, "cafes") == [ref_of(3)]
    assert beginning(engine, "kni", limit=1) == [ref_of(1)]
    assert beginning(engine, "kni", exclude_pks=frozenset({1, 99})) == [ref_of(2), ref_of(3)]
    # Neither the middle of a word, nor one that only begins so in front of the last.
    assert beginning(engine, "nife") == beginning(engine, "kni", "policies") == []
    assert beginning(engine) == []
    assert not engine.titles_beginning(["knife"], conjunctions=(), limit=8)


def test_of_titles_as_old_as_each_other_the_lower_reference_comes_first(engine: Engine) -> None:
    fill(engine, [document(number, "Knife", published_at=NOON) for number in (3, 1, 2)])
    assert beginning(engine, "kn") == [ref_of(1), ref_of(2), ref_of(3)]


@pytest.mark.parametrize(
    "sign", [".*", "k.*", "[a-z]", "*", "knif?", "k|a", "\\", "(", "kn{2}", "×", "<", ""]
)
def test_no_sign_completes_a_title_to_more_than_itself(engine: Engine, sign: str) -> None:
    fill(engine, [document(1, "Knife"), document(2, "Adverts")])
    assert beginning(engine, sign) == []


def test_a_title_that_is_one_endless_word_is_completed_too(engine: Engine) -> None:
    fill(engine, [document(1, "x" * 300)])
    assert beginning(engine, "x" * 250) == beginning(engine, "x") == [ref_of(1)]
