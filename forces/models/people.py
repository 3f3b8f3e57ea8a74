"""Organisations, regions and phases; people and their dated memberships; groups and grants."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from access.vocabulary import Marking, OrganisationKind, Role

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_HUB_ROLES = frozenset({Role.HUB_EDITOR, Role.HUB_APPROVER, Role.INFORMATION_RIGHTS, Role.OFFICER})
_POLICE_ROLES = frozenset({Role.OFFICER, Role.AUTHOR, Role.APPROVER})
# What people call a role; the words of the notice and of the people page.
ROLE_LABELS = {
    Role.OFFICER: "Officer",
    Role.AUTHOR: "Author",
    Role.APPROVER: "Force hub lead",
    Role.HUB_EDITOR: "Hub editor",
    Role.HUB_APPROVER: "Hub approver",
    Role.INFORMATION_RIGHTS: "Information Rights",
    Role.AUDITOR: "Auditor",
    Role.PARTNER: "Partner",
    Role.ADMINISTRATOR: "Administrator (no right to content)",
}

# Which roles a membership may carry, by kind of organisation.
ROLES_OF_KIND: dict[str, frozenset[Role]] = {
    OrganisationKind.FORCE: _POLICE_ROLES,
    OrganisationKind.SPECIAL: _POLICE_ROLES,
    OrganisationKind.AGENCY: _POLICE_ROLES,
    OrganisationKind.HUB: _HUB_ROLES | {Role.ADMINISTRATOR},
    OrganisationKind.PARTNER: frozenset({Role.PARTNER}),
    OrganisationKind.OVERSIGHT: frozenset({Role.AUDITOR}),
}


# A year and a day: the last day of a year counts in full.
PARTNERS_AT_MOST = timedelta(days=367)


class Nation(models.TextChoices):
    """The legal system an organisation works in."""

    ENGLAND_WALES = "england-wales", "England and Wales"
    SCOTLAND = "scotland", "Scotland"
    NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"


class Region(models.Model):
    """A regional organised crime unit's area; not the government's region of that name."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class RolloutPhase(models.Model):
    """A step of the roll-out: forces of it are admitted from the day it opens."""

    number = models.PositiveSmallIntegerField(unique=True)
    name = models.CharField(max_length=80)
    opens_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.number}: {self.name}"


class Organisation(models.Model):
    """A force, agency, hub, partner or oversight body. Data with dates: forces may merge."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60)
    kind = models.CharField(
        max_length=12, choices=[(kind.value, kind.name.capitalize()) for kind in OrganisationKind]
    )
    nation = models.CharField(max_length=20, choices=Nation.choices, blank=True)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT)
    region_unverified = models.BooleanField(default=False)
    phase = models.ForeignKey(RolloutPhase, null=True, blank=True, on_delete=models.PROTECT)
    ons_code = models.CharField("ONS police force area code", max_length=12, blank=True)
    home_office_code = models.CharField("two-digit code", max_length=4, blank=True)
    home_office_code_unverified = models.BooleanField(default=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """People are found by e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """E-mail addresses are stored in lower case."""
        return self.get(email=(username or "").lower())

    def create_user(self, email: str, *, name: str, password: str | None = None) -> User:
        """Add a person; without a password nobody can sign in as them."""
        user = self.model(email=email.lower(), name=name)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save()
        return user


def new_public_id() -> str:
    """An id that is in no sequence: it stands in the trail and beside documents."""
    return f"P-{opaque(6)}"


def opaque(length: int) -> str:
    """Random letters and digits that cannot be mistaken for one another."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may see follows from their current membership."""

    public_id = models.CharField(max_length=12, unique=True, default=new_public_id, editable=False)
    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = False
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            # A superuser by-passes every permission of Django and Wagtail: nobody is one.
            models.CheckConstraint(condition=Q(is_superuser=False), name="nobody_is_superuser"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_in_lower_case"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Addresses differ in case only where people make mistakes."""
        super().clean()
        self.email = self.email.lower()

    def get_full_name(self) -> str:
        """The name that Wagtail's admin shows."""
        return self.name

    def get_short_name(self) -> str:
        """The name that Wagtail's admin shows."""
        return self.name


class Membership(models.Model):
    """Somebody belongs to one organisation, with roles, from a moment until another."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    roles = models.JSONField(default=list)
    marking_ceiling = models.PositiveSmallIntegerField(
        choices=[(mark.value, mark.name.replace("_", "-")) for mark in Marking],
        default=Marking.OFFICIAL.value,
    )
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    # When somebody last said that it is still needed, and when its lead was last reminded
    # (forces.confirmation).
    confirmed_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("-starts_at",)
        constraints = [
            models.UniqueConstraint(
                fields=("user",), condition=Q(ends_at__isnull=True), name="one_open_membership"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="membership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(marking_ceiling__in=[mark.value for mark in Marking]),
                name="ceiling_is_a_marking",
            ),
            # Partners can be nothing else, so that the list of roles is this one (ROLES_OF_KIND).
            models.CheckConstraint(
                condition=~Q(roles=[Role.PARTNER.value]) | Q(ends_at__isnull=False),
                name="partners_have_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.organisation}"

    def clean(self) -> None:
        """Refuse roles the organisation cannot give, and two memberships at one time."""
        super().clean()
        allowed = ROLES_OF_KIND[self.organisation.kind]
        unknown = set(self.roles) - {role.value for role in allowed}
        if unknown or not self.roles:
            names = ", ".join(label for role, label in ROLE_LABELS.items() if role in allowed)
            raise ValidationError(
                {"roles": f"Choose from the roles of this organisation: {names}."}
            )
        if Role.PARTNER in self.roles:
            require_partners_end(self.starts_at, self.ends_at)
        others = Membership.objects.filter(user=self.user).exclude(pk=self.pk)
        # One that was ended before it began never counted.
        others = others.exclude(starts_at=F("ends_at"))
        overlapping = others.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=self.starts_at))
        if self.ends_at is not None:
            overlapping = overlapping.filter(starts_at__lt=self.ends_at)
        if overlapping.exists():
            raise ValidationError("End the current membership first: a person has one at a time.")

    @property
    def role_labels(self) -> list[str]:
        """What people call the roles."""
        return [label for role, label in ROLE_LABELS.items() if role in self.roles]

    def is_current(self, *, at: datetime) -> bool:
        """Whether the membership counts at a moment."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


def require_partners_end(starts_at: datetime, ends_at: datetime | None) -> None:
    """Raises ValidationError unless a partner's membership ends, within a year."""
    if ends_at is None or ends_at > starts_at + PARTNERS_AT_MOST:
        raise ValidationError("Partners have access until a day within a year. Say which.")


class NeedToKnowGroup(models.Model):
    """People from several forces who share what others must not read, for a reason and a time."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    ends_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="group_has_a_reason"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Give a new group a slug that tells nothing: it stands beside documents in the index."""
        self.slug = self.slug or f"group-{opaque(6).lower()}"
        super().save(*args, **kwargs)


class GroupMembership(models.Model):
    """Somebody is in a need-to-know group for a time."""

    group = models.ForeignKey(NeedToKnowGroup, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="group_memberships")
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("group", "user"), condition=Q(ends_at__isnull=True), name="once_in_a_group"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="group_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.group}"


class BreakGlassGrant(models.Model):
    """Somebody may read one document for a time, for a reason, by somebody else's word."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    document_ref = models.CharField(max_length=12)
    reason = models.CharField(max_length=300)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(user=F("granted_by")), name="nobody_grants_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="grant_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} reads {self.document_ref}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Grants are written once; ending one early sets its end."""
        self.full_clean(validate_constraints=True)
        super().save(*args, **kwargs)
