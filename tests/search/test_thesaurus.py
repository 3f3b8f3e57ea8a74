"""The vocabulary that comes with the product is sound."""

import pytest

from search import thesaurus as module
from search.analysis import stem, stop_stems, words_of
from search.thesaurus import VocabularyError, thesaurus


def test_every_group_works_both_ways() -> None:
    """What one term expands to expands back to it, but for nicknames and misspellings."""
    words = thesaurus()
    listed = module._read("synonyms")
    assert sum(len(groups) for groups in listed.values()) == 128
    for groups in listed.values():
        for group in groups:
            members = {module.stems_in(term) for term in group if not words.meanings_of(term)}
            for member in members:
                assert members - {member} <= set(words.expand(member))


def test_no_ambiguous_abbreviation_is_expanded_or_expanded_to() -> None:
    for slang in (False, True):
        words = thesaurus(slang=slang)
        for abbreviation in words.meanings:
            assert words.expand((stem(abbreviation),)) == ()
            assert all((abbreviation,) not in others for others in words.others.values())


def test_a_term_in_two_groups_is_refused() -> None:
    with pytest.raises(VocabularyError, match="cbo"):
        module._add_groups({}, [["cbo", "order"], ["cbo", "other"]], ambiguous=[])


def test_stop_words_leave_the_words_of_the_field_alone() -> None:
    """A synonym of one word must be a word that is weighed."""
    single = {stems[0] for stems in thesaurus(slang=True).others if len(stems) == 1}
    assert not single & stop_stems()
    assert not {stem(word) for word in words_of("knife gang removal video us force")} & stop_stems()
