"""`manage.py rebuild_index`: builds the search index anew beside the one in use, and swaps."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from search.engines.base import EngineUnavailableError, WriterBusyError
from search.indexing import rebuild


class Command(BaseCommand):
    """Searches go on meanwhile; what changes meanwhile is drained after it."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Rebuild, and say how many documents the index holds."""
        try:
            count = rebuild()
        except WriterBusyError as error:
            raise CommandError(
                "Another process is writing to the index. Stop the worker or try again shortly."
            ) from error
        except EngineUnavailableError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{count} documents indexed")
