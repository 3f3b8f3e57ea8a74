"""The people page: for those who look after people, and never about oneself."""

from __future__ import annotations

import pytest
from django.test import Client

from access.vocabulary import Role
from audit.models import Entry
from forces.models import EmailDomain, Organisation, User
from tests.guidance.scene import Cast, person, seen_by
from tests.sign_in import client_of


@pytest.fixture
def keeper(cast: Cast) -> Client:
    for organisation in Organisation.objects.all():
        EmailDomain.objects.create(domain=f"{organisation.slug}.example", organisation=organisation)
    return client_of(cast.hub_approver)


def fields(organisation: str, *roles: str, **more: str) -> dict[str, object]:
    chosen = Organisation.objects.get(slug=organisation)
    email = f"somebody@{organisation}.example"
    told = {"organisation": chosen.pk, "roles": list(roles), "ceiling": "1", "email": email}
    return told | more


def test_the_page_is_absent_for_everybody_else(cast: Cast) -> None:
    auditor = person("oversight", Role.AUDITOR)
    others = (cast.kent_officer, cast.kent_lead, cast.hub_editor, auditor)
    for user in others:
        for path in ("/people/", "/people/add/", f"/people/{cast.kent_officer.public_id}/move/"):
            assert client_of(user).get(path).status_code == 404, (user, path)
    weak = client_of(cast.hub_approver, second_factor=False)
    assert weak.get("/people/").status_code in (302, 404)


def test_adding_somebody(cast: Cast, keeper: Client) -> None:
    answer = keeper.post(
        "/people/add/", fields("kent", "officer", name="New Officer", email="New@Kent.Example")
    )
    assert answer.status_code == 302
    user = User.objects.get(email="new@kent.example")
    assert seen_by(user).organisation == "kent"
    row = Entry.objects.get(event="person-created", action_object=user.public_id)
    assert row.actor == cast.hub_approver.public_id


def test_a_wrong_role_is_refused_with_the_right_ones(cast: Cast, keeper: Client) -> None:
    answer = keeper.post(
        "/people/add/", fields("kent", "auditor", name="N", email="n@kent.example")
    )
    assert answer.status_code == 400
    assert b"can be: Officer" in answer.content
    assert not User.objects.filter(email="n@kent.example").exists()


def test_a_taken_address_is_refused(cast: Cast, keeper: Client) -> None:
    answer = keeper.post(
        "/people/add/", fields("kent", "officer", name="N", email=cast.kent_officer.email.upper())
    )
    assert answer.status_code == 400


def test_two_who_add_one_address_at_once_are_told(
    cast: Cast, keeper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form looks before; the database decides."""
    monkeypatch.setattr(
        "forces.forms.PersonForm.clean_email", lambda self: self.cleaned_data["email"]
    )
    answer = keeper.post(
        "/people/add/", fields("kent", "officer", name="N", email=cast.kent_officer.email)
    )
    assert answer.status_code == 400
    assert b"already exists" in answer.content


def test_moving_somebody(cast: Cast, keeper: Client) -> None:
    path = f"/people/{cast.kent_officer.public_id}/move/"
    assert keeper.get(path).status_code == 200
    assert keeper.post(path, fields("essex", "author")).status_code == 302
    viewer = seen_by(cast.kent_officer)
    assert viewer.organisation == "essex"
    assert viewer.roles == {Role.AUTHOR}


def test_ending_a_membership_needs_a_yes(cast: Cast, keeper: Client) -> None:
    path = f"/people/{cast.kent_officer.public_id}/end/"
    assert keeper.post(path, {}).status_code == 400
    assert keeper.post(path, {"confirmed": "on"}).status_code == 302
    assert not User.objects.get(pk=cast.kent_officer.pk).is_active


def test_nobody_changes_themselves(cast: Cast, keeper: Client) -> None:
    for verb in ("move", "end"):
        path = f"/people/{cast.hub_approver.public_id}/{verb}/"
        assert keeper.get(path).status_code == 404
        assert keeper.post(path, {"confirmed": "on"}).status_code == 404


def test_the_list_can_be_narrowed_to_an_organisation(cast: Cast, keeper: Client) -> None:
    page = keeper.get("/people/?organisation=kent").content.decode()
    assert cast.kent_officer.email in page
    assert cast.met_officer.email not in page
