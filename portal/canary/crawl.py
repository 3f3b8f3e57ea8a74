"""Every persona at every address by every method: nobody may meet a word they may not know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from access.vocabulary import Role
from guidance.models.references import ALPHABET, LENGTH
from portal.canary.browsers import Browser
from portal.canary.documents import Canary, Place
from portal.canary.report import Report
from portal.canary.routes import Route, UnknownRouteError, Values, addresses, routes, values_of
from portal.canary.world import Persona, World, version_of
from search.models import Unanswered

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
# In lower case: it is the slug of its document, too.
_REFERENCE = re.compile(rf"(?:gd|ls|ev|pl)-[{ALPHABET.lower()}]{{{LENGTH}}}")

# The small crawl asks for admin addresses as these, for these documents, ...
ADMIN_PERSONAS = ("essex author", "hub editor", "kent author")
ADMIN_CANARIES = ("own", "edited")
# ... by other methods than GET as this one, for this document, ...
METHOD_PERSONAS = ("essex author",)
METHOD_CANARIES = ("own",)
# ... and leaves out whom another persona of the same clauses stands for.
QUIET_PERSONAS = (
    "kent lead",
    "essex officer",
    "special force",
    "information rights",
    "auditor",
    "leaver",
)


class Crawl:
    """Asks, and remembers what came out that should not have."""

    def __init__(
        self, world: World, *, full: bool = False, share: tuple[int, int] = (0, 1)
    ) -> None:
        """Work out once who may know what. `full` asks everything as everybody.

        A share of (1, 3) is every third persona, from the second on.
        """
        self.world = world
        self.full = full
        self.share = share
        self.report = Report()
        self.seen: set[tuple[str, str]] = set()
        self.visited: set[str] = set()
        self.unknown: set[str] = set()
        self.routes = routes()
        self.values = {canary.name: values_of(canary) for canary in world.canaries}
        self.named = {word: {one.name} for one in world.canaries for word in one.words}
        for canary in world.canaries:
            self.named.setdefault(canary.ref.lower(), set()).add(canary.name)
        self._words = re.compile("|".join(word for one in world.canaries for word in one.words))
        viewers = {persona.name: persona.viewer() for persona in world.personas}
        versions = {canary.name: version_of(canary) for canary in world.canaries}
        now = timezone.now()
        self.allowed = {
            who: {name for name, version in versions.items() if version.is_for(viewer, at=now)}
            for who, viewer in viewers.items()
        }
        self._auditors = {who for who, viewer in viewers.items() if Role.AUDITOR in viewer.roles}
        self._browsers: dict[str, Browser] = {}

    def run(self) -> Report:
        """The whole crawl, or its share of it, one person after the other."""
        for persona in self.askers():
            for route in self.routes:
                self.visit(persona, route)
            self._browsers.clear()
        return self.reported()

    def reported(self) -> Report:
        """What was found so far, and what should have been found and was not."""
        self.report.known = sorted({route.route for route in self.routes})
        self.report.visited = sorted(self.visited)
        self.report.unknown = sorted(self.unknown)
        self.report.personas = [persona.name for persona in self.askers()]
        self.report.canaries = [canary.name for canary in self.world.canaries]
        self.report.unseen = [f"{who}: {what}" for who, what in sorted(self._due() - self.seen)]
        return self.report

    def askers(self) -> list[Persona]:
        """Who takes part."""
        number, of = self.share
        people = [one for one in self.world.personas if self.full or one.name not in QUIET_PERSONAS]
        return people[number::of]

    def _due(self) -> set[tuple[str, str]]:
        """Who must meet which words; older revisions stand in the admin only."""
        former = {one.name for one in self.world.canaries if one.place is Place.FORMER}
        in_admin = {one.name for one in self.askers() if self.full or one.name in ADMIN_PERSONAS}
        return {
            (one.name, name)
            for one in self.askers()
            for name in self.allowed[one.name]
            if name not in former or one.name in in_admin
        }

    def visit(self, persona: Persona, route: Route) -> None:
        """One route as one person, by every method and for every document of the crawl's size."""
        for method in METHODS:
            asked: set[tuple[str, int]] = set()
            for canary in self._canaries_for(persona, route, method):
                for path in self._paths(route, self.values[canary.name]):
                    # Only what is posted differs where the address names no document.
                    key = (path, canary.pk if method == "POST" else 0)
                    if key not in asked:
                        asked.add(key)
                        self.ask(persona, method, path, self.values[canary.name])
                        self.visited.add(route.route)

    def _canaries_for(self, persona: Persona, route: Route, method: str) -> Iterable[Canary]:
        """The documents to ask for: all in the full crawl and on the readers' side."""
        canaries, admin = self.world.canaries, route.template.startswith("/admin/")
        small: Iterable[str] | None = None
        if self.full:
            # What is posted to an address that names nothing: a few documents stand for all.
            small = ADMIN_CANARIES if method == "POST" and not route.arguments else None
        elif admin and persona.name not in ADMIN_PERSONAS:
            small = ()
        elif method != "GET":
            small = METHOD_CANARIES if persona.name in METHOD_PERSONAS else ()
        elif admin:
            small = ADMIN_CANARIES
        return canaries if small is None else [one for one in canaries if one.name in small]

    def _paths(self, route: Route, values: Values) -> list[str]:
        try:
            return addresses(route, values)
        except UnknownRouteError as error:
            self.unknown.add(str(error))
            return []

    def ask(self, persona: Persona, method: str, path: str, values: Values) -> None:
        """One request; what was typed may come back."""
        posted = bait(values) if method == "POST" else None
        answer = self._browser(persona).ask(method, path, posted)
        self.report.requests += 1
        if answer.status >= 500:
            self.report.leaks.append(f"{persona.name} {method} {path}: {answer.status}")
        typed = f"{path} {posted or ''}".lower()
        for name in sorted(self._met(persona, answer.text.lower(), typed=typed)):
            self.report.leaks.append(f"{persona.name} sees {name} at {method} {path}")
        if self._words.search(answer.trail.lower()):
            self.report.leaks.append(f"{method} {path} writes a word into the trail")
        if self._words.search(typed):
            # The hub's queue shows what enough forces typed; here they all typed one word.
            Unanswered.objects.all().delete()

    def _met(self, persona: Persona, text: str, *, typed: str) -> set[str]:
        """The canaries that an answer gives away; those that it may show are noted as seen."""
        leaked: set[str] = set()
        allowed = self.allowed[persona.name]
        for word in set(self._words.findall(text)) - set(self._words.findall(typed)):
            names = self.named[word]
            leaked |= names - allowed
            self.seen |= {(persona.name, name) for name in names & allowed}
        # Auditors may see that a document exists, and its reference.
        if persona.name not in self._auditors:
            for ref in set(_REFERENCE.findall(text)) - set(_REFERENCE.findall(typed)):
                names = self.named.get(ref, set())
                if not names & allowed:
                    leaked |= names
        return leaked

    def _browser(self, persona: Persona) -> Browser:
        if persona.name not in self._browsers:
            self._browsers[persona.name] = Browser(persona.user, strong=persona.strong)
        return self._browsers[persona.name]


def bait(values: Values) -> dict[str, Any]:
    """What a form might be made to take: the numbers and the reference of a document."""
    page, ref = values["page_id"][0], values["ref"][0]
    picture, file = values["image_id"][-1], values["document_id"][-1]
    return {
        **dict.fromkeys(("id", "pk", "page", "parent_page_id", "new_parent_page", "choice"), page),
        **dict.fromkeys(("image", "body-0-value-image"), picture),
        **dict.fromkeys(("document", "file", "attachments-0-file"), file),
        **dict.fromkeys(("ref", "successor_ref", "title"), ref),
        "slug": ref.lower(),
        "next": f"/{ref}/",
        "q": values["word"][0],
        "external-link-chooser-url": f"/kent/{ref.lower()}/",
        "reason": "A reason of enough letters.",
        "audience": "national",
        "marking": "1",
        "workflow-action-name": "approve",
        "action-submit": "1",
    }
