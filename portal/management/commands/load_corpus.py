"""`manage.py load_corpus FILE`: many synthetic documents at once, to measure with."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.benchmark.corpus import CorpusRefusedError, load, read_corpus


class Command(BaseCommand):
    """Loads JSON lines as published guidance; index them afterwards with `drain`."""

    help = "Load a corpus of JSON lines as published guidance, for measuring."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Load all of it or nothing."""
        try:
            with file.open(encoding="utf-8") as lines:
                count = load(read_corpus(lines))
        except (OSError, UnicodeDecodeError, CorpusRefusedError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Loaded {count} documents. Index them with: manage.py drain")
