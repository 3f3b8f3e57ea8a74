"""What somebody types: words, phrases, synonyms, slips, references, and things that are not."""

from collections import Counter
from collections.abc import Mapping

import pytest

from search.query import (
    LONGEST_QUERY,
    Analysis,
    NothingToSearchError,
    QueryTooLongError,
    Vocabulary,
    analyse,
    mended,
    reference_in,
)
from search.ranking import Baseline
from search.thesaurus import thesaurus
from search.weighing import SYNONYM_TENTHS, weigh

KNOWN = {"preservation": 40, "letter": 30, "knife": 20, "violence": 12, "reservation": 2}


def _known_by_stem() -> Mapping[str, int]:
    return {"preserv": 40, "letter": 30, "knife": 20, "violenc": 12, "reserv": 2}


VOCABULARY = Vocabulary(
    thesaurus(),
    lambda stems: {stem: _known_by_stem().get(stem, 0) for stem in stems},
    lambda prefix: {word: count for word, count in KNOWN.items() if word.startswith(prefix)},
)


def _analysed(text: str) -> Analysis:
    return analyse(text, vocabulary=VOCABULARY)


def _typed(text: str) -> list[tuple[str, ...]]:
    return [part.typed for part in _analysed(text).parts]


def test_words_become_stems_without_stop_words() -> None:
    assert _typed("what to do about the knives?") == [("knive",)]
    assert _typed("Preserving KNIVES") == [("preserv",), ("knive",)]


def test_a_repeated_word_is_kept_as_often_as_it_was_typed() -> None:
    counted = Counter(_typed("knife violence knife"))
    assert counted[("knife",)] == 2
    once, twice = (
        weigh(_analysed(text), baseline=Baseline(9, {})) for text in ("knife", "knife knife")
    )
    assert twice[0][0].terms[0].weight == 2 * once[0][0].terms[0].weight


@pytest.mark.parametrize("text", ["GD-7F3K2", "gd-7f3k2", "gd7f3k2", " GD-7F3K2. ", "/GD-7F3K2/"])
def test_a_reference_is_recognised_however_it_is_typed(text: str) -> None:
    assert _analysed(text).reference == "GD-7F3K2"


@pytest.mark.parametrize("text", ["knife GD-7F3K2", "GD-7F3K", "preservation", "quarrel", ""])
def test_other_text_is_no_reference(text: str) -> None:
    assert reference_in(text) == ""


def test_synonyms_of_one_and_of_several_words() -> None:
    (short,) = _analysed("cbo").parts
    assert short.others == (("crimin", "behaviour", "order"),)
    (long,) = _analysed("criminal behaviour orders").parts
    assert long.others == (("cbo",),)
    assert len(_analysed("what does a criminal behaviour order say").parts) == 2


def test_the_longest_listed_term_wins() -> None:
    (part,) = _analysed("gang related violence injunction").parts
    assert ("gangbo",) in part.others


def test_nicknames_work_one_way_only() -> None:
    (nickname,) = _analysed("insta").parts
    assert nickname.others == (("instagram",),)
    (name,) = _analysed("instagram").parts
    assert name.others == ()


def test_a_misspelled_name_finds_what_the_name_is_also_called() -> None:
    (part,) = _analysed("takdown").parts
    assert ("takedown",) in part.others
    assert ("remov", "request") in part.others


def test_slang_is_off_unless_asked_for() -> None:
    assert thesaurus().expand(("shank",)) == ()
    assert thesaurus(slang=True).expand(("shank",)) == (("knife",),)


@pytest.mark.parametrize("text", ["osa", "OSA", "dsa letter"])
def test_an_ambiguous_abbreviation_is_asked_about_and_not_expanded(text: str) -> None:
    analysis = _analysed(text)
    ((word, listed),) = analysis.meanings
    assert word in text.lower()
    assert len(listed) > 1
    assert not any(part.others for part in analysis.parts if part.typed == (word,))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("presrvation", "preservation"),
        ("perservation", "preservation"),
        ("preservtoin", "preservation"),
        ("lettre", "letter"),
        ("nkife", "knife"),
        ("safegarding", "safeguarding"),
    ],
)
def test_slips_in_unknown_words_are_mended(typed: str, meant: str) -> None:
    analysis = _analysed(f"{typed} order")
    assert dict(analysis.corrections) == {typed: meant}
    assert (
        mended(f"The {typed}, now", corrections=dict(analysis.corrections)) == f"The {meant}, now"
    )


@pytest.mark.parametrize(
    "text", ["reservation", "preservations", "cbo", "kni", "zzzzqqqq", "kn1fe"]
)
def test_known_short_and_hopeless_words_are_left_alone(text: str) -> None:
    assert _analysed(text).corrections == ()


def test_what_stands_in_quotation_marks_is_meant_as_typed() -> None:
    assert _analysed('"presrvation"').corrections == ()


def test_a_mended_word_is_also_sought_as_typed() -> None:
    (slot,) = weigh(_analysed("presrvation"), baseline=Baseline(50, _known_by_stem()))
    assert [way.terms[0].stem for way in slot] == ["presrvat", "preserv"]


def test_phrases_are_demanded_in_short_queries_only() -> None:
    assert _analysed('"threat to life" letter').phrases == (("threat", "to", "life"),)
    assert _analysed("“threat to life”").phrases == (("threat", "to", "life"),)
    assert _analysed('"threat to life" ' + "letter " * 20).phrases == ()
    assert _analysed('"threat to life').phrases == ()


def test_only_stop_words_are_a_turn_of_phrase() -> None:
    analysis = _analysed("what to do")
    assert analysis.phrases == (("what", "to", "do"),)
    assert analysis.parts == ()


@pytest.mark.parametrize("text", ["+ - ! ( )", '""', "***", "&& ||", "~^", "…"])
def test_operators_alone_are_nothing_to_search(text: str) -> None:
    with pytest.raises(NothingToSearchError, match="no word"):
        _analysed(text)


def test_ten_thousand_characters_are_refused_with_what_to_do() -> None:
    with pytest.raises(QueryTooLongError, match=r"10,000 characters long\. Shorten it"):
        _analysed("knife " * 1666 + "gang")
    assert _analysed("k" * LONGEST_QUERY).parts


@pytest.mark.parametrize("text", ["owner:kent", "knife AND NOT gun", "kni*", "title:x^9", "/kn.*/"])
def test_operators_and_field_names_are_only_words(text: str) -> None:
    analysis = _analysed(text)
    assert analysis.phrases == ()
    assert all(word.isalnum() for part in analysis.parts for word in part.typed)


def test_blank_text_matches_everything() -> None:
    assert _analysed("  ") == Analysis()


def test_a_synonym_weighs_a_little_less_than_what_was_typed() -> None:
    ((typed, other),) = weigh(_analysed("cbo"), baseline=Baseline(100, {"cbo": 3}))
    assert typed.phrase == ()
    assert other.phrase == ("crimin", "behaviour", "order")
    total = sum(term.weight for term in other.terms)
    assert typed.terms[0].weight * SYNONYM_TENTHS // 10 - 3 < total <= typed.terms[0].weight


def test_rare_words_weigh_more_and_every_weight_is_a_whole_number() -> None:
    baseline = Baseline(1000, {"knife": 500, "violenc": 5})
    common, rare = weigh(_analysed("knife violence"), baseline=baseline)
    assert 0 < common[0].terms[0].weight < rare[0].terms[0].weight
    assert isinstance(rare[0].terms[0].weight, int)
