"""Need-to-know groups: the hub's approvers make them and say who is in them, and nobody else."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from access.vocabulary import Role
from audit.models import Entry
from forces.models import GroupMembership, NeedToKnowGroup, Organisation, User
from tests.guidance.scene import Cast, in_future, need_to_know, person, seen_by
from tests.sign_in import client_of


@pytest.fixture
def keeper(cast: Cast) -> Client:
    return client_of(cast.hub_approver)


@pytest.fixture
def witnesses(cast: Cast) -> NeedToKnowGroup:
    return need_to_know("witnesses")


def choose(client: Client, user: User, *groups: NeedToKnowGroup) -> int:
    path = f"/people/{user.public_id}/groups/"
    return client.post(path, {"groups": [group.pk for group in groups]}).status_code


def test_somebody_joins_and_leaves(cast: Cast, keeper: Client, witnesses: NeedToKnowGroup) -> None:
    user = cast.kent_officer
    others = need_to_know("others")
    assert choose(keeper, user, witnesses, others) == 302
    assert seen_by(user).groups == {"witnesses", "others"}
    assert choose(keeper, user, others) == 302
    assert seen_by(user).groups == {"others"}
    assert choose(keeper, user, others, witnesses) == 302
    assert seen_by(user).groups == {"others", "witnesses"}
    assert choose(keeper, user) == 302
    assert seen_by(user).groups == set()
    rows = Entry.objects.filter(action_object=user.public_id, decision__endswith="-group")
    assert {row.actor for row in rows} == {cast.hub_approver.public_id}
    assert [row.decision for row in rows.order_by("pk")].count("left-group") == 3
    assert GroupMembership.objects.filter(user=user).count() == 3, "what was is kept"


def test_the_form_shows_what_is_and_only_groups_that_go_on(
    cast: Cast, keeper: Client, witnesses: NeedToKnowGroup
) -> None:
    need_to_know("over", "Finished work", ends_at=timezone.now())
    choose(keeper, cast.kent_officer, witnesses)
    text = keeper.get(f"/people/{cast.kent_officer.public_id}/groups/").content.decode()
    assert "Witnesses" in text
    assert text.count("checked") == 1
    assert "Finished work" not in text


def test_a_group_that_is_over_cannot_be_chosen(cast: Cast, keeper: Client) -> None:
    over = need_to_know("over", ends_at=in_future(days=-1))
    assert choose(keeper, cast.kent_officer, over) == 400
    assert seen_by(cast.kent_officer).groups == set()


def test_names_of_groups_are_for_approvers(cast: Cast, witnesses: NeedToKnowGroup) -> None:
    administrator = person("hub", Role.ADMINISTRATOR)
    path = f"/people/{cast.kent_officer.public_id}/groups/"
    for user in (administrator, cast.hub_editor, cast.kent_lead):
        assert client_of(user).get(path).status_code == 404
        assert choose(client_of(user), cast.kent_officer, witnesses) == 404
    people = client_of(administrator).get("/people/").content.decode()
    assert "/move/" in people
    assert "/groups/" not in people


def test_nobody_chooses_their_own(cast: Cast, keeper: Client, witnesses: NeedToKnowGroup) -> None:
    assert choose(keeper, cast.hub_approver, witnesses) == 404
    assert seen_by(cast.hub_approver).groups == set()


def test_a_new_group_gets_a_slug_that_tells_nothing(cast: Cast, keeper: Client) -> None:
    hub = Organisation.objects.get(slug="hub")
    fields = {"name": "Quillonvane", "owner": str(hub.pk), "reason": "Why", "ends_at": "2030-01-01"}
    assert keeper.post("/admin/need_to_know/new/", fields).status_code == 302
    group = NeedToKnowGroup.objects.get(name="Quillonvane")
    assert group.slug.startswith("group-")
    row = Entry.objects.get(event="organisation-changed")
    assert (row.decision, row.action_object) == ("added", f"needtoknowgroup:{group.pk}")
    assert "quillonvane" not in str(Entry.objects.values().get(pk=row.pk)).lower()
    editor = client_of(cast.hub_editor)
    assert editor.post("/admin/need_to_know/new/", fields).status_code in (302, 403, 404)
    assert NeedToKnowGroup.objects.count() == 1
