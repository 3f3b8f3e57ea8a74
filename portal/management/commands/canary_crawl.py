"""Ask every address as everybody: no answer, mail, log or file name gives a hidden word away."""

import json
import os
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.canary.processes import CrawlFailedError, crawl_apart

MOST_PROCESSES = 8


class Command(BaseCommand):
    """Works in temporary folders; the portal's own data is neither read nor written."""

    help = __doc__
    # The answer does not depend on this installation's database or addresses.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the size."""
        parser.add_argument(
            "--full", action="store_true", help="Everybody, every document, every method."
        )
        parser.add_argument("--json", action="store_true", help="Print one line of JSON.")
        parser.add_argument(
            "--processes", type=int, default=0, help="One for each processor if not given."
        )

    def handle(self, *args: Any, full: bool, processes: int, **options: Any) -> None:
        """Crawl, print one line, and fail on a leak or on an address that nobody visited."""
        if processes < 0:
            raise CommandError("--processes must be 1 or more.")
        several = processes or min(os.cpu_count() or 1, MOST_PROCESSES)
        started = time.monotonic()
        try:
            report = crawl_apart(full=full, processes=several, root=settings.BASE_DIR)
        except CrawlFailedError as error:
            raise CommandError(str(error)) from error
        line = report.line(full=full, seconds=time.monotonic() - started)
        complaints = report.complaints()
        if options["json"]:
            self.stdout.write(json.dumps(line))
        elif not complaints:
            self.stdout.write(
                f"{line['requests']} requests by {line['personas']} people to all "
                f"{line['routes']['known']} addresses: no leak."
            )
        if complaints:
            raise CommandError("\n".join(complaints))
