"""`manage.py search_verify [--repair]`: does the search index hold what the database says?"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.engines import current_engine
from search.engines.base import EngineUnavailableError, WriterBusyError
from search.meaning.model import NAME, is_fetched
from search.verify import repair, verify


class Command(BaseCommand):
    """Prints one JSON line, then a line for each document that differs; exits 1 at any fault."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to look only."""
        parser.add_argument("--repair", action="store_true", help="Put right what differs.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, and say how each document differs: by its reference, never by its words."""
        try:
            report = repair() if options["repair"] else verify()
        except EngineUnavailableError as error:
            raise CommandError(str(error)) from error
        except WriterBusyError as error:
            raise CommandError("Another process is writing to the index. Try again.") from error
        line: dict[str, Any] = {
            "engine": current_engine().name,
            "model": NAME if is_fetched() else None,
            "documents": report.documents,
            "held": report.held,
            "lag_seconds": round(report.lag_seconds, 1),
            **{str(drift): count for drift, count in report.counts.items()},
        }
        self.stdout.write(json.dumps(line))
        for one in report.faults:
            self.stdout.write(f"{one.drift} {one.ref or one.pk}")
        if report.faults:
            raise CommandError(f"{len(report.faults)} documents differ.")
