"""Laws of the access rule: taking something away from either side never turns a no into a yes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import example, given, settings

from access.policy import Document, Reason, Viewer, decide
from access.rules import matches, rules_for
from access.vocabulary import (
    EARLIEST,
    LATEST,
    NATIONAL,
    OWN,
    Marking,
    Role,
    State,
    force_term,
    role_key,
)
from tests.access import cast
from tests.access.strategies import documents, moments, viewers
from tests.turns import part_of

EXAMPLES = settings(max_examples=part_of(300), deadline=None)
DAY = timedelta(days=1)


def _earlier_end(document: Document) -> Document:
    return replace(document, visible_until=(document.visible_until or LATEST) - DAY)


def _later_start(document: Document) -> Document:
    return replace(document, visible_from=(document.visible_from or EARLIEST) + DAY)


VIEWER_LOSSES: dict[str, Callable[[Viewer], Viewer]] = {
    "lowering the ceiling": lambda viewer: replace(viewer, ceiling=Marking.OFFICIAL),
    "losing the second factor": lambda viewer: replace(viewer, second_factor=False),
    "deactivating": lambda viewer: replace(viewer, active=False),
    "leaving the roll-out": lambda viewer: replace(viewer, admitted=False),
    "joining a later phase": lambda viewer: replace(viewer, phase=viewer.phase + 1),
    "leaving the groups": lambda viewer: replace(viewer, groups=frozenset()),
    "ending the grants": lambda viewer: replace(viewer, grants=frozenset()),
    "losing all roles": lambda viewer: replace(viewer, roles=frozenset()),
}
DOCUMENT_LOSSES: dict[str, Callable[[Document], Document]] = {
    "raising the marking": lambda text: replace(text, marking=Marking.OFFICIAL_SENSITIVE),
    "emptying the audience": lambda text: replace(text, audience=frozenset()),
    "back to draft": lambda text: replace(text, state=State.DRAFT),
    "starting later": _later_start,
    "ending earlier": _earlier_end,
    "an earlier last phase": lambda text: replace(text, latest_phase=text.latest_phase - 1),
    "closing the review": lambda text: replace(text, review=frozenset()),
    "a group where there was none": lambda text: replace(
        text, groups=text.groups or frozenset({"kidnap"})
    ),
}


@EXAMPLES
@given(viewer=viewers, document=documents, at=moments)
def test_a_viewers_loss_opens_nothing(viewer: Viewer, document: Document, at: datetime) -> None:
    if decide(viewer, document, at=at).allowed:
        return
    for law, loss in VIEWER_LOSSES.items():
        assert not decide(loss(viewer), document, at=at).allowed, law


@EXAMPLES
@given(viewer=viewers, document=documents, at=moments)
def test_a_documents_loss_opens_nothing(viewer: Viewer, document: Document, at: datetime) -> None:
    if decide(viewer, document, at=at).allowed:
        return
    for law, loss in DOCUMENT_LOSSES.items():
        assert not decide(viewer, loss(document), at=at).allowed, law


@EXAMPLES
@given(viewer=viewers, document=documents, at=moments)
@example(viewer=cast.MOVER, document=cast.OWN, at=cast.NOON)
def test_the_table_form_agrees_with_the_rule(
    viewer: Viewer, document: Document, at: datetime
) -> None:
    assert matches(document, rules_for(viewer, at=at)) is decide(viewer, document, at=at).allowed


@EXAMPLES
@given(viewer=viewers, document=documents, at=moments)
def test_every_yes_has_passed_the_first_three_steps(
    viewer: Viewer, document: Document, at: datetime
) -> None:
    reason = decide(viewer, document, at=at).reason
    if reason.allows:
        assert viewer.active
        assert viewer.admitted
        assert document.marking <= viewer.effective_ceiling
        assert reason is Reason.AUTHOR or not document.groups or document.groups & viewer.groups


@EXAMPLES
@given(viewer=viewers, document=documents, at=moments)
def test_moving_on_leaves_own_force_documents_behind(
    viewer: Viewer, document: Document, at: datetime
) -> None:
    own = replace(document, owner="castle", audience=frozenset({OWN}), review=frozenset())
    moved = replace(viewer, organisation="moor", grants=frozenset())
    assert not decide(moved, own, at=at).allowed


@EXAMPLES
@given(viewer=viewers, document=documents, at=moments)
def test_auditors_and_administrators_read_by_no_audience(
    viewer: Viewer, document: Document, at: datetime
) -> None:
    for role in (Role.AUDITOR, Role.ADMINISTRATOR):
        only = replace(viewer, roles=frozenset({role}))
        assert decide(only, document, at=at).reason is not Reason.AUDIENCE


def test_who_has_no_region_and_no_name_belongs_to_none() -> None:
    """A fact that is missing is no value: it must not meet another missing fact."""
    assert cast.RAIL_OFFICER.audience_terms == {NATIONAL, force_term("rail")}
    unnamed = replace(cast.RAIL_OFFICER, person_id="")
    assert unnamed.review_keys == {role_key(Role.OFFICER, organisation="rail")}
