"""`manage.py audit_verify [--head SEQUENCE:HASH]`: is the trail whole?"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.verify import Head, verify


class Command(BaseCommand):
    """Prints one JSON line; exits 1 at the first break."""

    help = "Check the hash chain of the trail; keep the printed head to find a cut tail later."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A head that was exported before."""
        parser.add_argument("--head", help="SEQUENCE:HASH as printed by an earlier run")

    def handle(self, *args: Any, head: str | None, **options: Any) -> None:
        """Walk the chain."""
        try:
            expected = Head.parse(head) if head else None
        except ValueError as error:
            raise CommandError(str(error)) from error
        verdict = verify(expected=expected)
        line = {
            "sealed": verdict.sealed,
            "unsealed": verdict.unsealed,
            "head": str(verdict.head),
            "broken_at": verdict.broken_at,
        }
        self.stdout.write(json.dumps(line))
        if verdict.broken_at is not None:
            raise CommandError(f"The trail breaks at {verdict.broken_at}: {verdict.why}.")
