"""Our own forms in the admin: who would see a page, narrow it, withdraw it."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from access.vocabulary import Marking
from forces.models import User
from forces.requests import PortalRequest, person_of
from guidance import services
from guidance.act_forms import Act, NarrowForm, ReachForm, WithdrawForm
from guidance.facts import audience_facts, facts_of
from guidance.models import Document
from guidance.reach import reach_of


def url_of(action: str, document: Document) -> str:
    """The address of one of these forms for a document."""
    return reverse(f"guidance_{action}", args=[document.pk])


def _document(page_id: int) -> Document:
    """The document that the admin policy has already allowed."""
    document: Document = get_object_or_404(Document, pk=page_id).specific
    return document


def _posted(request: PortalRequest) -> QueryDict | None:
    """What was sent; an empty form that was sent is not the same as none."""
    return request.POST if request.method == "POST" else None


@require_POST
def reach(request: PortalRequest, page_id: int) -> HttpResponse:
    """Count who would see the page with the facts now in the editor."""
    base = facts_of(_document(page_id))
    form = ReachForm(request.POST, groups=request.viewer.groups | base.groups)
    if not form.is_valid():
        return JsonResponse({"sentence": "Choose a marking and an audience to see the count."})
    facts = form.facts(base=base)
    counted = reach_of(facts, at=timezone.now()).sentence
    return JsonResponse({"sentence": f"Once published: {counted}."})


def narrow(request: PortalRequest, page_id: int) -> HttpResponse:
    """Let fewer people read a document, at once."""
    document = _document(page_id)
    now = audience_facts(document)
    form = NarrowForm(
        _posted(request),
        initial={"audience": now.audience, "marking": now.marking.value},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        to = replace(
            now,
            audience=frozenset(term.pk for term in data["audience"]),
            marking=Marking(data["marking"]),
            visible_until=data["visible_until"] or now.visible_until,
        )
        try:
            services.narrow(document, to=to, by=person_of(request), reason=data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Done. Fewer people see it from this moment, in search too.")
            return redirect("wagtailadmin_pages:edit", document.pk)
    return _shown(request, form, document, heading="Narrow who sees it")


def withdraw(request: PortalRequest, page_id: int) -> HttpResponse:
    """Say that a page no longer holds, and why, or which page holds instead."""
    document = _document(page_id)
    form = WithdrawForm(_posted(request), document=document, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            told = _close(document, form.cleaned_data, by=person_of(request))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, told)
            return redirect("wagtailadmin_pages:edit", document.pk)
    return _shown(request, form, document, heading="Withdraw or replace")


def _close(document: Document, data: dict[str, str], *, by: User) -> str:
    reason, successor_ref = data["reason"], data["successor_ref"]
    if data["act"] == Act.REPLACE:
        services.supersede(document, by=by, successor_ref=successor_ref, reason=reason)
        return f"Replaced. Its readers still find it, and it points them to {successor_ref}."
    services.withdraw(document, by=by, reason=reason, successor_ref=successor_ref)
    return "Withdrawn. Its readers still find it, with your reason."


def _shown(request: PortalRequest, form: Form, document: Document, *, heading: str) -> HttpResponse:
    """The form; where it was refused, as the caller's error and with all that was written."""
    context = {"form": form, "document": document, "heading": heading}
    status = 400 if form.is_bound else 200
    return render(request, "guidance/admin/act_on_document.html", context, status=status)
