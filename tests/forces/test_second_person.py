"""Two people give what opens much: roles that approve, places at the hub, providers and domains."""

from __future__ import annotations

import ast
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from access.vocabulary import Marking, Role
from audit.models import Entry
from forces import proposals
from forces.models import EmailDomain, IdentityProvider, Organisation, Proposal, User
from forces.proposals import Place
from forces.services import end_membership
from tests.guidance.scene import Cast, person, seen_by
from tests.house.tree import ROOMS, modules_of, parsed
from tests.sign_in import client_of

PRIVATE = "mine@mailbox.example"
ISSUER = "https://login.example/0f1e/v2.0"


@pytest.fixture
def second(cast: Cast) -> User:
    """Another hub approver; every organisation has its domain."""
    for organisation in Organisation.objects.all():
        EmailDomain.objects.create(domain=f"{organisation.slug}.example", organisation=organisation)
    return person("hub", Role.HUB_APPROVER, name="second")


def place(organisation: str, *roles: str, email: str = "", **more: object) -> dict[str, object]:
    return {
        "organisation": Organisation.objects.get(slug=organisation).pk,
        "roles": list(roles),
        "ceiling": "2",
        "email": email or f"new@{organisation}.example",
        **more,
    }


def answer(user: User, verb: str, proposal: Proposal | None = None) -> Any:
    ref = (proposal or Proposal.objects.latest("pk")).ref
    return client_of(user).post(f"/people/changes/{ref}/{verb}/", follow=True)


# ------------------------------------------------------------------------------ whose address


@pytest.mark.parametrize("verb", ["add", "move"])
def test_nobody_enters_with_an_address_of_another_domain(
    cast: Cast, second: User, verb: str
) -> None:
    path = "/people/add/" if verb == "add" else f"/people/{cast.kent_officer.public_id}/move/"
    for email in (
        PRIVATE,
        "x@essex.example",
        "x@notkent.example",
        "x@kent.example.mailbox.example",
    ):
        told = client_of(cast.hub_approver).post(
            path, place("kent", "officer", name="N", email=email)
        )
        assert told.status_code == 400, email
        assert "does not belong to Kent" in told.content.decode()
    assert not Proposal.objects.exists()
    assert seen_by(cast.kent_officer).organisation == "kent"
    EmailDomain.objects.filter(domain="kent.example").update(ended_at=timezone.now())
    again = client_of(cast.hub_approver).post(path, place("kent", "officer", name="N"))
    assert again.status_code == 400


def test_a_domain_given_up_meanwhile_ends_a_proposal(cast: Cast, second: User) -> None:
    client_of(cast.hub_approver).post("/people/add/", place("kent", "approver", name="N"))
    EmailDomain.objects.filter(domain="kent.example").update(ended_at=timezone.now())
    assert "does not belong to Kent" in answer(second, "confirm").content.decode()
    assert not User.objects.filter(email="new@kent.example").exists()
    assert Proposal.objects.get().state == "waiting"


def test_whoever_moves_keeps_the_second_factor_and_nothing_else(cast: Cast, second: User) -> None:
    user = cast.kent_officer
    user.set_password("seven-lanterns-at-dusk")
    user.save()
    open_session = client_of(user)
    path = f"/people/{user.public_id}/move/"
    moved = client_of(cast.hub_approver).post(path, place("essex", "author"))
    assert moved.status_code == 302
    user.refresh_from_db()
    assert user.email == "new@essex.example"
    assert not user.has_usable_password()
    assert open_session.get("/").status_code == 302
    rows = Entry.objects.filter(action_object=user.public_id)
    assert rows.filter(decision="readdressed").exists()


def test_only_these_let_somebody_in_without_asking_who_calls() -> None:
    """Everything else goes by `forces.proposals` or an invitation: both ask for the domain."""
    services = {"create_person", "move_person"}
    callers = {
        path.name
        for path in modules_of(*ROOMS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and services & {one.name for one in node.names}
    }
    by_nobody = {"people.py", "library.py", "scene.py", "world.py"}
    assert callers == {"proposals.py", "invitations.py", "create_person.py"} | by_nobody


# ------------------------------------------------------------------------------ administrators


def test_an_administrator_gives_no_right_to_content(cast: Cast, second: User) -> None:
    administrator = person("hub", Role.ADMINISTRATOR)
    client = client_of(administrator)
    for organisation, role in (
        ("hub", "hub-approver"),
        ("hub", "officer"),
        ("kent", "officer"),
        ("kent", "approver"),
        ("oversight", "auditor"),
    ):
        assert client.post("/people/add/", place(organisation, role, name="N")).status_code == 400
    path = f"/people/{cast.kent_officer.public_id}/move/"
    assert client.post(path, place("hub", "hub-approver")).status_code == 400
    assert not Proposal.objects.exists()
    assert client.get("/people/invitations/").status_code == 404
    with pytest.raises(PermissionDenied):
        proposals.add_person(
            Place(
                organisation=Organisation.objects.get(slug="kent"),
                roles=[Role.OFFICER],
                ceiling=Marking.OFFICIAL,
            ),
            email="x@kent.example",
            name="N",
            by=administrator,
            viewer=seen_by(administrator),
        )


def test_an_administrator_cannot_confirm_a_hub_role(cast: Cast, second: User) -> None:
    client_of(cast.hub_approver).post("/people/add/", place("hub", "hub-editor", name="N"))
    administrator = person("hub", Role.ADMINISTRATOR)
    assert answer(administrator, "confirm").status_code == 404
    assert (
        "new@hub.example" not in client_of(administrator).get("/people/changes/").content.decode()
    )


# ------------------------------------------------------------------------------ a second person


@pytest.mark.parametrize(
    ("organisation", "role"),
    [
        ("kent", "approver"),
        ("hub", "hub-approver"),
        ("hub", "hub-editor"),
        ("hub", "information-rights"),
        ("hub", "administrator"),
        ("hub", "officer"),
        ("oversight", "auditor"),
    ],
)
def test_it_counts_once_another_has_confirmed(
    cast: Cast, second: User, organisation: str, role: str
) -> None:
    told = client_of(cast.hub_approver).post(
        "/people/add/", place(organisation, role, name="New"), follow=True
    )
    assert "second person has to confirm" in told.content.decode()
    assert not User.objects.filter(name="New").exists()
    assert "Confirmed" in answer(second, "confirm").content.decode()
    user = User.objects.get(name="New")
    assert seen_by(user).roles == {Role(role)}
    rows = Entry.objects.filter(event="access-change").order_by("pk")
    assert [(row.actor, row.decision) for row in rows] == [
        (cast.hub_approver.public_id, "proposed"),
        (second.public_id, "confirmed"),
    ]
    assert rows[0].detail == {"kind": "add", "roles": role, "ceiling": 2}


def test_nobody_confirms_what_they_proposed(cast: Cast, second: User) -> None:
    client_of(cast.hub_approver).post("/people/add/", place("kent", "approver", name="New"))
    page = client_of(cast.hub_approver).get("/people/changes/").content.decode()
    assert "Withdraw" in page
    assert ">Confirm" not in page
    assert "ask a colleague" in answer(cast.hub_approver, "confirm").content.decode()
    assert not User.objects.filter(name="New").exists()
    waiting = Proposal.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.update(state="confirmed", decided_by=cast.hub_approver)
    assert waiting.state == "waiting"


def test_nobody_confirms_what_they_gain_by(cast: Cast, second: User) -> None:
    lead = cast.kent_lead
    path = f"/people/{second.public_id}/move/"
    told = place("hub", "hub-approver", "information-rights", email=second.email)
    assert client_of(cast.hub_approver).post(path, told).status_code == 302
    assert "ask a colleague" in answer(second, "confirm").content.decode()
    assert seen_by(second).roles == {Role.HUB_APPROVER}
    assert answer(lead, "confirm").status_code == 404
    third = person("hub", Role.HUB_APPROVER, name="third")
    answer(third, "confirm")
    assert Role.INFORMATION_RIGHTS in seen_by(second).roles


def test_one_person_still_lets_readers_and_authors_in(cast: Cast, second: User) -> None:
    told = place("kent", "officer", "author", name="New")
    assert client_of(cast.hub_approver).post("/people/add/", told).status_code == 302
    assert seen_by(User.objects.get(name="New")).roles == {Role.OFFICER, Role.AUTHOR}
    assert not Proposal.objects.exists()


def test_what_is_declined_or_old_or_of_somebody_who_left_counts_no_more(
    cast: Cast, second: User
) -> None:
    client = client_of(cast.hub_approver)
    for number in range(3):
        email = f"n{number}@kent.example"
        client.post("/people/add/", place("kent", "approver", name=f"N{number}", email=email))
    declined, old, left = Proposal.objects.order_by("pk")
    answer(second, "decline", declined)
    assert answer(second, "confirm", declined).status_code == 404
    Proposal.objects.filter(pk=old.pk).update(made_at=timezone.now() - timedelta(days=14))
    assert answer(second, "confirm", old).status_code == 404
    end_membership(cast.hub_approver, by="system", at=timezone.now())
    assert "Not done" in answer(second, "confirm", left).content.decode()
    assert not User.objects.filter(name__startswith="N").exists()


def test_confirming_asks_for_a_fresh_proof(cast: Cast, second: User) -> None:
    client_of(cast.hub_approver).post("/people/add/", place("kent", "approver", name="New"))
    stale = client_of(second)
    session = stale.session
    for one in session["account_authentication_methods"]:
        one["at"] -= 3 * 60 * 60
    session.save()
    ref = Proposal.objects.get().ref
    told = stale.post(f"/people/changes/{ref}/confirm/")
    assert told.status_code == 403
    assert "reauthenticate" in told.content.decode()
    assert not User.objects.filter(name="New").exists()


def test_an_invitation_carries_what_one_person_gives(cast: Cast, second: User) -> None:
    client = client_of(cast.hub_approver)
    told = {"email": "n@kent.example", "organisation": "kent", "ceiling": "1"}
    for role in ("approver", "hub-approver"):
        assert client.post("/people/invitations/", {**told, "roles": [role]}).status_code == 400
    hub = {**told, "email": "n@hub.example", "organisation": "hub", "roles": ["officer"]}
    assert client.post("/people/invitations/", hub).status_code == 400
    assert client.post("/people/invitations/", {**told, "roles": ["officer"]}).status_code == 302


# ------------------------------------------------------------------------- providers, domains


def provider(**changes: str) -> dict[str, str]:
    kent = Organisation.objects.get(slug="kent")
    return {
        "slug": "kent",
        "organisation": str(kent.pk),
        "kind": "oidc",
        "issuer": ISSUER,
        "tenant": "0f1e",
        "client_id": "portal",
        "strong_methods": "mfa",
        **changes,
    }


def confirmed_provider(cast: Cast, second: User) -> IdentityProvider:
    client_of(cast.hub_approver).post("/admin/identity_providers/new/", provider())
    answer(second, "confirm")
    return IdentityProvider.objects.get(slug="kent")


def test_a_new_provider_waits_for_a_second_person(cast: Cast, second: User) -> None:
    posted = client_of(cast.hub_approver).post("/admin/identity_providers/new/", provider())
    assert posted.status_code == 302
    assert not IdentityProvider.objects.exists()
    assert "ask a colleague" in answer(cast.hub_approver, "confirm").content.decode()
    assert not IdentityProvider.objects.exists()
    answer(second, "confirm")
    row = IdentityProvider.objects.get()
    assert (row.issuer, row.tenant, row.client_id) == (ISSUER, "0f1e", "portal")
    told = Entry.objects.get(event="organisation-changed")
    assert (told.actor, told.decision) == (second.public_id, "added")
    assert told.detail["issuer.after"] == ISSUER


def test_where_people_sign_in_is_not_turned_round_by_one(cast: Cast, second: User) -> None:
    row = confirmed_provider(cast, second)
    path = f"/admin/identity_providers/edit/{row.pk}/"
    hostile = "https://mine.example"
    assert client_of(second).post(path, provider(issuer=hostile)).status_code == 302
    row.refresh_from_db()
    assert row.issuer == ISSUER
    page = client_of(cast.hub_approver).get("/people/changes/").content.decode()
    assert ISSUER in page
    assert hostile in page
    answer(cast.hub_approver, "confirm")
    row.refresh_from_db()
    assert row.issuer == hostile
    told = Entry.objects.filter(event="organisation-changed").latest("pk")
    assert told.detail == {"issuer.before": ISSUER, "issuer.after": hostile}


def test_a_provider_that_changed_meanwhile_is_not_overwritten(cast: Cast, second: User) -> None:
    row = confirmed_provider(cast, second)
    path = f"/admin/identity_providers/edit/{row.pk}/"
    client_of(cast.hub_approver).post(path, provider(issuer="https://one.example"))
    IdentityProvider.objects.update(issuer="https://two.example")
    assert "meanwhile" in answer(second, "confirm").content.decode()
    assert IdentityProvider.objects.get().issuer == "https://two.example"


def test_shutting_a_door_waits_for_nobody_and_opening_it_again_does(
    cast: Cast, second: User
) -> None:
    row = confirmed_provider(cast, second)
    path = f"/admin/identity_providers/edit/{row.pk}/"
    client = client_of(cast.hub_approver)
    assert client.post(path, provider(ended_at="2026-01-01 00:00")).status_code == 302
    row.refresh_from_db()
    assert row.ended_at is not None
    assert Entry.objects.filter(event="organisation-changed").latest("pk").decision == "ended"
    client.post(path, provider())
    row.refresh_from_db()
    assert row.ended_at is not None
    answer(second, "confirm")
    row.refresh_from_db()
    assert row.ended_at is None


def test_a_domain_waits_for_a_second_person_too(cast: Cast, second: User) -> None:
    kent = Organisation.objects.get(slug="kent")
    told = {"domain": "mailbox.example", "organisation": str(kent.pk)}
    client_of(cast.hub_approver).post("/admin/domains/new/", told)
    assert not EmailDomain.objects.filter(domain="mailbox.example").exists()
    answer(second, "confirm")
    assert EmailDomain.objects.get(domain="mailbox.example").organisation == kent
    row = Entry.objects.get(event="organisation-changed")
    assert row.detail["domain.after"] == "mailbox.example"


def test_long_values_and_certificates_stand_in_the_trail_as_it_takes_them() -> None:
    from forces.door_changes import words_of

    facts = {
        "before": {"issuer": ""},
        "after": {"issuer": f"https://a.example/{'x' * 100}", "certificate": "-----BEGIN"},
    }
    told = words_of({**facts, "after": {**facts["after"], "certificate": "-----BEGIN X-----\nA="}})
    assert told["issuer.before"] == ""
    assert f"{told['issuer.after']}{told['issuer.after.1']}" == facts["after"]["issuer"]
    assert str(told["certificate.after"]).startswith("sha256:")


def test_the_page_is_absent_for_everybody_else(cast: Cast, second: User) -> None:
    for user in (cast.kent_lead, cast.hub_editor, cast.kent_officer):
        assert client_of(user).get("/people/changes/").status_code == 404
    assert Client().get("/people/changes/").status_code == 302
