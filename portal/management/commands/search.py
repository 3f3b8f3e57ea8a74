"""`manage.py search WORDS --as EMAIL`: what this person would find."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from forces.models import User
from forces.viewers import viewer_for
from search.engines.base import EngineUnavailableError, Facet, Sort
from search.query import NothingToSearchError, QueryTooLongError
from search.services import Request, Results, find


class Command(BaseCommand):
    """The portal's own search, without a browser; the person counts as strongly signed in."""

    help = "Prints the total, the references in order and the facets of a search."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Words, person, page and order, and filters as facet=value."""
        parser.add_argument("words", nargs="*", help="What to search for; nothing: everything.")
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL")
        parser.add_argument("--page", type=int, default=1)
        parser.add_argument("--sort", choices=[one.value for one in Sort], default=Sort.RELEVANCE)
        parser.add_argument(
            "--filter", action="append", default=[], metavar="FACET=VALUE", dest="chosen"
        )
        parser.add_argument("--json", action="store_true", help="One line of JSON.")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Search as that person sees the portal now."""
        now = timezone.now()
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"There is nobody with the address {email}.")
        request = Request(
            words=" ".join(options["words"]),
            filters=_filters(options["chosen"]),
            sort=Sort(options["sort"]),
            page=max(1, options["page"]),
        )
        try:
            results = find(viewer_for(user, second_factor=True, at=now), request, at=now)
        except (EngineUnavailableError, NothingToSearchError, QueryTooLongError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(results), ensure_ascii=False))
            return
        self.stdout.write(f"{results.total} found")
        for result in results.results:
            self.stdout.write(f"{result.document.ref}  {result.document.title}")


def _filters(chosen: list[str]) -> dict[Facet, frozenset[str]]:
    filters: dict[Facet, frozenset[str]] = {}
    for one in chosen:
        name, _, value = one.partition("=")
        try:
            facet = Facet(name)
        except ValueError as error:
            names = ", ".join(facet.value for facet in Facet)
            raise CommandError(f"There is no filter “{name}”. Filters: {names}.") from error
        filters[facet] = filters.get(facet, frozenset()) | {value}
    return filters


def _as_json(results: Results) -> dict[str, Any]:
    return {
        "total": results.total,
        "page": results.request.page,
        "references": [result.document.ref for result in results.results],
        "facets": {facet.value: dict(counts) for facet, counts in results.facets.items()},
        "corrections": dict(results.analysis.corrections),
        "did_you_mean": {word: list(listed) for word, listed in results.analysis.meanings},
    }
