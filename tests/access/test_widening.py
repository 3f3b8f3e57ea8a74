"""Narrowed facts let in nobody whom either side keeps out, and widening is named fact by fact."""

from dataclasses import asdict, replace
from datetime import datetime

import pytest
from hypothesis import given, settings

from access.policy import Document, Reason, Viewer, decide
from access.vocabulary import Marking
from access.widening import AudienceFacts, narrowest, widens
from tests.access.cast import MICROSECOND, NOON, some
from tests.access.strategies import (
    AUDIENCE_FACT_NAMES,
    REGIONS,
    audience_facts,
    documents,
    moments,
    viewers,
)
from tests.turns import part_of

EXAMPLES = settings(max_examples=part_of(300), deadline=None)
LIVE = AudienceFacts(
    marking=Marking.OFFICIAL,
    audience=some("national"),
    groups=some(),
    visible_from=None,
    visible_until=None,
    latest_phase=3,
    owner="castle",
)


def _with(document: Document, facts: AudienceFacts) -> Document:
    return replace(document, **asdict(facts))


@EXAMPLES
@given(viewer=viewers, document=documents, live=audience_facts, proposed=audience_facts, at=moments)
def test_narrowest_is_never_wider_than_the_live_facts(
    viewer: Viewer, document: Document, live: AudienceFacts, proposed: AudienceFacts, at: datetime
) -> None:
    narrowed = narrowest(live, proposed, regions=REGIONS)
    if decide(viewer, _with(document, narrowed), at=at).allowed:
        assert decide(viewer, _with(document, live), at=at).allowed


@EXAMPLES
@given(viewer=viewers, document=documents, live=audience_facts, proposed=audience_facts, at=moments)
def test_narrowest_is_never_wider_than_the_proposed_facts(
    viewer: Viewer, document: Document, live: AudienceFacts, proposed: AudienceFacts, at: datetime
) -> None:
    narrowed = narrowest(live, proposed, regions=REGIONS)
    if live.groups and proposed.groups and not live.groups & proposed.groups:
        assert narrowed.groups == live.groups
        return
    if decide(viewer, _with(document, narrowed), at=at).reason is Reason.AUDIENCE:
        assert decide(viewer, _with(document, proposed), at=at).allowed


@EXAMPLES
@given(viewer=viewers, document=documents, live=audience_facts, other=audience_facts, at=moments)
def test_a_change_that_lets_somebody_in_is_named(
    viewer: Viewer, document: Document, live: AudienceFacts, other: AudienceFacts, at: datetime
) -> None:
    before = decide(viewer, _with(document, live), at=at)
    for name in AUDIENCE_FACT_NAMES:
        proposed = replace(live, **{name: getattr(other, name)})
        if not before.allowed and decide(viewer, _with(document, proposed), at=at).allowed:
            assert name in widens(live, proposed, regions=REGIONS)


@EXAMPLES
@given(live=audience_facts, proposed=audience_facts)
def test_a_change_that_widens_nothing_is_kept_as_it_is(
    live: AudienceFacts, proposed: AudienceFacts
) -> None:
    for name in AUDIENCE_FACT_NAMES:
        changed = replace(live, **{name: getattr(proposed, name)})
        if not widens(live, changed, regions=REGIONS):
            assert narrowest(live, changed, regions=REGIONS) == changed


@EXAMPLES
@given(live=audience_facts, proposed=audience_facts)
def test_narrowest_widens_nothing_and_is_settled(
    live: AudienceFacts, proposed: AudienceFacts
) -> None:
    narrowed = narrowest(live, proposed, regions=REGIONS)
    assert widens(live, narrowed, regions=REGIONS) == frozenset()
    assert narrowest(live, narrowed, regions=REGIONS) == narrowed
    assert narrowest(live, live, regions=REGIONS) == live


@pytest.mark.parametrize(
    ("live", "proposed", "common"),
    [
        (some("national"), some("national"), some("national")),
        (some("national"), some("own", "hub"), some("own", "hub")),
        (some("own"), some("national"), some("own")),
        (some("national"), some("region:north"), some("region:north")),
        (some("region:north"), some("force:moor"), some("force:moor")),
        (some("region:north"), some("own"), some("own")),
        (some("region:south"), some("own"), some()),
        (some("region:north"), some("force:harbour"), some()),
        (some("region:north"), some("force:rail"), some()),
        (some("region:north"), some("region:south"), some()),
        (some("own"), some("force:castle"), some("force:castle")),
        (some("national"), some("partner:charity"), some()),
        (some("own", "partner:charity"), some("national", "partner:charity"),
         some("own", "partner:charity")),
        (some("national", "force:moor"), some("region:north"), some("region:north")),
        (some("own", "region:south"), some("region:north", "force:harbour"),
         some("own", "force:harbour")),
        (some("national"), some(), some()),
        (some(), some("national"), some()),
    ],
)  # fmt: skip
def test_audiences_meet(
    live: frozenset[str], proposed: frozenset[str], common: frozenset[str]
) -> None:
    narrowed = narrowest(
        replace(LIVE, audience=live), replace(LIVE, audience=proposed), regions=REGIONS
    )
    assert narrowed.audience == common


def test_own_of_another_owner_is_that_force() -> None:
    proposed = replace(LIVE, owner="moor", audience=some("own"))
    narrowed = narrowest(LIVE, proposed, regions=REGIONS)
    assert narrowed.audience == some("force:moor")
    assert narrowed.owner == "castle"


@pytest.mark.parametrize(
    ("live", "proposed", "common"),
    [
        (some(), some("kidnap"), some("kidnap")),
        (some("kidnap"), some(), some("kidnap")),
        (some("kidnap", "fraud"), some("fraud", "cyber"), some("fraud")),
        (some("kidnap"), some("fraud"), some("kidnap")),
    ],
)
def test_groups_meet(
    live: frozenset[str], proposed: frozenset[str], common: frozenset[str]
) -> None:
    narrowed = narrowest(
        replace(LIVE, groups=live), replace(LIVE, groups=proposed), regions=REGIONS
    )
    assert narrowed.groups == common


NARROW = replace(
    LIVE,
    marking=Marking.OFFICIAL_SENSITIVE,
    audience=some("own"),
    groups=some("kidnap"),
    visible_from=NOON,
    visible_until=NOON + MICROSECOND,
    latest_phase=1,
)
WIDE = replace(LIVE, owner="moor")


@pytest.mark.parametrize("name", AUDIENCE_FACT_NAMES)
def test_each_fact_that_widens_is_named(name: str) -> None:
    proposed = replace(NARROW, **{name: getattr(WIDE, name)})
    named = widens(NARROW, proposed, regions=REGIONS)
    # Own force means another force when the owner changes.
    assert named == ({"owner", "audience"} if name == "owner" else {name})
    assert widens(proposed, replace(NARROW, owner=proposed.owner), regions=REGIONS) == set()
