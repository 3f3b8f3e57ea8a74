"""The forms of the editor: vocabularies as choices, groups limited to one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django import forms
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.forms import TaskStateCommentForm

from access.policy import Document as Facts
from access.vocabulary import Marking, State
from forces.models import NeedToKnowGroup
from guidance.models.document import Nation
from guidance.models.vocabulary import AudienceTerm, Term


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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer only the need-to-know groups that the author belongs to or that are set."""
        super().__init__(*args, **kwargs)
        if "groups" in self.fields and self.for_user is not None:
            mine = NeedToKnowGroup.objects.filter(members__user=self.for_user)
            already = [group.pk for group in self.instance.groups.all()]
            chosen = NeedToKnowGroup.objects.filter(pk__in=already)
            self.fields["groups"].queryset = (mine | chosen).distinct()
            self.fields["groups"].widget = forms.CheckboxSelectMultiple(
                choices=self.fields["groups"].choices
            )


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
    groups = forms.ModelMultipleChoiceField(NeedToKnowGroup.objects, required=False)
    marking = forms.TypedChoiceField(
        choices=[(mark.value, mark.name) for mark in Marking], coerce=int
    )
    latest_phase = forms.IntegerField(min_value=1, max_value=9, required=False)

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


class WithdrawForm(forms.Form):
    """A page that no longer holds: its readers still find it, with the reason."""

    reason = forms.CharField(
        min_length=10, max_length=300, widget=forms.Textarea, help_text="Shown on the page."
    )
    successor_ref = forms.CharField(
        required=False, max_length=12, label="Replaced by", help_text="A reference: GD-7F3K2"
    )
