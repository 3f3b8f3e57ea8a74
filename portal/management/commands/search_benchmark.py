"""`manage.py search_benchmark relevance|latency`: how well and how fast search finds."""

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

    help = "Measure search: on a collection with judged queries, or by the clock."

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
        latency = kinds.add_parser("latency", help="Milliseconds of a search, seconds of a build.")
        latency.add_argument("--documents", type=int, default=10_000)
        latency.add_argument(
            "--rounds",
            type=int,
            default=1,
            help="So often 200 questions more, where the speed of a machine changes.",
        )
        latency.add_argument(
            "--engine",
            choices=ENGINES,
            action="append",
            help="May be given twice: both are then asked in turn.",
        )
        for kind in (relevance, latency):
            kind.add_argument("--no-model", action="store_true", help="By words alone.")

    def handle(self, *args: Any, kind: str, no_model: bool, **options: Any) -> None:
        """Print one line of JSON for each engine and round."""
        try:
            if kind == "relevance":
                folder = options["collection"].resolve()
                read_collection(folder)
                program, words = "portal.benchmark.relevance", [str(folder)]
                engine = options["engine"]
            else:
                engines = options["engine"] or [settings.SEARCH_ENGINE]
                numbers = str(options["documents"]), str(options["rounds"])
                program, words = "portal.benchmark.latency", [*numbers, *engines]
                engine = engines[0]
            said = measured_apart(program, *words, engine=engine, with_model=not no_model)
        except (CollectionRefusedError, MeasurementFailedError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(said)
