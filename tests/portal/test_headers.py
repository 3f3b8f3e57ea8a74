"""Every answer of every route tells the browser what it may do, errors included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from guidance.models import ForceSection
from portal import urls
from portal.canary.crawl import Crawl
from portal.canary.routes import UnknownRouteError, addresses, routes
from portal.canary.world import World
from portal.headers import NO_FEATURES, WITH_SCRIPTS
from tests import turns
from tests.sign_in import client_of

pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the buffer in which it makes a picture's size to the collector.
    pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning"),
]

ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
READERS = {
    "default-src": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "object-src": ["'none'"],
}
# With a source or with data in it, a script is none of the page's own.
OWN_SCRIPT = re.compile(r"<script(?![^>]*(?:\bsrc=|json|x-template))[^>]*>")
CODE_IN_A_TAG = re.compile(r"<[a-z][^>]*\s(?:on[a-z]+|style)=[\"']", re.IGNORECASE)


@pytest.fixture
def as_in_production(settings: Settings) -> None:
    """Behind a proxy that ends TLS."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    settings.SECURE_HSTS_PRELOAD = True


@pytest.fixture
def crawl(db: None, settings: Settings, tmp_path: Path) -> Crawl:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    return Crawl(World())


def _paths(crawl: Crawl) -> Iterator[str]:
    """The addresses of the routes in turn for one document, and the lists of all sections."""
    for route in routes():
        if not turns.is_in_turn(route.route):
            continue
        try:
            yield from addresses(route, crawl.values["own"])
        except UnknownRouteError as error:
            pytest.fail(str(error))
    yield from (f"/admin/pages/{pk}/" for pk in ForceSection.objects.values_list("pk", flat=True))


def _lacking(response: Any, where: str) -> list[str]:
    """What is missing from an answer, or not as it should be."""
    headers = dict(response.items())
    wrong = [f"{where}: {name}" for name, value in ALWAYS.items() if headers.get(name) != value]
    permissions = headers.get("Permissions-Policy", "")
    wrong += [f"{where}: {name}" for name in NO_FEATURES if f"{name}=()" not in permissions]
    if headers.get("Cache-Control") != "private, no-store":
        wrong.append(f"{where}: Cache-Control")
    policy = _policy(response)
    if not where.startswith("/admin/") and policy != READERS:
        wrong.append(f"{where}: {policy}")
    if where.startswith("/admin/") and not _is_narrow(policy, where):
        wrong.append(f"{where}: {policy}")
    return wrong


def _policy(response: Any) -> dict[str, list[str]]:
    parts = map(str.split, response["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


def _is_narrow(parts: dict[str, list[str]], where: str) -> bool:
    """The admin's: our own host only, and scripts in the page only where Wagtail writes them."""
    scripts = parts.get("script-src", parts["default-src"])
    return (
        parts["default-src"] == ["'self'"]
        and parts["frame-ancestors"] == ["'self'"]
        and parts["base-uri"] == parts["object-src"] == ["'none'"]
        and ("'unsafe-inline'" in scripts) is bool(WITH_SCRIPTS.match(where))
        and not any("eval" in one or "*" in one or ":/" in one for one in chain(*parts.values()))
    )


def _text(response: Any) -> str:
    content = b"".join(response) if response.streaming else response.content
    return str(content.decode("utf-8", "replace"))


def test_every_route_has_every_header(crawl: Crawl, as_in_production: None) -> None:
    """As nobody, as an officer, and as an editor of the force whose document it is."""
    wrong, asked = [], 0
    people = {one.name: one.user for one in crawl.world.personas}
    for name in ("visitor", "kent officer", "kent author"):
        user = people[name]
        client = Client() if user is None else client_of(user)
        client.raise_request_exception = False
        for where in _paths(crawl):
            if name == "kent officer" and where.startswith("/admin/"):
                continue
            response = client.get(where, headers={"X-Forwarded-Proto": "https"})
            asked += 1
            wrong += _lacking(response, where.partition("?")[0])
            body = _text(response)
            if not where.startswith("/admin/") and "html" in response["Content-Type"]:
                if OWN_SCRIPT.search(body) or CODE_IN_A_TAG.search(body):
                    wrong.append(f"{where}: code in the page")
            elif OWN_SCRIPT.search(body) and not WITH_SCRIPTS.match(where):
                wrong.append(f"{where}: a script that its policy stops")
    assert wrong == []
    assert asked > (600 if turns.is_everything() else 100)


def _breaks(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("broken on purpose")


_breaks.login_required = False  # type: ignore[attr-defined]


class Broken:
    """The site with an address that breaks."""

    handler404 = urls.handler404
    handler500 = urls.handler500
    urlpatterns = [path("broken/", _breaks), *urls.urlpatterns]


def test_errors_have_them_too(db: None, settings: Settings, as_in_production: None) -> None:
    """404, 500, a form without its token, a host that is not ours, and plain http."""
    settings.ROOT_URLCONF = Broken
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    secure = {"X-Forwarded-Proto": "https"}
    answers = {
        # To a visitor an unknown address is sign-in.
        302: client.get("/nowhere/%00", headers=secure),
        500: client.get("/broken/", headers=secure),
        403: client.post("/accounts/login/", {}, headers=secure),
        400: client.get("/", headers={**secure, "Host": "evil.example"}),
    }
    assert [answer.status_code for answer in answers.values()] == list(answers)
    assert [one for answer in answers.values() for one in _lacking(answer, "/x/")] == []
    assert "evil.example" not in answers[400].content.decode()
    # Over http nothing is told but the way to https; a forged host not even that.
    plain, forged = client.get("/"), client.get("/", headers={"Host": "evil.example"})
    assert (plain.status_code, plain["Location"]) == (301, "https://testserver/")
    assert forged.status_code == 400
    for name in ALWAYS.keys() - {"Strict-Transport-Security"}:
        assert (plain[name], forged[name]) == (ALWAYS[name], ALWAYS[name])
    assert _policy(forged) == READERS


def test_a_static_file_has_them(settings: Settings, as_in_production: None) -> None:
    """WhiteNoise answers before most of the middleware; caches may keep what is nobody's own."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.WHITENOISE_USE_FINDERS = True
    answer = Client().get("/static/icon.svg", headers={"X-Forwarded-Proto": "https"})
    assert answer.status_code == 200
    assert {name: answer[name] for name in ALWAYS} == ALWAYS
    assert _policy(answer) == READERS
    assert b"".join(answer)
