"""How people get in: sessions, invitations, requests for access, and the addresses of a force."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from access.vocabulary import Marking
from forces.models.people import Organisation, User, opaque


class PersonSession(AbstractBaseSession):
    """One browser in which somebody is signed in, or a visitor who has been given a token.

    `expire_date` is the earlier of two limits (forces.sessions): so long unused, so long at all.
    """

    # The key opens the session; where one is named to be ended, it is named by this.
    ref = models.CharField(max_length=16, unique=True)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    device = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """How these rows are read and written."""
        from forces.sessions import SessionStore

        return SessionStore


class EmailDomain(models.Model):
    """A domain whose addresses belong to one organisation; only such addresses are invited."""

    domain = models.CharField(
        max_length=120,
        unique=True,
        validators=[
            RegexValidator(
                r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$",
                "Enter a domain in small letters, such as kent.police.uk.",
            )
        ],
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="email_domains"
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("domain",)
        constraints = [
            models.CheckConstraint(condition=Q(domain=Lower("domain")), name="domain_in_lower_case")
        ]

    def __str__(self) -> str:
        return self.domain


def new_invitation_ref() -> str:
    """An id that is in no sequence: it stands in the trail and in addresses."""
    return f"I-{opaque(6)}"


def new_token() -> str:
    """What only the invited person is told."""
    return secrets.token_urlsafe(32)


class Invitation(models.Model):
    """One person asked to join one organisation in some roles; or asking, until a lead decides.

    `token_hash` is empty while it is a request. The token itself is in the mail and nowhere else.
    """

    class State(models.TextChoices):
        """What has become of it."""

        ASKED = "asked", "Asks for access"
        SENT = "sent", "Invited"
        ACCEPTED = "accepted", "Joined"
        CLOSED = "closed", "Declined or withdrawn"

    ref = models.CharField(max_length=12, unique=True, default=new_invitation_ref, editable=False)
    email = models.EmailField("e-mail address")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    roles = models.JSONField(default=list)
    marking_ceiling = models.PositiveSmallIntegerField(default=Marking.OFFICIAL.value)
    state = models.CharField(max_length=10, choices=State.choices)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = [
            models.UniqueConstraint(
                fields=("email", "organisation"),
                condition=Q(state__in=("asked", "sent")),
                name="one_open_invitation",
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="invited_email_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def is_open(self, *, at: datetime) -> bool:
        """Whether it can still be accepted."""
        return (
            self.state == self.State.SENT and self.expires_at is not None and at < self.expires_at
        )


class AccessRequest(models.Model):
    """An address that somebody typed into the public form; the worker looks whose it is.

    The form itself writes this row and nothing else, for every address: so nobody can tell by
    its work which addresses are known here.
    """

    email = models.EmailField()
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"request {self.pk}"
