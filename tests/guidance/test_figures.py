"""Dates that can be, counts that point to nobody, costs that say of what."""

from typing import Any

import pytest

from guidance.models import EvaluationPage, GuidancePage, PlatformPage
from guidance.models.document import IMPLAUSIBLE
from guidance.models.evaluation import small_counts
from tests.guidance.editor_sent import sent
from tests.guidance.scene import Cast

DATES = [
    (GuidancePage, "review_by_date"),
    (GuidancePage, "last_verified_on_date"),
    (GuidancePage, "visible_from"),
    (GuidancePage, "visible_until"),
    (EvaluationPage, "preregistered_on_date"),
    (PlatformPage, "expires_on_date"),
]


@pytest.mark.parametrize(("model", "name"), DATES)
def test_a_slip_in_the_year_is_told_at_its_field(cast: Cast, model: Any, name: str) -> None:
    """And whatever else was written stays in the form."""
    time = " 08:00" if name.startswith("visible") else ""
    for year in (1066, 9999):
        form = sent(model(), cast.hub_editor, title="Kept", **{name: f"{year}-10-14{time}"})
        assert form.errors[name] == [IMPLAUSIBLE]
        assert form["title"].value() == "Kept"
    assert name not in sent(model(), cast.hub_editor, **{name: f"2027-10-14{time}"}).errors


def test_every_date_that_an_author_writes_is_in_the_list_above() -> None:
    for model in (GuidancePage, EvaluationPage, PlatformPage):
        told = {name for one, name in DATES if one in (model, GuidancePage)}
        assert set(model._dates()) == told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Of the 3 girls, 2 were referred; 3 again.", ["3", "2"]),
        ("0 of 40 were Asian", ["0"]),
        ("Counts below 5 are withheld. 12, 14 and 231 of 268.", []),
        ("1.3 times, 2,900 hours, 4 %, 3% and 2 per cent", []),
        ("Aged 10-14 and 1–4, group A1, £3", []),
        ("Ended with 4.", ["4"]),
        ("three of them", []),
    ],
)
def test_which_numbers_may_be_small_counts(text: str, found: list[str]) -> None:
    assert small_counts(text) == found


def test_a_small_count_by_group_is_refused(cast: Cast) -> None:
    page = EvaluationPage(
        equality_result='<p>See <a linktype="page" id="3">this</a>: 71 of 96.</p>'
    )
    page.clean()
    page.equality_result = "<p>White: 40. Asian: 3.</p>"
    form = sent(page, cast.hub_editor)
    assert "This says 3." in str(form.errors["equality_result"])
    assert "fewer than 5" in str(form.errors["equality_result"])


def test_a_cost_of_one_says_of_what(cast: Cast) -> None:
    form = sent(EvaluationPage(), cast.hub_editor, cost_each="40")
    assert "Give both" in str(form.errors["cost_unit"])
    assert "cost_unit" not in sent(EvaluationPage(), cast.hub_editor, cost_total="9").errors


def test_only_what_is_open_is_in_the_publication_scheme(cast: Cast) -> None:
    for status, refused in (("", True), ("closed", True), ("part", False), ("open", False)):
        fields = {"foi_status": status, "publication_scheme": "on"}
        form = sent(GuidancePage(), cast.hub_editor, **fields)
        assert ("publication_scheme" in form.errors) is refused, status
