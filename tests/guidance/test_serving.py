"""The gate: who gets a page, a file, a picture, a preview; and what the trail says of it."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.policy import ANONYMOUS
from access.vocabulary import Marking, Role
from audit.models import Entry
from forces.models import User
from forces.services import join_group
from guidance import services
from guidance.files.binding import bind_files
from guidance.models import Attachment, AudienceTerm, GuidancePage, StoredFile
from guidance.serving import Opened, Refused, open_document, open_file, open_preview
from tests.channels.answers import ask
from tests.guidance.scene import (
    LONG_AGO,
    Cast,
    approve_all,
    delete,
    draft,
    in_future,
    need_to_know,
    person,
    published,
    seen_by,
)
from tests.guidance.stored import stored_file, stored_picture
from tests.sign_in import client_of


def opened(ref: str, user: User, *, second_factor: bool = True) -> Opened:
    viewer = seen_by(user, second_factor=second_factor)
    return open_document(viewer, ref, at=timezone.now(), request_id="r")


def with_file(page: GuidancePage, user: User) -> StoredFile:
    """Attach a small text file to the newest draft."""
    content = ContentFile(b"A form.", name="secret-name.txt")
    file: StoredFile = StoredFile.objects.create(
        title="Form.txt", uploaded_by_user=user, file=content
    )
    page.attachments.add(Attachment(file=file, label="Form"))
    bind_files(page)
    page.save_revision(user=user)
    return file


def test_another_force_is_refused_like_an_unknown_reference(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    assert opened(page.ref, cast.kent_officer).document.pk == page.pk
    costs = []
    for ref in (page.ref, "GD-22222"):
        with (
            CaptureQueriesContext(
                connection,
            ) as queries,
            pytest.raises(Refused) as refused,
        ):
            opened(ref, cast.essex_officer)
        costs.append(len(queries))
        assert str(refused.value) == ""
    assert costs[0] == costs[1], "the number of statements tells hidden from absent"


def test_refusals_and_sensitive_readings_are_in_the_trail(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead, marking=Marking.OFFICIAL_SENSITIVE)
    with pytest.raises(Refused):
        opened(page.ref, cast.essex_officer)
    opened(page.ref, cast.kent_officer)
    rows = Entry.objects.filter(action_object=page.ref, event__in=("refusal", "sensitive-reading"))
    assert [(row.event, row.actor, row.reason) for row in rows.order_by("pk")] == [
        ("refusal", cast.essex_officer.public_id, "outside-audience"),
        ("sensitive-reading", cast.kent_officer.public_id, "audience"),
    ]


def test_a_weak_session_reads_official_only(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead, marking=Marking.OFFICIAL_SENSITIVE)
    with pytest.raises(Refused):
        opened(page.ref, cast.kent_officer, second_factor=False)


def test_an_embargoed_page_is_absent_for_readers(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead, visible_from=in_future(days=1))
    with pytest.raises(Refused):
        opened(page.ref, cast.kent_officer)
    assert opened(page.ref, cast.kent_author).reason == "author"


def test_a_signed_out_visitor_sees_nothing(cast: Cast) -> None:
    page = published(cast.hub_editor, cast.hub_approver, audience=("national",))
    with pytest.raises(Refused):
        open_document(ANONYMOUS, page.ref, at=timezone.now(), request_id="r")


def test_the_reviewer_reads_the_revision_under_review_and_not_the_live_page(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    page.audience.set(AudienceTerm.objects.filter(pk="national"))
    page.save_revision(user=cast.kent_author)
    services.submit(page, by=cast.kent_author)
    viewer = seen_by(cast.hub_approver)
    with pytest.raises(Refused):
        open_preview(viewer, page.ref, at=timezone.now(), request_id="r")
    approve_all(page, cast.kent_lead)
    preview = open_preview(viewer, page.ref, at=timezone.now(), request_id="r")
    assert (preview.reason, preview.draft) == ("reviewer", True)
    with pytest.raises(Refused):
        opened(page.ref, cast.hub_approver)
    approve_all(page, cast.hub_approver)
    with pytest.raises(Refused):
        open_preview(viewer, page.ref, at=timezone.now(), request_id="r")


def test_readers_have_no_preview(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    with pytest.raises(Refused):
        open_preview(seen_by(cast.kent_officer), page.ref, at=timezone.now(), request_id="r")


def test_a_file_follows_its_page(cast: Cast) -> None:
    page = draft(cast.kent_author)
    file = with_file(page, cast.kent_author)
    services.submit(page, by=cast.kent_author)
    approve_all(page, cast.kent_lead)
    now = timezone.now()
    found, _ = open_file(seen_by(cast.kent_officer), page.ref, file.ref, at=now, request_id="r")
    assert found.pk == file.pk
    with pytest.raises(Refused):
        open_file(seen_by(cast.essex_officer), page.ref, file.ref, at=now, request_id="r")


def test_a_file_of_a_draft_is_no_file_of_the_live_page(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    file = with_file(page, cast.kent_author)
    now = timezone.now()
    with pytest.raises(Refused):
        open_file(seen_by(cast.kent_officer), page.ref, file.ref, at=now, request_id="r")
    found, _ = open_file(seen_by(cast.kent_author), page.ref, file.ref, at=now, request_id="r")
    assert found.pk == file.pk


def test_a_file_of_another_page_cannot_be_read_through_ones_own(cast: Cast) -> None:
    hidden = published(cast.kent_author, cast.kent_lead)
    file = with_file(hidden, cast.kent_author)
    own = published(cast.hub_editor, cast.hub_approver, audience=("national",))
    with pytest.raises(Refused):
        open_file(seen_by(cast.essex_officer), own.ref, file.ref, at=timezone.now(), request_id="r")


def test_reusing_a_file_copies_it(cast: Cast) -> None:
    first = draft(cast.kent_author)
    file = with_file(first, cast.kent_author)
    second = draft(cast.kent_author)
    second.attachments.add(Attachment(file=file, label="The same form"))
    bind_files(second)
    copy = second.attachments.get().file
    assert (copy.pk != file.pk, copy.belongs_to, file.belongs_to) == (True, second.pk, first.pk)
    with copy.file.open("rb") as stored:
        assert stored.read() == b"A form."


def test_stored_files_do_not_carry_their_names(cast: Cast) -> None:
    file = with_file(draft(cast.kent_author), cast.kent_author)
    assert "secret-name" not in str(file.file.name)
    assert file.ref in str(file.file.name)


def test_deleting_a_page_removes_its_files_and_keeps_its_reference(
    cast: Cast, django_capture_on_commit_callbacks: object
) -> None:
    page = draft(cast.kent_author)
    file = with_file(page, cast.kent_author)
    path = file.file.path
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        delete(GuidancePage.objects.get(pk=page.pk))
    from pathlib import Path

    from guidance.models import Reference

    assert not StoredFile.objects.filter(pk=file.pk).exists()
    assert not Path(path).exists()
    assert Reference.objects.filter(pk=page.ref).exists()


def test_a_mover_loses_the_old_force_and_his_own_texts(cast: Cast) -> None:
    from forces.models import Organisation
    from forces.services import move_person

    page = published(cast.kent_author, cast.kent_lead)
    essex = Organisation.objects.get(slug="essex")
    mover = cast.kent_author
    move_person(
        mover,
        organisation=essex,
        roles=[Role.AUTHOR],
        ceiling=Marking.OFFICIAL_SENSITIVE,
        by="system",
        at=timezone.now(),
    )
    with pytest.raises(Refused):
        opened(page.ref, mover)


def test_partners_see_what_names_them_only(cast: Cast) -> None:
    partner = person("riverside", Role.PARTNER)
    shared = published(cast.hub_editor, cast.hub_approver, audience=("hub", "partner:riverside"))
    everyone = published(cast.hub_editor, cast.hub_approver, audience=("national",))
    assert opened(shared.ref, partner).document.pk == shared.pk
    with pytest.raises(Refused):
        opened(everyone.ref, partner)


def test_a_file_of_a_draft_is_for_those_who_may_read_the_draft(cast: Cast) -> None:
    """The live page may be for the whole section while its draft is for a need-to-know group."""
    group = need_to_know("inner")
    join_group(cast.kent_author, group, by="system", at=LONG_AGO)
    page = published(cast.kent_author, cast.kent_lead)
    page.groups.set([group])
    file = stored_file(cast.kent_author, title="Inner.txt", text="For the group.")
    picture = stored_picture(cast.kent_author, title="Inner")
    page.attachments.add(Attachment(file=file, label="Inner"))
    page.body = [("picture", {"image": picture, "alternative": "Inner"})]
    bind_files(page)
    page.save_revision(user=cast.kent_author, clean=False)
    paths = [f"/{page.ref}/files/{file.ref}/", f"/{page.ref}/images/{picture.ref}/320/"]
    for path in paths:
        assert ask(client_of(cast.kent_author), path).status == 200
        assert ask(client_of(cast.kent_lead), path).status == 404
    assert client_of(cast.kent_lead).get(page.address).status_code == 200


def test_the_reviewer_reads_the_files_of_what_is_under_review(cast: Cast) -> None:
    """Of another organisation, and until the review is over."""
    page = published(cast.kent_author, cast.kent_lead)
    page.audience.set(AudienceTerm.objects.filter(pk="national"))
    file = with_file(page, cast.kent_author)
    services.submit(page, by=cast.kent_author)
    path = f"/{page.ref}/files/{file.ref}/"
    hub = client_of(cast.hub_approver)
    assert ask(hub, path).status == 404, "the lead approves first"
    approve_all(page, cast.kent_lead)
    assert ask(hub, path).status == 200
    assert ask(client_of(cast.essex_officer), path).status == 404
    page.save_revision(user=cast.kent_author)
    assert ask(hub, path).status == 404, "the newest revision is another"
