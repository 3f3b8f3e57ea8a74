"""Who gets in by a force's account, as whom, and how strong the session is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from access.vocabulary import Marking, Role
from audit.models import Entry
from forces import invitations
from forces.models import IdentityProvider, Invitation, Organisation, User
from forces.services import end_membership, move_person, tie_force_account
from forces.single_sign_on.claims import uid_of
from guidance.models import LessonPage
from portal.canary.documents import publish, write
from tests.forces.single_sign_on.conftest import Visit, last_refusal, onward_in
from tests.guidance.scene import Cast, seen_by
from tests.services.identity_provider.process import Provider
from tests.sign_in import client_of

Visiting = Callable[[], Visit]


def tie(user: User, provider: IdentityProvider, subject: str = "sam") -> None:
    uid = uid_of(provider, subject=subject)
    tie_force_account(user, provider=provider, uid=uid, by="system")


def let_in(lead: Client, asked: Invitation, **changes: Any) -> Any:
    posted = {"email": asked.email, "organisation": "kent", "roles": ["officer"], "ceiling": "1"}
    return lead.post(f"/people/invitations/?request={asked.ref}", {**posted, **changes})


def test_a_stranger_asks_and_the_lead_lets_them_in(
    cast: Cast, visit: Visiting, kents_provider: Provider
) -> None:
    """Claims suggest a role; the lead gives one."""
    kents_provider.claim("sam", roles=["Portal.Author"])
    first = visit().sign_in("sam")
    assert "Your lead has been asked" in first.content.decode()
    asked = Invitation.objects.get()
    assert (asked.email, asked.roles, asked.force_account.name) == (
        "sam@kent.police.example",
        ["author", "officer"],
        "Sam",
    )
    assert not User.objects.filter(email=asked.email).exists()
    lead = client_of(cast.kent_lead)
    page = lead.get(f"/people/invitations/?request={asked.ref}").content.decode()
    assert "Let Sam in" in page
    assert let_in(lead, asked).status_code == 302
    sam = User.objects.get(email=asked.email)
    assert seen_by(sam).roles == {Role.OFFICER}
    assert not sam.has_usable_password()
    assert mail.outbox[-1].to == [asked.email]
    again = visit()
    assert again.sign_in("sam", next="/help/").request["PATH_INFO"] == "/help/"
    assert again.browser.session["_auth_user_id"] == str(sam.pk)
    assert "sam@" not in str(list(Entry.objects.values()))


def test_an_invited_person_joins_by_signing_in(cast: Cast, visit: Visiting) -> None:
    made = invitations.invite(
        "sam@kent.police.example",
        organisation=Organisation.objects.get(slug="kent"),
        roles=[Role.OFFICER],
        ceiling=Marking.OFFICIAL_SENSITIVE,
        by=cast.kent_lead,
        viewer=seen_by(cast.kent_lead),
        at=timezone.now(),
    )
    assert made is not None
    answer = visit().sign_in("sam")
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] == "/"
    sam = User.objects.get(email="sam@kent.police.example")
    assert seen_by(sam).ceiling is Marking.OFFICIAL_SENSITIVE
    assert Invitation.objects.get().state == Invitation.State.ACCEPTED
    assert SocialAccount.objects.get().extra_data == {}


def test_a_second_factor_at_the_provider_is_one_here(
    cast: Cast, visit: Visiting, kent: IdentityProvider, kents_provider: Provider
) -> None:
    author = cast.kent_author
    sensitive = publish(
        write("own", LessonPage, by=author, marking=Marking.OFFICIAL_SENSITIVE),
        cast.kent_lead,
        by=author,
    )
    tie(author, kent)
    strong = visit()
    strong.sign_in("sam")
    assert strong.browser.get(f"/{sensitive.ref}/").status_code == 200
    kents_provider.claim("sam", amr=["pwd"])
    weak = visit()
    answer = weak.sign_in("sam")
    assert "Set up your second factor" in answer.content.decode()
    assert weak.browser.get(f"/{sensitive.ref}/").status_code == 302


@pytest.mark.parametrize("amr", ["mfa", [], None, ["MFA"], {"mfa": True}])
def test_only_the_agreed_word_in_a_list_makes_strong(
    cast: Cast, visit: Visiting, kent: IdentityProvider, kents_provider: Provider, amr: Any
) -> None:
    tie(cast.kent_author, kent)
    kents_provider.claim("sam", amr=amr)
    assert "Set up your second factor" in visit().sign_in("sam").content.decode()


def test_an_agreed_class_makes_strong(
    cast: Cast, visit: Visiting, kent: IdentityProvider, kents_provider: Provider
) -> None:
    tie(cast.kent_author, kent)
    kent.strong_classes = "c1 c2"
    kent.save()
    kents_provider.claim("sam", amr=None, acr="c2")
    assert visit().sign_in("sam").request["PATH_INFO"] == "/"


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": "Portal.Author"},
        {"roles": None, "_claim_names": {"groups": "src1"}, "hasgroups": True},
        {"groups": [{"id": "Portal.Author"}]},
    ],
    ids=["text for a list", "too many groups", "no list of text"],
)
def test_odd_claims_suggest_no_more_than_an_officer(
    visit: Visiting, kents_provider: Provider, claims: dict[str, Any]
) -> None:
    kents_provider.claim("sam", **claims)
    visit().sign_in("sam")
    assert Invitation.objects.get().roles == ["officer"]


def test_a_mover_and_a_leaver_are_out(cast: Cast, visit: Visiting, kent: IdentityProvider) -> None:
    """By the membership too, should the tie have been forgotten."""
    author = cast.kent_author
    tie(author, kent)
    essex = Organisation.objects.get(slug="essex")
    moved = {"roles": [Role.OFFICER], "ceiling": Marking.OFFICIAL, "by": "system"}
    move_person(author, organisation=essex, **moved, at=timezone.now())  # type: ignore[arg-type]
    assert not SocialAccount.objects.exists()
    tie(author, kent)
    answer = visit().sign_in("sam")
    assert "not of the force you work for now" in answer.content.decode()
    assert last_refusal() == "not-of-this-force"
    end_membership(author, by="system", at=timezone.now())
    assert not SocialAccount.objects.exists()


def test_somebody_here_already_is_tied_by_a_lead(
    cast: Cast, visit: Visiting, kent: IdentityProvider, kents_provider: Provider
) -> None:
    """An address alone finds nobody; and a lead ties nothing to themselves."""
    for name, one in (("author", cast.kent_author), ("lead", cast.kent_lead)):
        User.objects.filter(pk=one.pk).update(email=f"{name}@kent.police.example")
    kents_provider.claim("sam", email="author@kent.police.example")
    assert "Your lead has been asked" in visit().sign_in("sam").content.decode()
    lead = client_of(cast.kent_lead)
    assert let_in(lead, Invitation.objects.get(state="asked")).status_code == 302
    inside = visit()
    inside.sign_in("sam")
    assert inside.browser.session["_auth_user_id"] == str(cast.kent_author.pk)
    assert seen_by(cast.kent_author).roles == {Role.AUTHOR}
    kents_provider.claim("chief", email="lead@kent.police.example")
    visit().sign_in("chief")
    asked = Invitation.objects.get(state="asked")
    assert let_in(lead, asked).status_code == 403
    with pytest.raises(PermissionDenied):
        tie(cast.kent_lead, kent, subject="sam")


def test_a_request_that_was_replaced_is_not_let_in(
    cast: Cast, visit: Visiting, kents_provider: Provider
) -> None:
    """The lead looked at one account, and another with the same address came meanwhile."""
    visit().sign_in("sam")
    first = Invitation.objects.get()
    kents_provider.claim("mas", email="sam@kent.police.example")
    visit().sign_in("mas")
    with pytest.raises(ValidationError, match="changed meanwhile"):
        invitations.let_in(
            first,
            roles=[Role.OFFICER],
            ceiling=Marking.OFFICIAL,
            by=cast.kent_lead,
            viewer=seen_by(cast.kent_lead),
            at=timezone.now(),
        )
    assert [one.state for one in Invitation.objects.order_by("pk")] == ["closed", "asked"]


def test_a_fresh_proof_comes_from_the_provider(
    cast: Cast, visit: Visiting, kent: IdentityProvider, kents_provider: Provider
) -> None:
    tie(cast.kent_lead, kent)
    inside = visit()
    kents_provider.claim("sam", auth_time=int(timezone.now().timestamp()) - 3600)
    inside.sign_in("sam")
    asked = inside.browser.get("/people/invitations/")
    assert asked.headers["Location"] == "/accounts/force/again/?next=%2Fpeople%2Finvitations%2F"
    page = inside.browser.get(asked.headers["Location"])
    assert "Confirm that it is you" in page.content.decode()
    onward = onward_in(
        inside.browser.post("/accounts/force/again/", {"next": "/people/invitations/"})
    )
    assert "max_age=0" in onward
    assert "prompt=login" in onward
    stale = kents_provider.sign_in(onward, subject="sam")
    assert inside.browser.get(stale).status_code == 403
    assert last_refusal() == "auth-time"
    kents_provider.forget()
    onward = onward_in(
        inside.browser.post("/accounts/force/again/", {"next": "/people/invitations/"})
    )
    back = kents_provider.sign_in(onward, subject="sam")
    answer = inside.browser.get(back, follow=True)
    assert answer.request["PATH_INFO"] == "/people/invitations/"
    assert answer.status_code == 200


def test_proving_as_somebody_else_changes_nothing(
    cast: Cast, visit: Visiting, kent: IdentityProvider
) -> None:
    tie(cast.kent_lead, kent, subject="sam")
    tie(cast.kent_author, kent, subject="kim")
    inside = visit()
    inside.sign_in("sam")
    inside.sign_in("kim")
    assert last_refusal() == "somebody-else"
    assert inside.browser.session["_auth_user_id"] == str(cast.kent_lead.pk)
