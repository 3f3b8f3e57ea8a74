"""The hub's pages on organisations: who looks, who changes, what says that it is unverified."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from access.vocabulary import Role
from audit.models import Entry
from forces.models import NeedToKnowGroup, Organisation, RolloutPhase, User
from guidance.models import AudienceTerm, ForceSection
from tests.guidance.scene import LONG_AGO, Cast, need_to_know, person, seen_by
from tests.sign_in import client_of

NAMES = ("organisations", "regions", "phases", "need_to_know")


def status(user: User, path: str) -> int:
    return client_of(user).get(f"/admin/{path}").status_code


def kent() -> Organisation:
    return Organisation.objects.get(slug="kent")


def edit(client: Client, organisation: Organisation, **changes: object) -> int:
    fields = {
        "name": organisation.name,
        "short_name": organisation.short_name,
        "nation": organisation.nation,
        "region": organisation.region_id or "",
        "region_unverified": "on" if organisation.region_unverified else "",
        "phase": organisation.phase_id or "",
        "ons_code": organisation.ons_code,
        "home_office_code": organisation.home_office_code,
        "home_office_code_unverified": "on",
        "ended_at": "",
        **changes,
    }
    path = f"/admin/organisations/edit/{organisation.pk}/"
    return client.post(path, {key: value for key, value in fields.items() if value}).status_code


def test_the_list_says_what_is_unverified(cast: Cast) -> None:
    Organisation.objects.filter(slug="kent").update(
        region_unverified=True, home_office_code="46", home_office_code_unverified=True
    )
    Organisation.objects.filter(slug="essex").update(home_office_code="42")
    Organisation.objects.exclude(slug="kent").update(
        region_unverified=False, home_office_code_unverified=False
    )
    text = client_of(cast.hub_editor).get("/admin/organisations/").content.decode()
    assert text.count("(unverified)") == 2
    assert "ersou (unverified)" in text
    assert "46 (unverified)" in text


@pytest.mark.parametrize("name", NAMES)
def test_forces_do_not_see_the_hubs_pages(cast: Cast, name: str) -> None:
    for user in (cast.kent_author, cast.kent_lead):
        assert status(user, f"{name}/") in (302, 403, 404)


def test_editors_look_and_approvers_change(cast: Cast) -> None:
    for name in NAMES[:3]:
        assert status(cast.hub_editor, f"{name}/") == 200
        assert status(cast.hub_approver, f"{name}/") == 200
    assert edit(client_of(cast.hub_editor), kent(), short_name="Changed") in (302, 403, 404)
    assert kent().short_name == "Kent"
    assert edit(client_of(cast.hub_approver), kent(), short_name="Changed") == 302
    assert kent().short_name == "Changed"


def test_what_points_to_an_organisation_is_not_counted(cast: Cast) -> None:
    for name, pk in (("organisations", kent().pk), ("regions", kent().region_id)):
        assert status(cast.hub_approver, f"{name}/edit/{pk}/") == 200
        assert status(cast.hub_approver, f"{name}/history/{pk}/") == 200
        assert status(cast.hub_approver, f"{name}/usage/{pk}/") == 404


def test_names_of_groups_are_for_approvers(cast: Cast) -> None:
    need_to_know("witnesses")
    assert status(cast.hub_approver, "need_to_know/") == 200
    assert status(cast.hub_editor, "need_to_know/") in (302, 403, 404)


def test_the_trail_tells_facts_before_and_after_and_of_texts_that_they_changed(cast: Cast) -> None:
    later = RolloutPhase.objects.create(number=2, name="Later", opens_at=LONG_AGO)
    earlier, ended_at = kent().phase_id, "2026-12-01T09:30"
    changes = {"short_name": "Changed", "nation": "scotland", "phase": later.pk}
    done = edit(client_of(cast.hub_approver), kent(), **changes, ended_at=ended_at)
    assert done == 302
    row = Entry.objects.get(event="organisation-changed")
    assert (row.actor, row.action_object) == (
        cast.hub_approver.public_id,
        f"organisation:{kent().pk}",
    )
    assert row.detail == {
        "short_name": "changed",
        "nation_before": "none",
        "nation_after": "scotland",
        "phase_before": str(earlier),
        "phase_after": str(later.pk),
        "ended_at_before": "none",
        "ended_at_after": f"{ended_at}Z",
    }
    assert row.request_id


def test_a_weak_session_changes_nothing(cast: Cast) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(cast.hub_approver, "JBSWY3DPEHPK3PXP")
    weak = client_of(cast.hub_approver, second_factor=False)
    assert edit(weak, kent(), short_name="Changed") == 404
    assert kent().short_name == "Kent"


@pytest.mark.parametrize("path", ["regions/new/", "phases/new/", "organisations/delete/{pk}/"])
def test_nothing_is_added_or_deleted_here(cast: Cast, path: str) -> None:
    client = client_of(cast.hub_approver)
    answer = client.post(f"/admin/{path.format(pk=kent().pk)}", {"name": "x"})
    assert answer.status_code in (302, 403, 404)
    assert Organisation.objects.filter(slug="kent").exists()
    assert RolloutPhase.objects.count() == 1


def test_an_ended_organisation_closes_at_the_next_request(cast: Cast) -> None:
    officer = client_of(cast.kent_officer)
    assert officer.get("/").status_code == 200
    assert edit(client_of(cast.hub_approver), kent(), ended_at="2026-01-01 00:00") == 302
    assert officer.get("/").status_code == 403
    assert not seen_by(cast.kent_officer).admitted


def test_an_officer_of_the_hub_has_no_admin_at_all(cast: Cast) -> None:
    assert status(person("hub", Role.OFFICER), "organisations/") == 404


def add(client: Client, slug: str, kind: str = "partner") -> int:
    told = {"slug": slug, "kind": kind, "name": "Harbour Trust", "short_name": "Harbour"}
    return client.post("/admin/organisations/new/", told).status_code


def test_a_partner_can_be_shared_with_the_moment_it_is_added(cast: Cast) -> None:
    client = client_of(cast.hub_approver)
    assert client.get("/admin/organisations/new/").status_code == 200
    assert add(client, "harbour-trust") == 302
    assert AudienceTerm.objects.filter(key="partner:harbour-trust").exists()
    row = Entry.objects.get(event="organisation-changed")
    assert row.decision == "added"


def test_a_merged_force_can_write_the_moment_it_is_added(cast: Cast) -> None:
    assert add(client_of(cast.hub_approver), "kent-and-essex", "force") == 302
    assert ForceSection.objects.filter(organisation_id="kent-and-essex").exists()
    assert AudienceTerm.objects.filter(key="force:kent-and-essex").exists()


def test_a_slug_that_would_not_last_is_refused(cast: Cast) -> None:
    before = Organisation.objects.count()
    client = client_of(cast.hub_approver)
    for slug in ("", "Kent", "kent", "a b", "1st", "-kent", "a--b", "kent-", "k:x", "a" * 41):
        assert add(client, slug) == 200, slug
    assert Organisation.objects.count() == before


def test_there_is_one_hub_and_it_does_not_choose_its_overseers(cast: Cast) -> None:
    client = client_of(cast.hub_approver)
    assert add(client, "second-hub", "hub") == 200
    assert add(client, "friends", "oversight") == 200
    assert add(client_of(cast.hub_editor), "harbour-trust") in (302, 403, 404)
    assert not Organisation.objects.filter(slug="harbour-trust").exists()


def test_a_group_needs_owner_reason_and_end(cast: Cast) -> None:
    client, hub = client_of(cast.hub_approver), Organisation.objects.get(slug="hub")
    whole = {"name": "W", "owner": str(hub.pk), "reason": "Why", "ends_at": "2030-01-01 00:00"}
    for missing in ("owner", "reason", "ends_at"):
        assert client.post("/admin/need_to_know/new/", {**whole, missing: ""}).status_code == 200
    assert not NeedToKnowGroup.objects.exists()
    assert client.post("/admin/need_to_know/new/", whole).status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        NeedToKnowGroup.objects.update(reason="")
