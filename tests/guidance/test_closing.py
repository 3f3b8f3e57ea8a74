"""Withdraw or replace: each with its half of the form, a successor that is there, and a trail."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from access.vocabulary import Role
from audit.models import Entry
from forces.models import User
from guidance import services
from guidance.act_forms import NarrowForm, WithdrawForm
from guidance.models import Document, GuidancePage
from guidance.models.document import IMPLAUSIBLE
from tests.guidance.scene import Cast, draft, person, published, seen_by
from tests.sign_in import client_of


def form(document: Document, by: User, **sent: str) -> WithdrawForm:
    """The form as somebody sends it."""
    data = QueryDict(mutable=True)
    data.update(sent)
    found = WithdrawForm(data, document=document, viewer=seen_by(by))
    found.is_valid()
    return found


def closed(document: Document) -> tuple[str, str]:
    """State and successor of the row as it is now."""
    row = GuidancePage.objects.get(pk=document.pk)
    return row.state, row.successor_ref


@pytest.fixture
def page(cast: Cast) -> GuidancePage:
    """What stops holding."""
    return published(cast.kent_author, cast.kent_lead)


def test_a_page_is_replaced_through_the_admin(cast: Cast, page: GuidancePage) -> None:
    new = published(cast.kent_author, cast.kent_lead, title="The new one")
    client = client_of(cast.kent_lead)
    address = f"/admin/guidance/withdraw/{page.pk}/"
    sent = {"act": "replace", "successor_ref": "GD-22222", "reason": "It is shorter now."}
    refused = client.post(address, sent)
    told = refused.content.decode()
    assert refused.status_code == 400
    assert "There is no published page GD-22222 that you may see." in told
    assert "It is shorter now." in told, "what was written stays"
    assert closed(page) == ("published", "")
    # As people type it: in small letters, as an address.
    assert (
        client.post(address, {**sent, "successor_ref": f" /{new.ref.lower()}/ "}).status_code == 302
    )
    assert closed(page) == ("superseded", new.ref)
    row = Entry.objects.get(event="withdrawal", action_object=page.ref)
    assert (row.actor, row.reason) == (cast.kent_lead.public_id, "superseded")
    assert "The new one" in client_of(cast.kent_officer).get(page.address).content.decode()


def test_a_page_is_withdrawn_through_the_admin(cast: Cast, page: GuidancePage) -> None:
    client = client_of(cast.kent_lead)
    address = f"/admin/guidance/withdraw/{page.pk}/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"act": "withdraw", "reason": "old"}).status_code == 400
    assert (
        client.post(address, {"act": "withdraw", "reason": "The law changed."}).status_code == 302
    )
    assert closed(page) == ("withdrawn", "")


def test_each_way_needs_its_half(cast: Cast, page: GuidancePage) -> None:
    assert "act" in form(page, cast.kent_lead, reason="The law changed.").errors
    assert set(form(page, cast.kent_lead, act="replace").errors) == {"successor_ref"}
    assert set(form(page, cast.kent_lead, act="withdraw").errors) == {"reason"}
    assert form(page, cast.kent_lead, act="withdraw", reason="The law changed.").errors == {}


def test_a_successor_that_is_hidden_is_answered_like_none(cast: Cast, page: GuidancePage) -> None:
    """A draft, another force's own page, itself, and one that no longer holds."""
    essex = person("essex", Role.AUTHOR)
    lead = person("essex", Role.APPROVER)
    hidden = published(essex, lead, title="Essex only")
    old = published(cast.kent_author, cast.kent_lead)
    services.withdraw(old, by=cast.kent_lead, reason="The law changed.")
    told: list[Any] = []
    for ref in (hidden.ref, draft(cast.kent_author).ref, old.ref, "GD-22222"):
        errors = form(page, cast.kent_lead, act="replace", successor_ref=ref).errors
        told.append(str(errors).replace(ref, "REF"))
    assert len(set(told)) == 1
    assert "There is no published page REF that you may see." in told[0]
    itself = form(page, cast.kent_lead, act="replace", successor_ref=page.ref)
    assert "cannot replace itself" in str(itself.errors["successor_ref"])


@pytest.mark.parametrize("ref", ["", "GD-22222", "itself"])
def test_the_service_takes_no_successor_that_is_none(
    cast: Cast, page: GuidancePage, ref: str
) -> None:
    with pytest.raises(ValidationError):
        services.supersede(
            page, by=cast.kent_lead, successor_ref=page.ref if ref == "itself" else ref
        )
    assert closed(page) == ("published", "")


def test_what_was_replaced_needs_a_second_person_to_come_back(
    cast: Cast, page: GuidancePage
) -> None:
    new = published(cast.kent_author, cast.kent_lead)
    services.supersede(page, by=cast.kent_lead, successor_ref=new.ref)
    row = GuidancePage.objects.get(pk=page.pk)
    revision = row.save_revision(user=cast.kent_lead)
    with pytest.raises(services.NotApproved):
        revision.publish(user=cast.kent_lead, skip_permission_checks=True)
    assert closed(page) == ("superseded", new.ref)


def test_narrowing_to_an_impossible_end_is_refused(cast: Cast, page: GuidancePage) -> None:
    data = QueryDict(mutable=True)
    data.update({"visible_until": "1066-10-14 09:00", "marking": "1", "reason": "Under review."})
    narrowed = NarrowForm(data)
    narrowed.is_valid()
    assert narrowed.errors["visible_until"] == [IMPLAUSIBLE]
