"""The import page of the admin, for one's own section only."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html, format_html_join

from forces.requests import PortalRequest, person_of
from guidance.importing.drafting import make_draft
from guidance.importing.forms import ImportForm
from guidance.importing.outline import ImportedDraft
from guidance.models import ForceSection


def import_document(request: PortalRequest) -> HttpResponse:
    """Show the form, or make a draft and open it in the editor.

    The admin policy lets only people in who edit; here the section follows from who they are.
    """
    section = get_object_or_404(ForceSection, organisation_id=request.viewer.organisation)
    is_sent = request.method == "POST"
    form = ImportForm(
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        importer=request.viewer.person_id,
    )
    if is_sent and form.is_valid():
        imported = form.cleaned_data["file"]
        document = make_draft(
            imported,
            section=section,
            type_slug=form.cleaned_data["type_slug"],
            by=person_of(request),
        )
        _tell(request, imported)
        return redirect("wagtailadmin_pages:edit", document.pk)
    context = {"form": form, "section": section, "header_title": "Import a document"}
    status = 400 if is_sent else 200
    return render(request, "guidance/importing/import_document.html", context, status=status)


def _tell(request: PortalRequest, imported: ImportedDraft) -> None:
    messages.success(
        request,
        "The document is a draft now; nothing is published. Fill in the empty fields, check the "
        "marking and who will see it, and submit it for review.",
    )
    if imported.notes:
        notes = format_html_join("", "<li>{}</li>", ((note,) for note in imported.notes))
        messages.warning(request, format_html("Please check:<ul>{}</ul>", notes))
