"""Forms of the people page: add somebody, move somebody, end a membership."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from access.vocabulary import Marking, Role
from forces.models import (
    ROLE_LABELS,
    ROLES_OF_KIND,
    Membership,
    NeedToKnowGroup,
    Organisation,
    User,
)
from forces.querysets import last_memberships_of_leavers, not_over, open_memberships


class MembershipForm(forms.Form):
    """Where somebody belongs from today, in which roles, and up to which marking."""

    organisation = forms.ModelChoiceField(Organisation.objects.filter(ended_at=None))
    roles = forms.MultipleChoiceField(
        choices=[(role.value, label) for role, label in ROLE_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    ceiling = forms.TypedChoiceField(
        label="Marking up to",
        choices=[(mark.value, mark.name.replace("_", "-")) for mark in Marking],
        coerce=lambda value: Marking(int(value)),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a role that the chosen organisation cannot give, and say which it can."""
        data = super().clean() or {}
        organisation, roles = data.get("organisation"), data.get("roles", [])
        if organisation is None:
            return data
        allowed = ROLES_OF_KIND[organisation.kind]
        if set(roles) - {role.value for role in allowed}:
            names = ", ".join(label for role, label in ROLE_LABELS.items() if role in allowed)
            self.add_error("roles", f"People of {organisation} can be: {names}.")
        data["roles"] = [Role(role) for role in roles]
        return data


class PersonForm(MembershipForm):
    """A new person with a first membership."""

    field_order = ("name", "email", "organisation", "roles", "ceiling")

    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="E-mail address", max_length=254)

    def clean_email(self) -> str:
        """Say that an address is taken: who gets here sees all people anyway."""
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email=email).exists():
            message = "Somebody with this address is here already: move them instead."
            raise forms.ValidationError(message)
        return email


class FindForm(forms.Form):
    """Narrows the list of people."""

    words = forms.CharField(label="Name or e-mail address", required=False, max_length=100)
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(), to_field_name="slug", required=False, empty_label="All"
    )
    left = forms.BooleanField(label="People who have left", required=False)

    def narrowed(self, *, at: datetime) -> QuerySet[Membership]:
        """The memberships that fit, in the order of the page."""
        data = self.cleaned_data if self.is_valid() else {}
        rows = last_memberships_of_leavers(at=at) if data.get("left") else open_memberships(at=at)
        if data.get("organisation"):
            rows = rows.filter(organisation=data["organisation"])
        if words := data.get("words"):
            rows = rows.filter(Q(user__name__icontains=words) | Q(user__email__icontains=words))
        rows = rows.select_related("user", "organisation")
        return rows.order_by("organisation__name", "user__name", "pk")


class EndForm(forms.Form):
    """A membership ends now: the person can no longer sign in."""

    confirmed = forms.BooleanField(label="Yes, end the membership now")


class SecondFactorForm(forms.Form):
    """Somebody lost phone and recovery codes."""

    confirmed = forms.BooleanField(
        label="Yes, I have made sure that I am helping this person and nobody else"
    )


class GroupsForm(forms.Form):
    """Which need-to-know groups somebody is in."""

    groups = forms.ModelMultipleChoiceField(
        NeedToKnowGroup.objects.none(),
        label="Groups",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Pages with groups are shown to nobody outside them. Groups that have ended are "
        "not listed.",
    )

    def __init__(self, data: QueryDict | None, *, user: User, at: datetime) -> None:
        """Offer the groups that have not ended; tick those the person is in."""
        mine = user.group_memberships.filter(not_over(at=at)).values("group")
        super().__init__(data, initial={"groups": NeedToKnowGroup.objects.filter(pk__in=mine)})
        field = cast("forms.ModelMultipleChoiceField[NeedToKnowGroup]", self.fields["groups"])
        field.queryset = NeedToKnowGroup.objects.filter(not_over(at=at))


def membership_initial(user: User) -> dict[str, Any]:
    """The current membership as the form shows it."""
    now = timezone.now()
    for membership in user.memberships.select_related("organisation"):
        if membership.is_current(at=now):
            return {
                "organisation": membership.organisation,
                "roles": membership.roles,
                "ceiling": membership.marking_ceiling,
            }
    return {}
