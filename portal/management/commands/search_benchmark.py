"""`manage.py search_benchmark relevance --collection DIR`: how well search finds, as figures."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.benchmark.apart import MeasurementFailedError, measured_apart
from portal.benchmark.judged import CollectionRefusedError, read_collection
from search.engines import ENGINES


class Command(BaseCommand):
    """Measures with a database and an index of its own; what people wrote is not touched."""

    help = "Measure how well search finds, on a collection with judged queries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to measure, on which engine."""
        kinds = parser.add_subparsers(dest="kind", required=True)
        relevance = kinds.add_parser("relevance", help="ndcg@10, recall@100, queries with no hit.")
        relevance.add_argument(
            "--collection",
            type=Path,
            required=True,
            metavar="DIR",
            help="A folder with docs.jsonl, queries.jsonl and qrels.tsv.",
        )
        relevance.add_argument("--engine", choices=ENGINES, default=settings.SEARCH_ENGINE)
        relevance.add_argument("--no-model", action="store_true", help="By words alone.")

    def handle(
        self, *args: Any, collection: Path, engine: str, no_model: bool, **options: Any
    ) -> None:
        """Print one line of JSON."""
        folder = collection.resolve()
        try:
            read_collection(folder)
            line = measured_apart(
                "portal.benchmark.relevance", str(folder), engine=engine, with_model=not no_model
            )
        except (CollectionRefusedError, MeasurementFailedError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(line)
