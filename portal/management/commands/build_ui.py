"""Fetches the UI kit into portal/static/kit, once for each lock file."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import uikit


class Command(BaseCommand):
    """Run it before collectstatic; the second time it only looks at the stamp."""

    help = "Fetches the UI kit (needs the npm registry, once) and says whether it had to."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Build the kit, or say in one line what to do about it."""
        try:
            built = uikit.build()
        except uikit.KitError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("UI kit fetched." if built else "UI kit is already there.")
