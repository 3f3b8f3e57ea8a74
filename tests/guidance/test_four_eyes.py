"""No publishing without a second person, by any door."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.models import Revision

from audit.models import Entry
from guidance import services, workflow
from guidance.models import Approval, GuidancePage
from guidance.services import NotApproved
from tests.guidance.scene import Cast, approve_all, draft, published, strengthened


def test_a_new_page_is_a_draft_with_an_opaque_address(cast: Cast) -> None:
    page = draft(cast.kent_author, title="Operation of a title nobody may see in an address")
    assert not page.live
    assert page.ref.startswith("GD-")
    assert page.slug == page.ref.lower()
    assert page.address == f"/{page.ref}/"
    assert page.author_ref == cast.kent_author.public_id


def test_the_default_audience_is_the_own_force(cast: Cast) -> None:
    page = draft(cast.kent_author, audience=())
    assert [term.pk for term in page.audience.all()] == ["own"]


@pytest.mark.parametrize("user_given", [True, False])
def test_a_revision_without_approval_is_not_published(cast: Cast, user_given: bool) -> None:
    page = draft(cast.kent_author)
    user = cast.kent_author if user_given else None
    with pytest.raises(NotApproved):
        page.get_latest_revision().publish(user=user, skip_permission_checks=True)
    page.refresh_from_db()
    assert (page.live, page.state) == (False, "draft")


def test_the_row_cannot_be_switched_live_by_saving_it(cast: Cast) -> None:
    page = draft(cast.kent_author)
    page.live = True
    with pytest.raises(NotApproved):
        page.save()


def test_a_copy_starts_as_a_draft_of_its_own(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    copy = page.copy(user=cast.kent_author, keep_live=True)
    copy.refresh_from_db()
    assert (copy.live, copy.state, copy.ref != page.ref) == (False, "draft", True)
    assert copy.slug == copy.ref.lower()


def test_a_document_has_no_aliases(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    with pytest.raises(NotApproved), transaction.atomic():
        CreatePageAliasAction(page, parent=page.get_parent(), update_slug="x").execute(
            skip_permission_checks=True
        )


def test_the_last_editor_cannot_approve(cast: Cast) -> None:
    page = draft(cast.kent_lead)
    services.submit(page, by=cast.kent_lead)
    state = page.current_workflow_task_state
    task = state.task.specific
    lead = strengthened(cast.kent_lead)
    assert [name for name, *_ in task.get_actions(page, lead)] == ["reject"]
    with pytest.raises(PermissionDenied):
        task.on_action(state, lead, "approve")
    assert not Approval.objects.exists()


def test_an_approver_who_edits_an_approved_page_cannot_publish_the_edit(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    page.summary = "Changed by the approver."
    revision = page.save_revision(user=cast.kent_lead)
    with pytest.raises(NotApproved):
        revision.publish(user=cast.kent_lead, skip_permission_checks=True)


def test_the_database_refuses_an_approval_by_the_editor(cast: Cast) -> None:
    page = draft(cast.kent_lead)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.create(
            document_ref=page.ref,
            revision_pk=page.latest_revision_id,
            stage="force",
            editor=cast.kent_lead,
            approver=cast.kent_lead,
        )


def test_own_force_needs_the_force_hub_lead_only(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    assert (page.live, page.state) == (True, "published")
    assert set(Approval.objects.values_list("stage", flat=True)) == {"force"}


@pytest.mark.parametrize("audience", [("national",), ("region:ersou",), ("own", "hub")])
def test_beyond_the_own_force_the_hub_approves_too(cast: Cast, audience: tuple[str, ...]) -> None:
    page = draft(cast.kent_author, audience=audience)
    services.submit(page, by=cast.kent_author)
    approve_all(page, cast.kent_lead)
    assert not page.live
    approve_all(page, cast.hub_approver)
    page.refresh_from_db()
    assert page.live
    assert set(Approval.objects.values_list("stage", flat=True)) == {"force", "hub"}


def test_the_hub_lead_of_another_force_cannot_approve(cast: Cast) -> None:
    page = draft(cast.kent_author)
    services.submit(page, by=cast.kent_author)
    state = page.current_workflow_task_state
    with pytest.raises(PermissionDenied):
        state.task.specific.on_action(state, strengthened(cast.hub_approver), "approve")


def test_an_incomplete_page_cannot_be_submitted(cast: Cast) -> None:
    page = draft(cast.kent_author, when_not_to_use="")
    with pytest.raises(ValidationError) as refused:
        services.submit(page, by=cast.kent_author)
    assert "when_not_to_use" in refused.value.message_dict


def test_the_trail_names_editor_and_approver_but_no_title(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead, title="Quillonvane")
    row = Entry.objects.get(event="publication", action_object=page.ref)
    assert row.actor == cast.kent_lead.public_id
    assert row.detail["editor"] == cast.kent_author.public_id
    everything = " ".join(str(list(Entry.objects.values())))
    assert "Quillonvane" not in everything


def test_a_submitted_page_is_locked_for_everybody(cast: Cast) -> None:
    page = draft(cast.kent_author)
    services.submit(page, by=cast.kent_author)
    task = page.current_workflow_task.specific
    for user in (cast.kent_author, cast.kent_lead, cast.hub_editor):
        assert task.locked_for_user(page, user)


def test_sent_back_pages_are_no_longer_open_to_reviewers(cast: Cast) -> None:
    page = draft(cast.kent_author, audience=("national",))
    services.submit(page, by=cast.kent_author)
    approve_all(page, cast.kent_lead)
    state = page.current_workflow_task_state
    assert workflow.states_awaiting(state.task.specific, strengthened(cast.hub_approver)).exists()
    state.task.specific.on_action(state, strengthened(cast.hub_approver), "reject", comment="no")
    assert not workflow.states_awaiting(
        state.task.specific, strengthened(cast.hub_approver)
    ).exists()


def test_a_page_that_the_hub_sent_back_is_approved_anew_by_both(cast: Cast) -> None:
    """The lead approved what stood there before; the resubmission needs them again."""
    page = draft(cast.kent_author, audience=("national",))
    services.submit(page, by=cast.kent_author)
    approve_all(page, cast.kent_lead)
    state = page.current_workflow_task_state
    state.task.specific.on_action(state, strengthened(cast.hub_approver), "reject", comment="no")
    page.save_revision(user=cast.kent_author)
    page.current_workflow_state.resume(user=cast.kent_author)
    approve_all(page, cast.hub_approver)
    assert not GuidancePage.objects.get(pk=page.pk).live
    approve_all(page, cast.kent_lead)
    assert GuidancePage.objects.get(pk=page.pk).live


def test_a_page_withdrawn_from_review_closes_its_reviews(cast: Cast) -> None:
    page = draft(cast.kent_author)
    services.submit(page, by=cast.kent_author)
    page.current_workflow_state.cancel(user=cast.kent_author)
    from guidance.models import Review

    assert not Review.objects.filter(closed_at__isnull=True).exists()


def test_publishing_through_wagtails_schedule_is_refused(cast: Cast) -> None:
    page = draft(cast.kent_author)
    Revision.objects.filter(pk=page.latest_revision_id).update(approved_go_live_at=timezone.now())
    from django.core.management import call_command

    with pytest.raises(NotApproved):
        call_command("publish_scheduled")
    assert not GuidancePage.objects.get(pk=page.pk).live
