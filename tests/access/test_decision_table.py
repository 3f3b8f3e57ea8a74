"""The rule and its table form give the hand-written answers, and the table covers each clause."""

from collections import Counter
from datetime import datetime

import pytest

from access.policy import Document, Reason, Viewer, decide
from access.rules import matches, rules_for
from tests.access.decision_table import TABLE

CASES = [pytest.param(*facts, id=f"{facts[-1]}: {case}") for case, *facts in TABLE]


@pytest.mark.parametrize(("viewer", "document", "at", "reason"), CASES)
def test_rule_gives_the_written_answer(
    viewer: Viewer, document: Document, at: datetime, reason: Reason
) -> None:
    decision = decide(viewer, document, at=at)
    assert decision.reason is reason
    assert decision.allowed is reason.allows


@pytest.mark.parametrize(("viewer", "document", "at", "reason"), CASES)
def test_table_form_gives_the_written_answer(
    viewer: Viewer, document: Document, at: datetime, reason: Reason
) -> None:
    assert matches(document, rules_for(viewer, at=at)) is reason.allows


def test_every_clause_is_written_down() -> None:
    answers = Counter(reason for *_, reason in TABLE)
    assert set(answers) == set(Reason)
    assert min(answers.values()) >= 2
    assert len(TABLE) >= 60


def test_no_case_is_written_twice() -> None:
    names = [case for case, *_ in TABLE]
    assert len(names) == len(set(names))


def test_reason_knows_its_step_and_answer() -> None:
    assert [reason.step for reason in Reason] == sorted(reason.step for reason in Reason)
    assert {reason for reason in Reason if reason.allows} == {
        Reason.AUTHOR,
        Reason.EDITOR,
        Reason.REVIEWER,
        Reason.GRANT,
        Reason.AUDIENCE,
    }
