"""A condition that does not fit its fact is an error that says so, never a no or a yes."""

import pytest

from access.rules import Condition, Ge, In, Le, matches
from tests.access import cast


@pytest.mark.parametrize(
    ("condition", "kind"),
    [
        (Le("visible_from", 3), "datetime"),
        (Ge("latest_phase", cast.NOON), "int"),
        (In("marking", frozenset({"1"})), "int"),  # type: ignore[arg-type]
        (Le("groups", 1), "frozenset"),  # type: ignore[arg-type]
    ],
)
def test_a_condition_on_the_wrong_kind_of_fact_names_both(condition: Condition, kind: str) -> None:
    with pytest.raises(TypeError) as raised:
        matches(cast.NATIONAL, ((condition,),))
    assert str(raised.value) == f"{condition!r} does not fit a fact of type {kind}"
