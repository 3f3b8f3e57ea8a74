"""The forms that act on a document beside its editor: approve, count, narrow, withdraw, replace."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django import forms
from django.db import models
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.forms import TaskStateCommentForm

from access.policy import Document as Facts
from access.policy import Viewer
from access.vocabulary import Marking, State
from forces.models import NeedToKnowGroup
from guidance.models import Document
from guidance.models.document import IMPLAUSIBLE, is_plausible
from guidance.models.vocabulary import AudienceTerm
from guidance.reference_fields import normal
from guidance.services import SHORTEST_REASON


class ApprovalForm(TaskStateCommentForm):
    """The second person says yes to the text and to who will see it."""

    agrees = forms.BooleanField(
        label="I have read this page and agree with its marking and with who will see it"
    )


class ReachForm(forms.Form):
    """The facts in the editor that decide who will see the page; used for the live count."""

    audience = forms.ModelMultipleChoiceField(AudienceTerm.objects, required=False)
    marking = forms.TypedChoiceField(
        choices=[(mark.value, mark.name) for mark in Marking], coerce=int
    )
    latest_phase = forms.IntegerField(min_value=1, max_value=9, required=False)

    def __init__(self, data: QueryDict, *, groups: Collection[str]) -> None:
        """Know no other need-to-know groups: which there are is not for everybody."""
        super().__init__(data)
        known = NeedToKnowGroup.objects.filter(slug__in=groups)
        self.fields["groups"] = forms.ModelMultipleChoiceField(known, required=False)

    def facts(self, *, base: Facts) -> Facts:
        """The facts as they would be after publishing what the editor shows now."""
        data = self.cleaned_data
        audience = frozenset(term.pk for term in data["audience"]) or frozenset({"own"})
        return replace(
            base,
            audience=audience,
            groups=frozenset(group.slug for group in data["groups"]),
            marking=Marking(data["marking"]),
            latest_phase=data["latest_phase"] or base.latest_phase,
            state=State.PUBLISHED,
            visible_from=None,
            visible_until=None,
        )


class NarrowForm(forms.Form):
    """Fewer readers, at once and without approval; wider choices are ignored."""

    audience = forms.ModelMultipleChoiceField(
        AudienceTerm.objects,
        required=True,
        widget=forms.CheckboxSelectMultiple,
        help_text="Only readers who are in both the old and the new audience keep access.",
    )
    marking = forms.TypedChoiceField(
        choices=[(mark.value, mark.name.replace("_", "-")) for mark in Marking], coerce=int
    )
    visible_until = forms.DateTimeField(required=False)
    reason = forms.CharField(min_length=10, max_length=300, widget=forms.Textarea)

    def clean_visible_until(self) -> Any:
        """Refuse a slip of the finger: it would end the page for everybody, or never."""
        until = self.cleaned_data["visible_until"]
        if until is not None and not is_plausible(until):
            raise forms.ValidationError(IMPLAUSIBLE)
        return until


class Act(models.TextChoices):
    """The two ways in which a page stops holding."""

    WITHDRAW = "withdraw", _("Withdraw it: nobody should follow it any more")
    REPLACE = "replace", _("Replace it: another page says it better")


class WithdrawForm(forms.Form):
    """A page that no longer holds: its readers still find it, with the reason and the way on."""

    act = forms.ChoiceField(
        choices=Act.choices, widget=forms.RadioSelect, label=_("What happens to it")
    )
    reason = forms.CharField(
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Shown on the page. A withdrawal needs one."),
    )
    successor_ref = forms.CharField(
        required=False,
        max_length=40,
        label=_("Replaced by"),
        help_text=_("The reference of a published page: GD-7F3K2. Needed to replace it."),
    )

    def __init__(self, data: QueryDict | None, *, document: Document, viewer: Viewer) -> None:
        """Know what is replaced, and who must be able to read what replaces it."""
        super().__init__(data)
        self.document = document
        self.viewer = viewer

    def clean_successor_ref(self) -> str:
        """A published page that this person may read, and another than this one."""
        ref = normal(self.cleaned_data["successor_ref"])
        if not ref:
            return ""
        if ref == self.document.ref:
            raise forms.ValidationError(_("A page cannot replace itself. Name the other one."))
        readable = Document.visible.published_to(self.viewer, at=timezone.now())
        if not readable.filter(ref=ref, state=State.PUBLISHED.value).exists():
            raise forms.ValidationError(
                _(
                    "There is no published page %(ref)s that you may see. Check the reference at "
                    "the top of the page you mean, and publish that page first."
                )
                % {"ref": ref}
            )
        return ref

    def clean(self) -> dict[str, Any]:
        """Each way needs its own half of the form."""
        cleaned: dict[str, Any] = super().clean() or {}
        act, reason = cleaned.get("act"), cleaned.get("reason", "").strip()
        if act == Act.REPLACE and not cleaned.get("successor_ref", "unreadable"):
            self.add_error("successor_ref", _("Give the reference of the page that replaces it."))
        if act == Act.WITHDRAW and len(reason) < SHORTEST_REASON:
            self.add_error("reason", _("Say in a sentence why the page is withdrawn."))
        return cleaned


class DeletionForm(forms.Form):
    """Why a document should be gone; kept when it is."""

    reason = forms.CharField(
        min_length=10,
        max_length=300,
        widget=forms.Textarea,
        help_text="Kept when the page is gone: name nobody.",
    )
