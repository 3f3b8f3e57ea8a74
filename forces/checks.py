"""System checks: settings that must not reach production."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def no_demo_in_production(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse demo conveniences where `check --deploy` runs."""
    if not settings.DEMO:
        return []
    return [
        Error(
            "DEMO is on: session cookies can be printed and personas have known passwords.",
            hint="Use portal.settings.production.",
            id="forces.E001",
        )
    ]


@register(Tags.security, deploy=True)
def providers_by_https(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse to speak to identity providers without TLS where `check --deploy` runs."""
    if not settings.SSO_INSECURE_ISSUERS:
        return []
    return [
        Error(
            "SSO_INSECURE_ISSUERS is on: anybody on the way could sign in as anybody.",
            hint="Leave it to the tests.",
            id="forces.E003",
        )
    ]


@register(Tags.security)
def second_factor_keys(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse to start without a key for second-factor secrets."""
    if settings.MFA_SECRET_KEYS:
        return []
    return [
        Error(
            "MFA_SECRET_KEYS is empty: second-factor secrets could not be encrypted.",
            hint="Set it to one Fernet key or more, the newest first.",
            id="forces.E002",
        )
    ]
