"""Forms of the people page: add somebody, move somebody, end a membership."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from access.policy import Viewer
from access.vocabulary import Marking, OrganisationKind, Role
from forces.giving import roles_to_give
from forces.models import (
    ROLE_LABELS,
    Membership,
    NeedToKnowGroup,
    Organisation,
    User,
)
from forces.models.people import require_partners_end
from forces.proposals import Place
from forces.querysets import last_memberships_of_leavers, not_over, open_memberships

LATEST = timedelta(days=3652)


class LastDayForm(forms.Form):
    """Until when somebody has access; partners always have an end."""

    last_day = forms.DateField(
        label="Last day of access",
        required=False,
        help_text="Needed for partners: within a year. Leave it empty for people of a force.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def clean_last_day(self) -> date | None:
        """A day that is over would give nothing."""
        last: date | None = self.cleaned_data["last_day"]
        today = timezone.localdate()
        if last is not None and not today <= last <= today + LATEST:
            raise forms.ValidationError("Choose today or a day of the next ten years.")
        return last

    def require_end(self, data: dict[str, Any]) -> None:
        """Put the end of the last day beside the rest; say so where a partner has none."""
        last: date | None = data.pop("last_day", None)
        ends_at = end_of(last) if last else None
        data["ends_at"] = ends_at
        organisation: Organisation | None = data.get("organisation")
        is_partner = organisation is not None and organisation.kind == OrganisationKind.PARTNER
        if is_partner and "last_day" not in self.errors:
            try:
                require_partners_end(timezone.now(), ends_at)
            except forms.ValidationError as error:
                self.add_error("last_day", error)


def end_of(day: date) -> datetime:
    """When a last day is over."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


class MembershipForm(LastDayForm):
    """Where somebody belongs from today, in which roles, up to which marking, until when."""

    field_order: Sequence[str] = ("email", "organisation", "roles", "ceiling", "last_day")

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="At the organisation: its domain decides.",
    )
    organisation = forms.ModelChoiceField(Organisation.objects.none())
    roles = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    ceiling = forms.TypedChoiceField(
        label="Marking up to",
        choices=[(mark.value, mark.name.replace("_", "-")) for mark in Marking],
        coerce=lambda value: Marking(int(value)),
    )

    def __init__(
        self, data: QueryDict | None, *, viewer: Viewer, initial: dict[str, Any] | None = None
    ) -> None:
        """Offer what this viewer has a say in."""
        super().__init__(data, initial=initial)
        self.viewer = viewer
        open_ones = Organisation.objects.filter(ended_at=None)
        given = {one.pk: roles_to_give(viewer, one) for one in open_ones}
        organisation, roles = (
            cast("Any", self.fields["organisation"]),
            cast("Any", self.fields["roles"]),
        )
        organisation.queryset = open_ones.filter(pk__in=[pk for pk, some in given.items() if some])
        offered = frozenset().union(*given.values())
        roles.choices = [(r.value, label) for r, label in ROLE_LABELS.items() if r in offered]
        roles.help_text = (
            "Every role at the hub, and every other than officer, author and partner, counts once "
            "a second person has confirmed it."
        )

    def clean_email(self) -> str:
        """Addresses differ in case only where people make mistakes."""
        email: str = self.cleaned_data["email"].lower()
        return email

    def clean(self) -> dict[str, Any]:
        """Refuse a role that the chosen organisation cannot give, and say which it can."""
        data = super().clean() or {}
        self.require_end(data)
        organisation, roles = data.get("organisation"), data.get("roles", [])
        if organisation is None:
            return data
        given = roles_to_give(self.viewer, organisation)
        if set(roles) - {role.value for role in given}:
            names = ", ".join(label for role, label in ROLE_LABELS.items() if role in given)
            self.add_error("roles", f"People of {organisation} can be: {names}.")
        data["roles"] = [Role(role) for role in roles]
        return data

    @property
    def place(self) -> Place:
        """What a valid form gives."""
        names = ("organisation", "roles", "ceiling", "ends_at")
        return Place(**{name: self.cleaned_data[name] for name in names})


class PersonForm(MembershipForm):
    """A new person with a first membership."""

    field_order = ("name", *MembershipForm.field_order)

    name = forms.CharField(max_length=120)

    def clean_email(self) -> str:
        """Say that an address is taken: who gets here sees all people anyway."""
        email = super().clean_email()
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
    now, told = timezone.now(), {"email": user.email}
    for membership in user.memberships.select_related("organisation"):
        if membership.is_current(at=now):
            return told | {
                "organisation": membership.organisation,
                "roles": membership.roles,
                "ceiling": membership.marking_ceiling,
            }
    return told
