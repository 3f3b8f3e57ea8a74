"""Pages of saved searches, and the one address that stops their mails."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from forces.requests import PortalRequest, person_of
from search import saved
from search.models import Rhythm, SavedSearch


class SavedSearchForm(forms.ModelForm[SavedSearch]):
    """What the owner may change."""

    class Meta:
        model = SavedSearch
        fields = ("name", "rhythm")


def saved_searches(request: PortalRequest) -> HttpResponse:
    """List one's own, and save the one that the results page sends."""
    person = person_of(request)
    if request.method == "POST":
        try:
            saved.save_search(person, request.POST.get("asked", ""), at=timezone.now())
            messages.success(request, _("Saved. Choose here whether to be told of new documents."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("saved_searches")
    rows = [
        (row, SavedSearchForm(instance=row, auto_id=f"{row.ref}-%s"))
        for row in saved.saved_of(person)
    ]
    return render(request, "search/saved.html", {"rows": rows})


@require_POST
def saved_search(request: PortalRequest, ref: str) -> HttpResponse:
    """Rename, pause or delete; for everybody but the owner there is nothing here."""
    row = get_object_or_404(saved.saved_of(person_of(request)), ref=ref)
    match request.POST.get("action"):
        case "delete":
            row.delete()
            messages.success(request, _("Deleted."))
        case "pause" | "resume" as action:
            saved.pause(row, is_paused=action == "pause")
            messages.success(request, _("E-mails are paused.") if row.is_paused else _("Resumed."))
        case _other:
            _change(request, row)
    return redirect("saved_searches")


def _change(request: PortalRequest, row: SavedSearch) -> None:
    # Without the row itself, which a form writes its answers into before anybody asked it to.
    form = SavedSearchForm(request.POST)
    if form.is_valid():
        rhythm = Rhythm(form.cleaned_data["rhythm"])
        saved.change_search(row, name=form.cleaned_data["name"], rhythm=rhythm, at=timezone.now())
        messages.success(request, _("Changed."))
    else:
        messages.error(request, _("Give it a name, and choose how often to be told."))


# The mailbox presses the button for its reader (RFC 8058), without our cookie and so without the
# form's token. The address itself is the proof, and all that it can do is to stop mails.
@csrf_exempt  # nosemgrep: forms-without-token
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: PortalRequest, token: str) -> HttpResponse:
    """Show a button, and stop at its press; a forged address is answered like a true one.

    Looking stops nothing: scanners of mail open every link.
    """
    if request.method == "POST":
        saved.stop_mails(token)
    return render(request, "search/stop.html", {"is_done": request.method == "POST"})
