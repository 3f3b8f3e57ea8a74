"""How people get in: sessions, invitations, requests for access, and the addresses of a force."""

from __future__ import annotations

import secrets
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
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


class IdentityProvider(models.Model):
    """The OpenID Connect provider of one force, in whose words its people sign in here.

    Its client secret is not here: it comes from the environment, by the `slug`.
    """

    slug = models.SlugField(
        unique=True, help_text="Stands in the address that the force registers; never changed."
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="identity_providers"
    )
    issuer = models.CharField(
        max_length=300, help_text="Exactly as in its tokens. Entra ID: ends in /v2.0."
    )
    tenant = models.CharField(
        max_length=64,
        blank=True,
        help_text="Entra ID: the tenant's id, which each token must name.",
    )
    client_id = models.CharField("client id", max_length=191)
    strong_methods = models.CharField(
        "methods (amr) that are a second factor",
        max_length=120,
        blank=True,
        default="mfa",
        help_text="Words with blanks between. Nobody is strong here by another word.",
    )
    strong_classes = models.CharField(
        "classes (acr) that are a second factor", max_length=200, blank=True
    )
    author_claim = models.CharField(
        "app role or group that suggests an author",
        max_length=120,
        blank=True,
        help_text="Suggests only: the Force hub lead gives roles.",
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("organisation__name",)
        constraints = [
            models.UniqueConstraint(fields=("issuer", "client_id"), name="one_provider_an_issuer")
        ]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        """Refuse an issuer that is not an https address (OpenID Connect Discovery 1.0, 3)."""
        super().clean()
        parts = urlsplit(self.issuer)
        secure = parts.scheme == "https" or settings.SSO_INSECURE_ISSUERS
        if not secure or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise ValidationError({"issuer": "Enter an https address without “?” or “#”."})


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


class ForceAccountRequest(models.Model):
    """What a force's provider says of somebody who asks for access by signing in with it."""

    invitation = models.OneToOneField(
        Invitation, on_delete=models.CASCADE, related_name="force_account"
    )
    provider = models.ForeignKey(IdentityProvider, on_delete=models.CASCADE, related_name="+")
    uid = models.CharField(max_length=64)
    name = models.CharField(max_length=120)

    def __str__(self) -> str:
        return str(self.invitation)


class AccessRequest(models.Model):
    """An address that somebody typed into the public form; the worker looks whose it is.

    The form itself writes this row and nothing else, for every address: so nobody can tell by
    its work which addresses are known here.
    """

    email = models.EmailField()
    asked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"request {self.pk}"
