"""What a force's identity provider says of a person, and why it may not be believed.

The checks of OpenID Connect Core 1.0, section 3.1.3.7, of which django-allauth leaves out nonce,
acr, amr and auth_time.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

import jwt
from allauth.socialaccount.providers.base.provider import ProviderException

from access.vocabulary import Role
from forces.models import IdentityProvider

Claims = Mapping[str, object]

# Clocks of two organisations differ.
SKEW = dt.timedelta(seconds=60)
# Never "none", and never a shared secret: the client's secret would then be a signing key.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]
_LONGEST_SUBJECT = 255
_LONGEST_NAME = 120


class Refusal(StrEnum):
    """Why an answer of a provider is not believed; the trail's word for it."""

    STATE = "not-asked-for"
    CANCELLED = "cancelled"
    UNREACHABLE = "unreachable"
    TOKEN = "token"  # noqa: S105 - a word of the trail
    NONCE = "nonce"
    TENANT = "tenant"
    PARTY = "authorised-party"
    STALE = "auth-time"
    EMAIL = "email-unverified"
    DOMAIN = "email-domain"
    ELSEWHERE = "not-of-this-force"
    SOMEBODY_ELSE = "somebody-else"


class RefusedError(ProviderException):
    """A provider's answer is not believed; allauth ends the sign-in where it meets one."""

    def __init__(self, reason: Refusal) -> None:
        """Keep the word for the trail: the person is told less."""
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as one provider knows them.

    `uid` stands for issuer, tenant and subject together: a subject is unique only within them.
    """

    uid: str
    email: str
    name: str
    # When a second factor was shown to the provider; None where it says of none.
    second_factor_at: dt.datetime | None
    # What the claims suggest. A lead gives roles; no claim does.
    suggested: frozenset[Role]


def claims_in(
    token: str, *, keys: Mapping[str, object], provider: IdentityProvider
) -> Mapping[str, object]:
    """The claims of a signed ID token that is for us. Raises RefusedError.

    `keys` is the provider's JSON Web Key Set (RFC 7517).
    """
    try:
        header = jwt.get_unverified_header(token)
        if header.get("alg") not in ALGORITHMS:
            raise RefusedError(Refusal.TOKEN)
        key = jwt.PyJWKSet.from_dict(dict(keys))[str(header.get("kid"))]
        return jwt.decode(
            token,
            key,
            algorithms=[header["alg"]],
            audience=provider.client_id,
            issuer=provider.issuer,
            leeway=SKEW,
            options={"require": REQUIRED},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        raise RefusedError(Refusal.TOKEN) from error


def identity_in(
    claims: Claims,
    *,
    provider: IdentityProvider,
    nonce: str,
    proved_since: dt.datetime,
    at: dt.datetime,
) -> Identity:
    """Whom the claims are about. Raises RefusedError.

    `proved_since` is the earliest moment of sign-in at the provider that will do.
    """
    require(hmac.compare_digest(_text(claims, "nonce"), nonce), Refusal.NONCE)
    if provider.tenant:
        require(_text(claims, "tid") == provider.tenant, Refusal.TENANT)
    several = isinstance(claims.get("aud"), list) and claims["aud"] != [provider.client_id]
    if several or "azp" in claims:
        require(claims.get("azp") == provider.client_id, Refusal.PARTY)
    signed_in_at = _moment(claims.get("auth_time"))
    require_fresh(signed_in_at, proved_since=proved_since, at=at)
    strong = _is_strong(claims, provider=provider)
    return Identity(
        uid=uid_of(provider, subject=require_subject(_text(claims, "sub"))),
        email=_email(claims),
        name=name_of(_text(claims, "name"), email=_email(claims)),
        second_factor_at=min(signed_in_at, at) if strong else None,
        suggested=suggested_by(
            # Somebody in very many groups comes without any ("overage"): nothing is suggested.
            _words(claims.get("roles")) | _words(claims.get("groups")),
            provider=provider,
        ),
    )


def uid_of(provider: IdentityProvider, *, subject: str) -> str:
    """Issuer, tenant and subject as one opaque word: no claim is kept."""
    parts = (provider.issuer, provider.tenant, subject)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def require(fulfilled: bool, reason: Refusal) -> None:  # noqa: FBT001 - a condition
    """Raises RefusedError."""
    if not fulfilled:
        raise RefusedError(reason)


def require_fresh(signed_in_at: dt.datetime, *, proved_since: dt.datetime, at: dt.datetime) -> None:
    """Refuse a sign-in at the provider that is too long ago, or not yet. Raises RefusedError."""
    require(proved_since - SKEW <= signed_in_at <= at + SKEW, Refusal.STALE)


def name_of(told: str, *, email: str) -> str:
    """What the lead is shown: the name that was told, or else the address before its “@”."""
    return (told or email.partition("@")[0])[:_LONGEST_NAME]


def require_subject(subject: str) -> str:
    """A subject of a length that the standards allow. Raises RefusedError."""
    require(0 < len(subject) <= _LONGEST_SUBJECT, Refusal.TOKEN)
    return subject


def suggested_by(held: Collection[str], *, provider: IdentityProvider) -> frozenset[Role]:
    """Roles that app roles or groups suggest to the lead."""
    author = {Role.AUTHOR} if provider.author_claim and provider.author_claim in held else set()
    return frozenset({Role.OFFICER} | author)


def _text(claims: Claims, name: str) -> str:
    """A claim that is text; a list or a number is none."""
    value = claims.get(name)
    return value.strip() if isinstance(value, str) else ""


def _email(claims: Claims) -> str:
    """The address, if the provider has verified it.

    Entra ID sends `xms_edov` (the domain's owner verified it) in place of `email_verified`.
    """
    email = _text(claims, "email").lower()
    verified = claims.get("email_verified") is True or claims.get("xms_edov") in (True, "1", "true")
    local, _, domain = email.rpartition("@")
    require(verified and bool(local) and bool(domain), Refusal.EMAIL)
    return email


def _moment(value: object) -> dt.datetime:
    """Seconds since 1970 as a moment; anything else is too old."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40:
        return dt.datetime.fromtimestamp(value, tz=dt.UTC)
    return dt.datetime.min.replace(tzinfo=dt.UTC) + SKEW


def _is_strong(claims: Claims, *, provider: IdentityProvider) -> bool:
    """Whether a second factor was used, in one of the words agreed with this provider."""
    methods = _words(claims.get("amr"))
    by_class = _text(claims, "acr") in provider.strong_classes.split()
    return by_class or bool(methods & set(provider.strong_methods.split()))


def _words(value: object) -> set[str]:
    """The members of a list of text; a bare text is none, whatever it contains."""
    return {one for one in value if isinstance(one, str)} if isinstance(value, list) else set()
