"""Every address of the resolver, filled with the objects of a world."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from guidance.models import Document, StoredFile, StoredImage
from tests.oracles.world import Canary, World
from tests.sign_in import client_of

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)+\)?|\(\?P<(\w+)>.*?\)")

# What an argument of an address is filled with, where it names no object of the world.
PLAIN: dict[str, tuple[str, ...]] = {
    "purpose": ("preservation",),
    "width": ("320",),
    "uidb36": ("1",),
    "key": ("x-1",),
    "app_label": ("guidance",),
    "model_name": ("guidancepage",),
    "content_type_app_name": ("guidance",),
    "content_type_model_name": ("guidancepage",),
    "content_type_app_label": ("guidance",),
    "action": ("delete",),
    "action_name": ("approve",),
    "session_id": ("1",),
    "permission": ("change",),
    "restriction_type": ("groups",),
    "filter_spec": ("width-320",),
    "filename": ("a.txt",),
    "signature": ("x",),
    "path": ("",),
    "slug": ("kent", "hub"),
    "platform": ("zqhubonlyx", "snapchat"),
    "type": ("guidancepage",),
    "name": ("x",),
    "template": ("x",),
    "app_name": ("guidance",),
    "uidb64": ("MQ",),
    "token": ("x-1",),
}
# Arguments that name an object: each canary's, or the first of its kind.
OF_CANARY = {
    "ref",
    "page_id",
    "parent_page_id",
    "page_to_move_id",
    "object_id",
    "pk",
    "revision_id",
    "revision_id_a",
    "revision_id_b",
    "file_ref",
    "image_ref",
    "image_id",
    "document_id",
    "task_state_id",
    "workflow_state_id",
    "workflow_task_state_id",
    "destination_id",
    "public_id",
    "uuid",
    "task_id",
    "workflow_id",
    "site_id",
    "collection_id",
    "user_id",
    "group_id",
    "page_pk",
    "workflow_pk",
    "uploaded_file_id",
    "doc_id",
}


@dataclass(frozen=True)
class Route:
    """One pattern of the resolver, written as a path with named arguments."""

    template: str
    arguments: tuple[str, ...]
    name: str


class UnknownRouteError(AssertionError):
    """An address has an argument that the crawl cannot fill: give it a place above."""


def routes() -> list[Route]:
    """All patterns, admin included."""
    return sorted(set(_walk(get_resolver(), "")), key=lambda route: route.template)


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        part = str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, prefix + part)
        elif isinstance(pattern, URLPattern):
            template = "/" + (prefix + part).removesuffix("$").removesuffix(r"\Z")
            names = tuple(next(filter(None, groups)) for groups in _ARGUMENT.findall(template))
            yield Route(template.replace("^", ""), names, pattern.name or "")


def addresses(route: Route, canary: Canary) -> list[str]:
    """The addresses of a route for one canary. Raises UnknownRouteError."""
    values = [_values(name, canary) for name in route.arguments]
    found = []
    for chosen in product(*values):
        filled = iter(chosen)
        path = _ARGUMENT.sub(lambda _, one=filled: next(one), route.template)  # type: ignore[misc]
        found.append(path.replace("\\", "").replace("?", ""))
    return found


def _values(name: str, canary: Canary) -> tuple[str, ...]:
    if name in PLAIN:
        return PLAIN[name]
    if name not in OF_CANARY:
        raise UnknownRouteError(f"The crawl does not know the argument {name!r}.")
    document: Document = canary.document
    file = StoredFile.objects.get(belongs_to=canary.pk)
    image = StoredImage.objects.get(belongs_to=canary.pk)
    objects = {
        "ref": canary.ref,
        "file_ref": file.ref,
        "image_ref": image.ref,
        "public_id": document.author_ref,
        "revision_id": document.latest_revision_id,
        "revision_id_a": document.latest_revision_id,
        "revision_id_b": document.latest_revision_id,
        "image_id": image.pk,
        "document_id": file.pk,
        "doc_id": file.pk,
        "uuid": "00000000-0000-0000-0000-000000000000",
    }
    return (str(objects.get(name, canary.pk)),)


def browsers(world: World) -> dict[str, Client]:
    """A signed-in browser for each persona; the leaver's session is of a person without access."""
    return {
        persona.name: Client()
        if persona.user is None
        else client_of(persona.user, second_factor=persona.strong)
        for persona in world.personas
    }


def everything_in(response: HttpResponse) -> str:
    """Bytes and headers of an answer, with streamed files read to the end."""
    streamed = getattr(response, "streaming_content", None)
    body = b"".join(streamed) if streamed is not None else response.content
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    return headers + body.decode("utf-8", "replace")
