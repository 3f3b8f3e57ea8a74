"""Prove on generated viewers and documents that every compiled form obeys the access rule."""

import json
import math
import time
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from access.agreement import tally
from access.specimens import ORGANISATIONS, Sample, sample
from portal.agreement.comparison import compare
from portal.agreement.engines import engines

# Loading documents is cheap beside asking a question, so there are more of them.
DOCUMENTS_TO_A_VIEWER = 20
LEAST_VIEWERS = 4 * len(ORGANISATIONS)


class Command(BaseCommand):
    """Works in throw-away databases; the portal's own data is neither read nor written."""

    help = __doc__
    # The answer does not depend on this installation's database or addresses.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the size and the seed of the sample."""
        parser.add_argument("--decisions", type=int, default=200_000, help="How many, each engine.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed, the same sample.")

    def handle(self, *, decisions: int, seed: int, **options: object) -> None:
        """Compare all engines, print one line of JSON, and fail on anything less than a proof."""
        if decisions < 1:
            message = "--decisions must be 1 or more; 200000 is usual."
            raise CommandError(message)
        started = time.monotonic()
        drawn = _drawn(decisions, seed=seed)
        expected = tally(drawn)
        compared = compare(drawn, expected, engines=engines())
        report = {
            "decisions": expected.decisions,
            "engines": compared.engines,
            "missing": sorted(compared.missing),
            "disagreements": compared.disagreements,
            "allowed_share": round(expected.allowed_share, 4),
            "clauses": expected.clauses,
            "seconds": round(time.monotonic() - started, 1),
        }
        self.stdout.write(json.dumps(report))
        if complaints := compared.complaints() + expected.complaints():
            raise CommandError("\n".join(["The agreement proves nothing yet.", *complaints]))


def _drawn(decisions: int, *, seed: int) -> Sample:
    viewers = max(LEAST_VIEWERS, round(math.sqrt(decisions / DOCUMENTS_TO_A_VIEWER)))
    return sample(seed, viewers=viewers, documents=math.ceil(decisions / viewers))
