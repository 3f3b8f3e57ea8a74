"""Forms in the kit's markup, and errors that say what to do."""

from __future__ import annotations

import re

from django import forms
from django.test import Client


class Trial(forms.Form):
    """One control of each kind."""

    name = forms.CharField(label="Full name", help_text="As on the badge.")
    secret = forms.CharField(widget=forms.PasswordInput)
    text = forms.CharField(widget=forms.Textarea, required=False)
    force = forms.ChoiceField(choices=[("a", "A"), ("b", "B")])
    way = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    marks = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple
    )
    agreed = forms.BooleanField()
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_forms_come_in_the_kits_markup() -> None:
    """Every control has its label and the kit's class; hidden ones come along."""
    html = str(Trial())
    for name in ("govuk-input", "govuk-textarea", "govuk-select", "govuk-password-input"):
        assert name in html
    assert html.count("govuk-radios__input") == 2
    assert html.count("govuk-checkboxes__input") == 3
    assert html.count("<legend") == 2
    assert 'name="token"' in html
    assert 'aria-describedby="id_name_helptext"' in html
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    controls = set(re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', html))
    assert controls - {"id_token"} == labelled


def test_errors_say_what_to_do_and_lead_to_the_field() -> None:
    """Not "this field is required"."""
    html = str(Trial({"force": "nowhere"}))
    assert "Fill in: Full name" in html
    assert "Choose: Way" in html
    assert "is required" not in html
    assert '<a href="#id_name">' in html
    targets = set(re.findall(r'<a href="#([^"]+)"', html))
    assert all(f'id="{target}"' in html for target in targets)
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html


def test_what_somebody_typed_comes_back_escaped() -> None:
    """In the control and in the error that quotes it."""
    html = str(Trial({"name": "<b>", "force": "<i>"}))
    assert "<b>" not in html
    assert "<i>" not in html


def test_signing_in_asks_for_what_is_missing(db: None, client: Client) -> None:
    """Allauth's forms come the same way."""
    html = " ".join(client.post("/accounts/login/", {}).content.decode().split())
    assert "Fill in: Email" in html
    assert "govuk-error-summary" in html
