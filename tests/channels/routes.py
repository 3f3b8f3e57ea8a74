"""Addresses that the site has, and addresses that a fault adds to it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, path

import portal.urls
from tests.channels.register import Library

ADMIN = "admin/"


def readers_routes() -> Iterator[tuple[str, URLPattern]]:
    """Every address outside the admin, as it is written in the patterns."""
    return _walk(get_resolver(), "", skipping=ADMIN)


def routes_named(words: str) -> list[str]:
    """The addresses outside the admin whose path or name holds one of the words."""
    pattern = re.compile(rf"(?<![a-z])(?:{words})(?![a-z])")
    return [
        f"/{route}"
        for route, found in readers_routes()
        if pattern.search(f"{route} {found.name or ''}".replace("_", "-"))
    ]


def _walk(resolver: URLResolver, prefix: str, *, skipping: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern).removeprefix("^")
        if route.startswith(skipping):
            continue
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route, skipping=skipping)
        else:
            yield route, pattern


def of_directories(routes: list[str]) -> list[str]:
    """Those at which a force's directory speaks, with its own key and about its own people only."""
    return [route for route in routes if route.startswith("/scim/v2/")]


def add_route(library: Library, route: str, view: Callable[..., Any], name: str = "") -> None:
    """A fault: one more address, before all others."""
    add_pattern(library, path(route, view, name=name or None))


def add_pattern(library: Library, *patterns: Any) -> None:
    """A fault: more addresses, before all others."""
    module = ModuleType("a_careless_urlconf")
    vars(module).update(vars(portal.urls), urlpatterns=[*patterns, *portal.urls.urlpatterns])
    library.monkeypatch.setitem(sys.modules, module.__name__, module)
    library.settings.ROOT_URLCONF = module.__name__
