"""The admin's own door to deletion: ask, decide, and what waits for a decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from wagtail.admin.ui.components import Component

from forces.requests import PortalRequest, person_of
from forces.step_up import ask_for_proof, is_fresh
from guidance import deletion
from guidance.act_forms import DeletionForm
from guidance.models import Document, ForceSection


def delete(request: PortalRequest, page_id: int) -> HttpResponse:
    """Ask that a document be deleted, or decide what somebody else asked for."""
    document: Document = get_object_or_404(Document, pk=page_id).specific
    action = request.POST.get("action", "ask") if request.method == "POST" else ""
    form = DeletionForm(request.POST if action == "ask" else None)
    if action == "delete" and not is_fresh(request, at=timezone.now()):
        return ask_for_proof(request)
    try:
        if action and (action != "ask" or form.is_valid()):
            return _done(request, document, action, form)
    except (ValidationError, PermissionDenied) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        return redirect("guidance_delete", document.pk)
    person = person_of(request)
    asked = deletion.open_request(document)
    decides = deletion.decides(request.viewer, document)
    context = {
        "document": document,
        "form": form,
        "asked": asked,
        "is_own_request": asked is not None and asked.asked_by_id == person.pk,
        "is_void": asked is not None and asked.revision_pk != document.latest_revision_id,
        "decides": decides,
        "alone": deletion.is_own_unread_draft(document, by=person),
        "deletable": document.state in deletion.DELETABLE,
        "still_published": deletion.STILL_PUBLISHED,
    }
    return render(request, "guidance/admin/delete.html", context)


def _done(
    request: PortalRequest, document: Document, action: str, form: DeletionForm
) -> HttpResponse:
    by, viewer, now = person_of(request), request.viewer, timezone.now()
    section = ForceSection.objects.get(organisation_id=document.owner_org_id)
    if action == "ask":
        deletion.ask_for_deletion(document, by=by, reason=form.cleaned_data["reason"])
        messages.success(request, "Asked. An approver of your force decides; nothing is gone yet.")
        return redirect("guidance_delete", document.pk)
    if action == "keep":
        deletion.keep(document, by=by, viewer=viewer, at=now)
        messages.success(request, "The page is kept.")
        return redirect("guidance_delete", document.pk)
    if action == "delete":
        deletion.delete_as_asked(document, by=by, viewer=viewer, at=now)
    elif action == "own-draft":
        deletion.delete_own_draft(document, by=by)
    else:
        raise PermissionDenied("Choose one of the buttons.")
    messages.success(request, f"{document.ref} is deleted. Its reference is never used again.")
    return redirect("wagtailadmin_explore", section.pk)


class DeletionsPanel(Component):
    """On the editor's first page: what waits for this approver's word."""

    template_name = "guidance/admin/deletions_panel.html"
    order = 90

    def get_context_data(self, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Only what this session may open, by reference."""
        viewer = parent_context["request"].viewer
        waiting = deletion.requests_for(viewer)
        readable = Document.visible.to(viewer, at=timezone.now())
        documents = readable.in_bulk([one.document_pk for one in waiting])
        return {
            "requests": [
                one
                for one in waiting
                if one.document_pk in documents
                and deletion.decides(viewer, documents[one.document_pk])
            ]
        }
