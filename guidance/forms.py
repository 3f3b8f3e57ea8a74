"""The forms of the editor: vocabularies as choices, groups limited to one's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.forms import TaskStateCommentForm
from wagtail.models import Revision

from access.policy import ANONYMOUS
from access.policy import Document as Facts
from access.vocabulary import Marking, State
from forces.models import NeedToKnowGroup
from guidance.choosing import (
    UNKNOWN,
    Named,
    files_for,
    named_in,
    unknown_pages,
    unknown_pictures,
    veil_unseen,
    without_unknown,
)
from guidance.models.document import Nation
from guidance.models.vocabulary import AudienceTerm, Term
from guidance.permissions import viewer_of

SAVED_SINCE = (
    "Somebody saved this page after you had opened it. Nothing is lost: your text is still below, "
    "and theirs is in the page's history. Open the history in another tab, take over what you "
    "need, and save again: that makes yours the newest, and keeps theirs in the history."
)


class TermListField(forms.MultipleChoiceField):
    """Several words of one vocabulary, stored as slugs."""

    def __init__(self, vocabulary: str, **kwargs: Any) -> None:
        """Offer the terms that are valid today."""
        self.vocabulary = vocabulary
        super().__init__(
            choices=self._terms, required=False, widget=forms.CheckboxSelectMultiple, **kwargs
        )

    def _terms(self) -> Iterator[tuple[str, str]]:
        for term in Term.objects.valid(self.vocabulary, on=timezone.localdate()):
            yield term.slug, term.label

    def valid_value(self, value: Any) -> bool:
        """A retired word stays valid where it is already stored."""
        return Term.objects.filter(vocabulary=self.vocabulary, slug=value).exists()


class DocumentForm(WagtailAdminPageForm):
    """What every kind of document asks for."""

    platforms = TermListField(Term.Vocabulary.PLATFORM)
    content_types = TermListField(Term.Vocabulary.CONTENT_TYPE, label="Harms and content types")
    tactics = TermListField(Term.Vocabulary.TACTIC)
    handling = TermListField(Term.Vocabulary.HANDLING)
    descriptors = TermListField(Term.Vocabulary.DESCRIPTOR)
    nations = forms.MultipleChoiceField(
        choices=Nation.choices, widget=forms.CheckboxSelectMultiple, required=True
    )

    def __init__(
        self, data: QueryDict | None = None, files: Any = None, *args: Any, **kwargs: Any
    ) -> None:
        """Let the person name only what they may read, and groups they are in or that are set."""
        user, instance = kwargs.get("for_user"), kwargs.get("instance")
        self.viewer = viewer_of(user) if user is not None else ANONYMOUS
        self.named_before = named_in(instance) if instance is not None else Named()
        if data:
            data = without_unknown(data, viewer=self.viewer, before=self.named_before)
        super().__init__(data, files, *args, **kwargs)
        veil_unseen(self.instance, self.viewer)
        if "attachments" in self.formsets:
            allowed = files_for(self.viewer, before=self.named_before)
            for form in self.formsets["attachments"].forms:
                form.fields["file"].queryset = allowed
        if "groups" in self.fields:
            self._offer_groups()

    def _offer_groups(self) -> None:
        already = [group.slug for group in self.instance.groups.all()]
        offered = NeedToKnowGroup.objects.filter(slug__in=self.viewer.groups.union(already))
        self.fields["groups"].queryset = offered
        self.fields["groups"].widget = forms.CheckboxSelectMultiple(
            choices=self.fields["groups"].choices
        )

    def clean(self) -> dict[str, Any]:
        """Refuse once to write over what was saved since this editor was opened."""
        cleaned: dict[str, Any] = super().clean()
        latest = self.instance.latest_revision
        if latest is not None and self._is_older_than(latest):
            self.add_error(None, SAVED_SINCE)
        return cleaned

    def _is_older_than(self, latest: Revision) -> bool:
        """Wagtail refuses this to autosave only; a form shown again names the newer revision."""
        if written := self.data.get("overwrite_revision_id"):
            return bool(written != str(latest.pk))
        loaded = (self.data.get("loaded_revision_id"), self.data.get("loaded_revision_created_at"))
        return loaded != (None, None) and loaded != (
            str(latest.pk),
            latest.created_at.isoformat(),
        )

    def _post_clean(self) -> None:
        """Refuse what the person may not see, wherever in the form it is named."""
        super()._post_clean()
        viewer, before = self.viewer, self.named_before
        pictures = self.instance.image_ids() - {None}
        if unknown_pages(
            viewer, self.instance.linked_page_ids(), before=before
        ) or unknown_pictures(viewer, pictures, before=before):
            self.add_error(None, UNKNOWN)


class PlatformForm(DocumentForm):
    """A platform's other names, one a line."""

    other_names = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="One name a line: what officers call it.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Show the stored list as lines."""
        super().__init__(*args, **kwargs)
        self.initial["other_names"] = "\n".join(self.instance.other_names)

    def clean_other_names(self) -> list[str]:
        """Lines to a list."""
        lines = self.cleaned_data["other_names"].splitlines()
        return [line.strip() for line in lines if line.strip()]


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


class DeletionForm(forms.Form):
    """Why a document should be gone; kept when it is."""

    reason = forms.CharField(
        min_length=10,
        max_length=300,
        widget=forms.Textarea,
        help_text="Kept when the page is gone: name nobody.",
    )


class WithdrawForm(forms.Form):
    """A page that no longer holds: its readers still find it, with the reason."""

    reason = forms.CharField(
        min_length=10, max_length=300, widget=forms.Textarea, help_text="Shown on the page."
    )
    successor_ref = forms.CharField(
        required=False, max_length=12, label="Replaced by", help_text="A reference: GD-7F3K2"
    )
