"""Registers the assembled site with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The top of the house: it may import every other room."""

    name = "portal"
    label = "portal"
