"""Adds the demo library where it is missing."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.demo.loading import load_demo


class Command(BaseCommand):
    """Safe to run again: only what was never loaded is added."""

    help = __doc__

    def handle(self, **options: object) -> None:
        """Load, and say how much was new."""
        if not settings.DEMO:
            raise CommandError("The demo library belongs on no real portal: DEMO is off here.")
        loaded = load_demo(at=timezone.now())
        self.stdout.write(f"  {loaded.people} people and {loaded.documents} documents added.")
