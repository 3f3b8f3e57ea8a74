"""From an address to a person: who may ask whom in, what a token is worth, who learns what."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.vocabulary import Marking, Role
from audit.models import Entry
from forces import invitations
from forces.models import AccessRequest, EmailDomain, Invitation, Organisation, User
from forces.services import end_membership
from tests.guidance.scene import Cast, person, seen_by
from tests.sign_in import client_of

NEW = "new.officer@kent.police.example"
PASSWORD = "seven-lanterns-at-dusk"
OFFICER = {"organisation": "kent", "roles": ["officer"], "ceiling": "1"}


@pytest.fixture
def kent(cast: Cast) -> Organisation:
    found = Organisation.objects.get(slug="kent")
    EmailDomain.objects.create(domain="kent.police.example", organisation=found)
    return found


@pytest.fixture
def lead(cast: Cast, kent: Organisation) -> Client:
    return client_of(cast.kent_lead)


def invite(client: Client, email: str = NEW, **changes: Any) -> Any:
    return client.post("/people/invitations/", {**OFFICER, "email": email, **changes})


def link_in_mail() -> str:
    found = re.search(r"https?://[^/]+(/join/\S+/)", str(mail.outbox[-1].body))
    assert found is not None
    return found[1]


def join(path: str, **changes: str) -> Any:
    return Client().post(path, {"name": "A New Officer", "password": PASSWORD, **changes})


def test_from_invitation_to_the_second_factor(cast: Cast, lead: Client) -> None:
    assert invite(lead).status_code == 302
    assert mail.outbox[-1].to == [NEW]
    browser = Client()
    path = link_in_mail()
    assert NEW in browser.get(path).content.decode()
    answer = browser.post(path, {"name": "A New Officer", "password": PASSWORD}, follow=True)
    assert "Set up your second factor" in answer.content.decode()
    viewer = seen_by(User.objects.get(email=NEW))
    assert viewer.organisation == "kent"
    assert viewer.roles == {Role.OFFICER}
    assert viewer.ceiling is Marking.OFFICIAL
    events = Entry.objects.filter(event="invitation").order_by("pk")
    assert [one.decision for one in events] == ["invited", "accepted"]
    assert NEW not in str(list(Entry.objects.values()))


def test_a_mail_names_nobody(cast: Cast, lead: Client) -> None:
    invite(lead)
    told = mail.outbox[-1].subject + str(mail.outbox[-1].body)
    assert cast.kent_lead.name not in told
    assert "Kent" not in told


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUTHOR])
def test_for_everybody_else_the_page_does_not_exist(cast: Cast, role: Role) -> None:
    client = client_of(person("kent", role, name="somebody"))
    assert client.get("/people/invitations/").status_code == 404
    assert invite(client).status_code == 404


def test_a_lead_sees_and_fills_the_own_queue_only(cast: Cast, lead: Client) -> None:
    essex = Organisation.objects.get(slug="essex")
    EmailDomain.objects.create(domain="essex.police.example", organisation=essex)
    theirs = Invitation.objects.create(
        email="somebody@essex.police.example", organisation=essex, state="asked"
    )
    assert theirs.email not in lead.get("/people/invitations/").content.decode()
    assert lead.post(f"/people/invitations/{theirs.ref}/close/").status_code == 404
    assert invite(lead, theirs.email, organisation="essex").status_code == 400
    asked = lead.get(f"/people/invitations/?request={theirs.ref}").content.decode()
    assert theirs.email not in asked
    theirs.refresh_from_db()
    assert theirs.state == "asked"


@pytest.mark.parametrize("role", ["approver", "hub-editor", "auditor", "administrator"])
def test_a_lead_makes_readers_and_authors_only(lead: Client, role: str) -> None:
    assert invite(lead, roles=[role]).status_code == 400
    assert not Invitation.objects.exists()


def test_the_service_refuses_what_the_form_does_not_offer(cast: Cast, kent: Organisation) -> None:
    facts: dict[str, Any] = {
        "ceiling": Marking.OFFICIAL,
        "by": cast.kent_lead,
        "at": timezone.now(),
    }
    viewer = seen_by(cast.kent_lead)
    for organisation, roles in ((kent, [Role.APPROVER]), (kent, [])):
        with pytest.raises(PermissionDenied):
            invitations.invite(NEW, organisation=organisation, roles=roles, viewer=viewer, **facts)
    with pytest.raises(PermissionDenied):
        invitations.invite(
            NEW,
            organisation=kent,
            roles=[Role.OFFICER],
            viewer=seen_by(cast.kent_lead, second_factor=False),
            **facts,
        )


@pytest.mark.parametrize(
    "email",
    [
        "somebody@elsewhere.example",
        "somebody@evil-kent.police.example",
        "somebody@kent.police.example.evil.example",
        "somebody@sub.kent.police.example",
    ],
)
def test_only_addresses_of_the_force(lead: Client, email: str) -> None:
    answer = invite(lead, email)
    assert answer.status_code == 400
    assert "does not belong to Kent" in answer.content.decode()
    assert not mail.outbox


def test_a_domain_that_was_given_up_invites_nobody(lead: Client, kent: Organisation) -> None:
    EmailDomain.objects.update(ended_at=timezone.now())
    assert invite(lead).status_code == 400


def test_who_is_here_already_is_told_by_mail_and_nobody_else(cast: Cast, lead: Client) -> None:
    User.objects.filter(pk=cast.kent_officer.pk).update(email="known@kent.police.example")
    known, new = invite(lead, "known@kent.police.example"), invite(lead)
    assert (known.status_code, known.headers["Location"]) == (
        new.status_code,
        new.headers["Location"],
    )
    assert "have an account already" in str(mail.outbox[0].body)
    assert Invitation.objects.filter(email="known@kent.police.example").count() == 0


def test_a_token_works_once(cast: Cast, lead: Client) -> None:
    invite(lead)
    path = link_in_mail()
    assert join(path).status_code == 302
    gone = join(path, name="Another")
    assert gone.status_code == 404
    assert "no longer works" in gone.content.decode()
    assert User.objects.filter(email=NEW).count() == 1


@pytest.mark.parametrize(
    "what", ["withdrawn", "too old", "another sent", "lead left", "unknown", "long"]
)
def test_a_token_that_is_worth_nothing_any_more(cast: Cast, lead: Client, what: str) -> None:
    invite(lead)
    path = link_in_mail()
    invitation = Invitation.objects.get()
    if what == "withdrawn":
        lead.post(f"/people/invitations/{invitation.ref}/close/")
    elif what == "too old":
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif what == "another sent":
        invite(lead)
    elif what == "lead left":
        end_membership(cast.kent_lead, by="system", at=timezone.now())
    else:
        path = "/join/" + {"unknown": "x" * 43, "long": "y" * 2_000}[what] + "/"
    for answer in (Client().get(path), join(path)):
        assert answer.status_code == 404
    assert not User.objects.filter(email=NEW).exists()


def test_two_who_join_at_once_are_one(cast: Cast, lead: Client) -> None:
    invite(lead)
    token = link_in_mail().split("/")[2]
    facts: dict[str, Any] = {"name": "One", "password": PASSWORD, "at": timezone.now()}
    invitations.join(token, **facts)
    with pytest.raises(ValidationError):
        invitations.join(token, **facts)


@pytest.mark.parametrize(
    ("password", "said"),
    [("short", "too short"), ("password1234", "too common"), (NEW, "too similar"), ("", "Fill in")],
)
def test_a_password_that_anybody_would_guess(lead: Client, password: str, said: str) -> None:
    invite(lead)
    answer = join(link_in_mail(), password=password)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not User.objects.filter(email=NEW).exists()


def test_the_database_keeps_no_token(lead: Client) -> None:
    invite(lead)
    token = link_in_mail().split("/")[2]
    assert token not in str(list(Invitation.objects.values()))


def ask(email: str) -> tuple[int, bytes, int]:
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        answer = client.post("/join/", {"email": email})
    return answer.status_code, answer.content, len(queries)


def test_asking_looks_the_same_for_every_address(cast: Cast, kent: Organisation) -> None:
    User.objects.filter(pk=cast.kent_officer.pk).update(email="known@kent.police.example")
    ask("warm@up.example")
    answers = {
        ask(email) for email in ("known@kent.police.example", NEW, "nobody@elsewhere.example")
    }
    assert len(answers) == 1


def test_a_request_reaches_the_lead_once(cast: Cast, lead: Client) -> None:
    User.objects.filter(pk=cast.kent_officer.pk).update(email="known@kent.police.example")
    for email in (NEW, NEW.upper(), "known@kent.police.example", "nobody@elsewhere.example"):
        ask(email)
    assert invitations.take_in_requests() == 4
    assert not AccessRequest.objects.exists()
    asked = Invitation.objects.get()
    shown = lead.get("/people/invitations/").content.decode()
    assert NEW in shown
    assert "Asks for access" in shown
    prefilled = lead.get(f"/people/invitations/?request={asked.ref}").content.decode()
    assert f'value="{NEW}"' in prefilled
    invite(lead)
    assert [one.state for one in Invitation.objects.order_by("pk")] == ["closed", "sent"]


def test_the_hub_invites_into_any_force(cast: Cast, kent: Organisation) -> None:
    hub = client_of(cast.hub_approver)
    assert invite(hub, roles=["author"]).status_code == 302
    assert Invitation.objects.get().roles == ["author"]
    assert invite(hub, "b@kent.police.example", roles=["approver"]).status_code == 400
    assert invite(hub, "b@kent.police.example", roles=["hub-editor"]).status_code == 400


def test_a_thousand_guesses_are_cut_off(db: None) -> None:
    statuses = [Client().get(f"/join/{'x' * 42}{n}/").status_code for n in range(3)]
    assert statuses == [404] * 3
    statuses = [Client().post(f"/join/{'x' * 40}{n}/").status_code for n in range(25)]
    assert statuses[-1] == 429


def test_who_was_sent_a_page_comes_to_it_by_joining(cast: Cast, lead: Client) -> None:
    """Whether it is there or not: nobody has looked."""
    invite(lead)
    browser = Client()
    assert browser.get("/GD-22222/?q=words").status_code == 302
    answer = browser.post(link_in_mail(), {"name": "A New Officer", "password": PASSWORD})
    assert answer["Location"] == "/GD-22222/"
    assert browser.cookies["wanted"].value == ""
    assert browser.get(answer["Location"])["Location"] == "/accounts/2fa/totp/activate/"
    assert browser.session["wanted_before_enrolment"] == "/GD-22222/"


@pytest.mark.parametrize("planted", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_a_planted_address_leads_home(cast: Cast, lead: Client, planted: str) -> None:
    invite(lead)
    browser = Client()
    browser.cookies["wanted"] = planted
    answer = browser.post(link_in_mail(), {"name": "A New Officer", "password": PASSWORD})
    assert answer["Location"] == "/"
