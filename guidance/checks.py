"""System checks: doors that must not exist in this site."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

FORBIDDEN_MIDDLEWARE = (
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
)
FORBIDDEN_APPS = (
    "wagtail.contrib.redirects",
    "wagtail.api.v2",
    "wagtail.contrib.sitemaps",
    "django.contrib.admin",
    "modelsearch",
)


@register(Tags.security)
def side_doors(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse middleware and apps that show or keep pages without asking the access rule."""
    found = [name for name in FORBIDDEN_MIDDLEWARE if name in settings.MIDDLEWARE]
    found += [name for name in FORBIDDEN_APPS if name in settings.INSTALLED_APPS]
    return [
        Error(
            f"{name} shows pages without asking the access rule.",
            hint="Remove it from the settings: see docs/decisions/.",
            id="guidance.E001",
        )
        for name in found
    ]


@register(Tags.database)
def view_restrictions(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse Wagtail's page privacy: it guards serving only, and misleads whoever sets it."""
    from django.db import connection
    from wagtail.models import PageViewRestriction  # noqa: TID251 - to refuse its rows

    if (
        not databases
        or PageViewRestriction._meta.db_table not in connection.introspection.table_names()
    ):
        return []
    if not PageViewRestriction.objects.exists():
        return []
    return [
        Error(
            "A page has a Wagtail privacy setting.",
            hint="Set its audience instead; remove the PageViewRestriction rows.",
            id="guidance.E002",
        )
    ]
