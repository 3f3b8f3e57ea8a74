"""`manage.py drain`: brings the search index up to date now, and stops."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guidance.changes import waiting_for
from search.engines import current_engine
from search.engines.base import EngineUnavailableError
from search.indexing import drain, keep_level
from search.level import index_in_use


class Command(BaseCommand):
    """The worker does this all the time; here also what failed is tried again at once."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Drain until nothing more can be done."""
        done = 0
        try:
            keep_level()
            while step := drain(retry_failed=not done):
                done += step
            changes = waiting_for(index_in_use(current_engine()))
        except EngineUnavailableError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{done} changes indexed")
        if waiting := changes.count():
            failed = changes.exclude(failure="").count()
            self.stdout.write(f"{waiting} are waiting, {failed} of them failed before")
