"""Forms of invitations: asking somebody in, joining, and asking for access."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import QueryDict

from access.policy import Viewer
from access.vocabulary import Marking, Role
from forces.forms import LastDayForm
from forces.giving import GIVEN_BY_ONE, roles_to_give_alone
from forces.models import ROLE_LABELS, Organisation, User
from forces.services import may_manage_groups


class InviteForm(LastDayForm):
    """Whom to ask into which organisation, in which roles, up to which marking."""

    field_order = ("email", "organisation", "roles", "ceiling", "last_day")

    email = forms.EmailField(label="E-mail address", max_length=254)
    organisation = forms.ModelChoiceField(Organisation.objects.none(), to_field_name="slug")
    roles = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    ceiling = forms.TypedChoiceField(
        label="Marking up to",
        choices=[(mark.value, mark.name.replace("_", "-")) for mark in Marking],
        coerce=lambda value: Marking(int(value)),
    )

    def __init__(self, data: QueryDict | None, *, viewer: Viewer, initial: dict[str, Any]) -> None:
        """Offer what this viewer may give."""
        super().__init__(data, initial=initial)
        if not may_manage_groups(viewer):
            # A lead's own force is no partner.
            del self.fields["last_day"]
        open_ones = Organisation.objects.filter(ended_at=None)
        offered: Any = self.fields["organisation"]
        offered.queryset = (
            open_ones if may_manage_groups(viewer) else open_ones.filter(slug=viewer.organisation)
        )
        if not may_manage_groups(viewer):
            offered.initial, offered.empty_label = viewer.organisation, None
        self.viewer = viewer
        roles: Any = self.fields["roles"]
        own = offered.queryset.filter(slug=viewer.organisation).first()
        given = GIVEN_BY_ONE if may_manage_groups(viewer) else roles_to_give_alone(viewer, own)
        roles.choices = [(r.value, label) for r, label in ROLE_LABELS.items() if r in given]

    def clean(self) -> dict[str, Any]:
        """Refuse a role that the chosen organisation cannot give, and say which it can."""
        data = super().clean() or {}
        self.require_end(data)
        roles = {Role(role) for role in data.get("roles", [])}
        organisation = data.get("organisation")
        if organisation is not None:
            given = roles_to_give_alone(self.viewer, organisation)
            if roles - given:
                names = ", ".join(label for role, label in ROLE_LABELS.items() if role in given)
                self.add_error("roles", f"You can give, at {organisation}: {names}.")
        data["roles"] = roles
        return data


class JoinForm(forms.Form):
    """What an invited person says of themselves; the rest stands in the invitation."""

    name = forms.CharField(
        label="Your name",
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text="As colleagues know you, with rank or role if you like.",
    )
    password = forms.CharField(
        label="Choose a password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters. Three words that nobody would put together are good.",
    )

    def __init__(self, data: QueryDict | None, *, email: str) -> None:
        """Keep the address: a password must not be like it."""
        super().__init__(data)
        self.email = email

    def clean(self) -> dict[str, Any]:
        """Refuse what anybody would guess."""
        data = super().clean() or {}
        if password := data.get("password"):
            somebody = User(email=self.email, name=data.get("name", ""))
            try:
                validate_password(password, somebody)
            except ValidationError as error:
                self.add_error("password", error)
        return data


class AskForm(forms.Form):
    """The address of somebody who asks for access."""

    email = forms.EmailField(
        label="Your work e-mail address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
