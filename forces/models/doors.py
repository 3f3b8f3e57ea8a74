"""How people get in: sessions, invitations, requests for access, and the addresses of a force."""

from __future__ import annotations

import secrets
from datetime import datetime
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
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
    """The sign-in of one force, in whose words its people sign in here.

    The client secret of OpenID Connect is not here: it comes from the environment, by the `slug`.
    """

    class Kind(models.TextChoices):
        """What it speaks."""

        OIDC = "oidc", "OpenID Connect"
        SAML = "saml", "SAML 2.0"

    slug = models.SlugField(
        unique=True, help_text="Stands in the address that the force registers; never changed."
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="identity_providers"
    )
    kind = models.CharField(max_length=4, choices=Kind.choices, default=Kind.OIDC)
    issuer = models.CharField(
        max_length=300,
        help_text=(
            "Exactly as in its tokens. Entra ID: ends in /v2.0. SAML: the provider’s entity id."
        ),
    )
    tenant = models.CharField(
        max_length=64,
        blank=True,
        help_text="Entra ID: the tenant's id, which each token must name.",
    )
    client_id = models.CharField(
        "client id", max_length=191, blank=True, help_text="OpenID Connect only."
    )
    sso_address = models.CharField(
        "sign-in address",
        max_length=300,
        blank=True,
        help_text="SAML only: where people are sent (HTTP-Redirect).",
    )
    certificate = models.TextField(
        blank=True,
        help_text=(
            "SAML only: what the provider signs with, from BEGIN to END. Two while it changes."
        ),
    )
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
            models.UniqueConstraint(fields=("issuer", "client_id"), name="one_provider_an_issuer"),
            models.CheckConstraint(
                condition=Q(kind="oidc", sso_address="", certificate="") & ~Q(client_id="")
                | Q(kind="saml", client_id="") & ~Q(sso_address="") & ~Q(certificate=""),
                name="provider_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    def clean(self) -> None:
        """Refuse what the other protocol needs, and addresses and keys that guard nothing."""
        super().clean()
        saml = self.kind == self.Kind.SAML
        needed, alien = ["client_id"], ["sso_address", "certificate"]
        if saml:
            needed, alien = alien, needed
        wrong = {name: "Needed here." for name in needed if not getattr(self, name)}
        wrong |= {name: "Leave this empty." for name in alien if getattr(self, name)}
        address = "sso_address" if saml else "issuer"
        # OpenID Connect Discovery 1.0, 3: an issuer has no query. A SAML address may have one.
        if address not in wrong and not _guarded(getattr(self, address), may_ask=saml):
            without = "“#”" if saml else "“?” or “#”"
            wrong[address] = f"Enter an https address without {without}."
        if saml and "certificate" not in wrong and not _strong_keys(self.certificate):
            wrong["certificate"] = "Enter certificates with RSA of 2048 bits or more, or ECDSA."
        if wrong:
            raise ValidationError(wrong)


def _guarded(address: str, *, may_ask: bool) -> bool:
    parts = urlsplit(address)
    secure = parts.scheme == "https" or (settings.SSO_INSECURE_ISSUERS and parts.scheme == "http")
    plain = bool(parts.hostname) and not parts.fragment and not parts.username
    return secure and plain and (may_ask or not parts.query)


def _strong_keys(certificates: str) -> bool:
    try:
        keys = [one.public_key() for one in x509.load_pem_x509_certificates(certificates.encode())]
    except ValueError:
        return False
    return all(
        key.key_size >= 2048
        if isinstance(key, rsa.RSAPublicKey)
        else isinstance(key, ec.EllipticCurvePublicKey)
        for key in keys
    )


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
    # Until when the membership that it leads to lasts; partners always have an end.
    ends_at = models.DateTimeField(null=True)

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
