"""Deletion takes two people, is recorded, and has no other door."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from access.vocabulary import Role
from audit.models import Entry
from forces.models import User
from guidance import deletion, services
from guidance.models import Document, GuidancePage, Reference, Review, StoredFile
from guidance.models.deletions import DeletionOutcome, DeletionRequest
from tests.guidance.scene import Cast, draft, person, published
from tests.guidance.test_serving import with_file
from tests.sign_in import client_of

REASON = "It was written for another case."


def post(client: Client, page: Document, action: str) -> int:
    sent = {"action": action, "reason": REASON}
    status: int = client.post(f"/admin/guidance/delete/{page.pk}/", sent).status_code
    return status


def exists(page: Document) -> bool:
    return bool(Document.objects.filter(pk=page.pk).exists())


def decisions(page: Document) -> list[tuple[str, str]]:
    rows = Entry.objects.filter(event="deletion", action_object=page.ref).order_by("pk")
    return list(rows.values_list("actor", "decision"))


def withdrawn(cast: Cast) -> GuidancePage:
    page: GuidancePage = published(cast.kent_author, cast.kent_lead)
    services.withdraw(page, by=cast.kent_author, reason="It no longer holds.")
    page.refresh_from_db()
    return page


def test_two_people_delete_a_withdrawn_page_with_its_files(
    cast: Cast, django_capture_on_commit_callbacks: object
) -> None:
    page = withdrawn(cast)
    file = with_file(page, cast.kent_author)
    page = GuidancePage.objects.get(pk=page.pk)
    path = Path(file.file.path)
    author, lead = client_of(cast.kent_author), client_of(cast.kent_lead)
    assert post(author, page, "ask") == 302
    assert page.ref in lead.get("/admin/").content.decode()
    for _ in range(2):
        post(author, page, "delete")
    assert exists(page)
    assert b"Delete for good" in lead.get(f"/admin/guidance/delete/{page.pk}/").content
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert post(lead, page, "delete") == 302
    assert not exists(page)
    assert not path.exists()
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    assert Reference.objects.filter(pk=page.ref).exists()
    assert decisions(page) == [
        (cast.kent_author.public_id, "asked"),
        (cast.kent_lead.public_id, "deleted"),
    ]
    assert REASON not in str(list(Entry.objects.values()))


def test_a_lead_does_not_carry_out_his_own_request(cast: Cast) -> None:
    page = withdrawn(cast)
    lead = client_of(cast.kent_lead)
    post(lead, page, "ask")
    post(lead, page, "delete")
    assert exists(page)
    request = DeletionRequest.objects.get()
    request.outcome, request.decided_by = DeletionOutcome.DELETED.value, cast.kent_lead
    request.decided_at = timezone.now()
    with pytest.raises(IntegrityError):
        request.save()


def test_an_author_does_not_carry_out_a_colleagues_request(cast: Cast) -> None:
    page = withdrawn(cast)
    post(client_of(cast.kent_lead), page, "ask")
    post(client_of(cast.kent_author), page, "delete")
    assert exists(page)
    assert post(client_of(person("kent", Role.APPROVER, name="second")), page, "delete") == 302
    assert not exists(page)


def test_deleting_for_good_asks_for_a_fresh_proof(cast: Cast) -> None:
    page = withdrawn(cast)
    post(client_of(cast.kent_author), page, "ask")
    client = client_of(cast.kent_lead, second_factor=False)
    post(client, page, "delete")
    assert exists(page)


def test_a_published_page_is_withdrawn_first(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    with pytest.raises(ValidationError):
        deletion.ask_for_deletion(page, by=cast.kent_author, reason=REASON)
    assert post(client_of(cast.kent_author), page, "ask") == 302
    assert not DeletionRequest.objects.exists()


def test_an_edit_makes_a_request_void(cast: Cast) -> None:
    page = withdrawn(cast)
    post(client_of(cast.kent_author), page, "ask")
    page.summary = "A better summary."
    page.save_revision(user=cast.kent_author, clean=False)
    lead = client_of(cast.kent_lead)
    post(lead, page, "delete")
    assert exists(page)
    post(lead, page, "keep")
    assert decisions(page)[-1] == (cast.kent_lead.public_id, "kept")
    assert deletion.open_request(page) is None


@pytest.mark.parametrize("touched", ["", "edited", "submitted"])
def test_a_draft_that_nobody_else_touched_is_its_authors(cast: Cast, touched: str) -> None:
    page = draft(cast.kent_author)
    if touched == "edited":
        page.save_revision(user=cast.kent_lead, clean=False)
    elif touched == "submitted":
        services.submit(page, by=cast.kent_author)
        Review.objects.update(closed_at=timezone.now())
    client = client_of(cast.kent_author)
    post(client, page, "own-draft")
    assert exists(page) == bool(touched)
    assert decisions(page) == ([] if touched else [(cast.kent_author.public_id, "own-draft")])


def test_a_colleague_throws_no_draft_of_anothers_away(cast: Cast) -> None:
    page = draft(cast.kent_author)
    for user in (cast.kent_lead, person("kent", Role.AUTHOR, name="second")):
        post(client_of(user), page, "own-draft")
    assert exists(page)


@pytest.mark.parametrize("door", ["wagtail", "row", "rows"])
def test_there_is_no_other_door(cast: Cast, door: str) -> None:
    page = draft(cast.kent_author)
    if door == "wagtail":
        client = client_of(cast.kent_author)
        response = client.post(f"/admin/pages/{page.pk}/delete/", {"confirm_site_name": "yes"})
        assert response["Location"] == f"/admin/guidance/delete/{page.pk}/"
    elif door == "row":
        with pytest.raises(deletion.NotDeletable), transaction.atomic():
            page.delete()
    else:
        with pytest.raises(deletion.NotDeletable), transaction.atomic():
            GuidancePage.objects.filter(pk=page.pk).delete()
    assert exists(page)


def test_others_meet_no_such_page(cast: Cast) -> None:
    page = withdrawn(cast)
    stranger: User = person("essex", Role.APPROVER)
    for number in (page.pk, 999_999):
        for name in ("guidance/delete/{}/", "pages/{}/delete/"):
            address = "/admin/" + name.format(number)
            assert client_of(stranger).get(address).status_code == 404
