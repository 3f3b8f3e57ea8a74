"""Each seeded fault is caught: in the table form by the agreement, in the rule by the table."""

from dataclasses import fields

import pytest

from access.policy import Viewer, decide
from access.specimens import Sample, sample
from tests.access.decision_table import TABLE
from tests.access.faults import RULE_FAULTS, RULE_TABLE_FAULTS, Fault, seeded


@pytest.fixture(scope="module")
def specimens() -> Sample:
    return sample(1, viewers=48, documents=300)


@pytest.mark.parametrize("fault", RULE_TABLE_FAULTS, ids=lambda fault: fault[0])
def test_agreement_catches_a_fault_of_the_table_form(fault: Fault, specimens: Sample) -> None:
    faulty = seeded("rules", fault)
    assert any(
        faulty.matches(document, conjunctions) is not decide(viewer, document, at=at).allowed
        for viewer, at in specimens.viewers
        for conjunctions in [faulty.rules_for(viewer, at=at)]
        for document in specimens.documents
    )


@pytest.mark.parametrize("fault", RULE_FAULTS, ids=lambda fault: fault[0])
def test_the_written_table_catches_a_fault_of_the_rule(fault: Fault) -> None:
    faulty = seeded("policy", fault)

    def viewed(viewer: Viewer) -> object:
        facts = {each.name: getattr(viewer, each.name) for each in fields(viewer)}
        return faulty.Viewer(**facts)

    assert any(
        faulty.decide(viewed(viewer), document, at=at).reason.value != reason.value
        for _, viewer, document, at, reason in TABLE
    )


def test_the_sound_forms_pass_the_same_comparison(specimens: Sample) -> None:
    sound = seeded("rules", ("nothing", "rules_for(viewer: Viewer", "rules_for(viewer: Viewer"))
    assert all(
        sound.matches(document, conjunctions) is decide(viewer, document, at=at).allowed
        for viewer, at in specimens.viewers
        for conjunctions in [sound.rules_for(viewer, at=at)]
        for document in specimens.documents
    )


def test_a_fault_that_no_longer_fits_the_source_is_named() -> None:
    with pytest.raises(ValueError, match="occurs 0 times"):
        seeded("rules", ("gone", "no such text", ""))
