"""Puts the import page into the admin: its address and its place in the menu."""

from __future__ import annotations

from django.urls import URLPattern, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from guidance.importing.views import import_document


@hooks.register("register_admin_urls")
def import_url() -> list[URLPattern]:
    """The address, under the name that the admin policy knows."""
    return [path("guidance/import/", import_document, name="guidance_import")]


@hooks.register("register_admin_menu_item")
def import_item() -> MenuItem:
    """Beside “My section”."""
    return MenuItem("Import", reverse("guidance_import"), name="import", icon_name="upload")
