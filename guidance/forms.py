"""The forms of the editor: vocabularies as choices, groups limited to one's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import Revision

from access.policy import ANONYMOUS
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
from guidance.models import EvaluationPage, GuidancePage
from guidance.models.document import Nation
from guidance.models.vocabulary import Term
from guidance.permissions import viewer_of
from guidance.reference_fields import EvidenceField, normal, unknown, versions_of, with_versions
from guidance.term_fields import TermField, TermListField, keep_stored

OVERTAKEN = "overtaken"
SAVED_SINCE = (
    "Somebody saved this page after you had opened it. Nothing is lost: your text is still below, "
    "and theirs is in the page's history. Open the history in another tab, take over what you "
    "need, and save again: that makes yours the newest, and keeps theirs in the history."
)
# Sent in place of a step's button when that step is over.
PRESSED_TOO_LATE = "pressed-too-late"
STEP_IS_OVER = (
    "This step does not wait for you any more: somebody ended the review, or took the step, after "
    "you had opened the page. Nothing was approved, sent back or saved, and what you wrote is "
    "still below. The page's history says what happened."
)
PRACTICE_ONLY = "For notable practice: what can be said today."


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
        keep_stored(self, self.instance)
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
        """Refuse once what others did otherwise since this editor was opened."""
        cleaned: dict[str, Any] = super().clean()
        if PRESSED_TOO_LATE in self.data:
            self.add_error(None, ValidationError(STEP_IS_OVER, code=OVERTAKEN))
        latest = self.instance.latest_revision
        if latest is not None and self._is_older_than(latest):
            self.add_error(None, ValidationError(SAVED_SINCE, code=OVERTAKEN))
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

    def get_field_updates_for_resave(self) -> list[tuple[str, str]]:
        """After an autosave, the form in the open page has loaded what it has just saved."""
        updates: list[tuple[str, str]] = super().get_field_updates_for_resave()
        latest = self.instance.latest_revision
        return [
            *updates,
            ("loaded_revision_id", str(latest.pk)),
            ("loaded_revision_created_at", latest.created_at.isoformat()),
        ]

    def _post_clean(self) -> None:
        """Refuse what the person may not see, wherever in the form it is named."""
        super()._post_clean()
        viewer, before = self.viewer, self.named_before
        pictures = self.instance.image_ids() - {None}
        if unknown_pages(
            viewer, self.instance.linked_page_ids(), before=before
        ) or unknown_pictures(viewer, pictures, before=before):
            self.add_error(None, UNKNOWN)


class GuidanceForm(DocumentForm):
    """The evaluations that a way of working rests on."""

    evidence_links = EvidenceField(label="Evidence")

    def clean_evidence_links(self) -> list[dict[str, str]]:
        """Note the version that was read; refuse what the person may not see."""
        return with_versions(
            self.cleaned_data["evidence_links"],
            before=self.instance.evidence_links,
            of=EvaluationPage,
            viewer=self.viewer,
        )


class LessonForm(DocumentForm):
    """What a lesson says of a practice, and the guidance that should change."""

    does_it_work = TermField(
        Term.Vocabulary.DOES_IT_WORK, label="Does it work?", required=False, help_text=PRACTICE_ONLY
    )
    practice_purposes = TermListField(
        Term.Vocabulary.PRACTICE_PURPOSE, label="Purpose of the practice"
    )
    recognition = TermListField(Term.Vocabulary.RECOGNITION, label="Recognised by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Remember the guidance that the lesson names already."""
        super().__init__(*args, **kwargs)
        self.affected_before = {one.ref for one in self.instance.affects.all()}

    def clean(self) -> dict[str, Any]:
        """Refuse guidance that the person may not see, at the line that names it."""
        cleaned = super().clean()
        lines = [
            (form, normal(form.cleaned_data["ref"]))
            for form in self.formsets["affects"].forms
            if form.is_valid() and form.cleaned_data.get("ref")
        ]
        known = versions_of([ref for _, ref in lines], of=GuidancePage, viewer=self.viewer)
        for form, ref in lines:
            form.instance.ref = ref
            if ref not in known and ref not in self.affected_before:
                form.add_error("ref", unknown(ref))
        return cleaned


class EvaluationForm(DocumentForm):
    """The tactic that was evaluated, and the standards that the finding meets."""

    tactic = TermField(
        Term.Vocabulary.TACTIC, required=False, help_text="The one tactic that was tested."
    )
    nesta_level = TermField(Term.Vocabulary.NESTA, label="Nesta standard", required=False)
    yef_impact = TermField(
        Term.Vocabulary.YEF_IMPACT, label="Youth Endowment Fund impact", required=False
    )
    practice_purposes = TermListField(
        Term.Vocabulary.PRACTICE_PURPOSE, label="Purpose of the practice"
    )

    def clean_supersedes(self) -> str:
        """Refuse a finding that the person may not see, and the finding itself."""
        ref = normal(self.cleaned_data["supersedes"])
        if not ref or ref == self.instance.supersedes:
            return ref
        if ref == self.instance.ref:
            raise ValidationError("A finding cannot replace itself. Name the older one.")
        if ref not in versions_of([ref], of=EvaluationPage, viewer=self.viewer):
            raise ValidationError(unknown(ref))
        return ref


class PlatformForm(DocumentForm):
    """A platform's word, kind, and other names, one a line."""

    platform_slug = TermField(
        Term.Vocabulary.PLATFORM,
        label="Platform",
        help_text="Is it missing? Ask the hub to add it to the words.",
    )
    platform_type = TermField(Term.Vocabulary.PLATFORM_TYPE, label="Kind of platform")
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
