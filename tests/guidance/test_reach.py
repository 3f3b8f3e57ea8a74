"""The number an editor is shown is of people who will see the page, and of nobody else."""

from __future__ import annotations

from django.utils import timezone

from forces.models import Organisation, RolloutPhase
from guidance.facts import facts_of
from guidance.reach import Reach, reach_of
from tests.guidance.scene import Cast, in_future, published


def reached(cast: Cast) -> Reach:
    page = published(cast.hub_editor, cast.hub_approver, audience=("force:kent",))
    return reach_of(facts_of(page), at=timezone.now())


def test_a_force_that_is_not_admitted_counts_as_zero(cast: Cast) -> None:
    later = RolloutPhase.objects.create(number=2, name="Later", opens_at=in_future(days=30))
    before = reached(cast)
    assert before.forces == 1
    assert before.people >= 3
    Organisation.objects.filter(slug="kent").update(phase=later)
    after = reached(cast)
    assert after.forces == 0
    assert before.people - after.people == 3
    Organisation.objects.filter(slug="kent").update(phase=None)
    assert reached(cast).forces == 0
