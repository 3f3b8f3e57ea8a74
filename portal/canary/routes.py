"""Every address of the resolver, filled with the objects of a document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.apps import apps
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve
from wagtail.models import TaskState, WorkflowState

from forces.models import User
from guidance.models import StoredFile, StoredImage
from portal.canary.documents import Canary

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)+\?*|\(([^()]*)\)|(\.\*)")

# What an argument of an address is filled with, where it names no object of a document.
PLAIN: dict[str, tuple[str, ...]] = {
    "purpose": ("preservation",),
    "glass": ("23456789AB",),
    "width": ("320",),
    "uidb36": ("1",),
    "key": ("x-1",),
    "app_label": ("guidance",),
    "model_name": ("guidancepage",),
    "content_type_app_name": ("guidance",),
    "content_type_model_name": ("guidancepage",),
    "action": ("delete",),
    "action_name": ("approve",),
    "session_id": ("1",),
    "filter_spec": ("width-320",),
    "slug": ("kent", "hub"),
    "platform": ("zqhubonlyx", "snapchat"),
    "app_name": ("guidance",),
    "uidb64": ("MQ",),
    "token": ("x-1",),
    ".*": ("nowhere",),
}
# The one address of the admin without names, by its patterns.
UNNAMED = {
    r"\d+": "page_id",
    r"live|earliest|\d+": "revision_id_a",
    r"live|latest|\d+": "revision_id_b",
}
# Arguments that name the document.
NUMBERS_OF_PAGE = frozenset(
    {
        "page_id",
        "parent_page_id",
        "page_to_move_id",
        "destination_id",
        "object_id",
        "page_pk",
        "pk",
    }
)
# Where "pk" and its like are the number of something else of the document ...
OF_DOCUMENT = {
    "/admin/images/": "image_id",
    "/admin/documents/": "document_id",
    "/admin/api/main/images/": "image_id",
    "/admin/api/main/documents/": "document_id",
    "/admin/users/": "user_id",
}
# ... or of something that all documents share: the first of its model.
OF_ALL = {
    "/admin/best_bets/": "search.BestBet",
    "/admin/need_to_know/": "forces.NeedToKnowGroup",
    "/admin/organisations/": "forces.Organisation",
    "/admin/identity_providers/": "forces.IdentityProvider",
    "/admin/people_lists/": "forces.PeopleList",
    "/admin/regions/": "forces.Region",
    "/admin/phases/": "forces.RolloutPhase",
    "/admin/groups/": "auth.Group",
    "/admin/sites/": "wagtailcore.Site",
    "/admin/collections/": "wagtailcore.Collection",
    "/admin/workflows/tasks/": "wagtailcore.Task",
    "/admin/workflows/": "wagtailcore.Workflow",
    "/admin/snippets/choose/guidance/term/": "guidance.Term",
    "/admin/snippets/choose/guidance/lawreference/": "guidance.LawReference",
    "/admin/snippets/guidance/term/": "guidance.Term",
    "/admin/snippets/guidance/lawreference/": "guidance.LawReference",
    "/accounts/2fa/": "mfa.Authenticator",
}
SHARED = {
    "task_id": "wagtailcore.Task",
    "workflow_pk": "wagtailcore.Workflow",
    "collection_id": "wagtailcore.Collection",
}
# What is asked behind an address besides nothing at all; in braces an argument.
ASKED: dict[str, tuple[str, ...]] = {
    "/admin/choose-page/": ("?page_type=guidance.guidancepage", "?parent_page_id={page_id}"),
    "/admin/choose-page/search/": ("?q={word}", "?q=title"),
    "/admin/choose-page/chosen-multiple/": ("?id={page_id}",),
    "/admin/images/chooser/": ("?q={word}",),
    "/admin/images/chooser/results/": ("?q={word}", "?tag={word}"),
    "/admin/images/chooser/chosen-multiple/": ("?id={image_id}",),
    "/admin/documents/chooser/": ("?q={word}",),
    "/admin/documents/chooser/results/": ("?q={word}",),
    "/admin/documents/chooser/chosen-multiple/": ("?id={document_id}",),
    "/admin/bulk/<str:app_label>/<str:model_name>/<str:action>/": ("?id={page_id}",),
    "/admin/tag-autocomplete/": ("?term=zq",),
    "/admin/pages/<int:parent_page_id>/": ("?q={word}", "?ordering=-latest_revision_created_at"),
    "/admin/pages/search/": ("?q={word}",),
    "/admin/reports/site-history/": ("?export=csv",),
    "/admin/reports/aging-pages/": ("?export=csv",),
    "/admin/reports/page-types-usage/": ("?export=csv",),
    "/admin/need_to_know/": ("?export=csv",),
    "/admin/organisations/": ("?export=csv",),
    "/admin/best_bets/": ("?q={word}", "?export=csv"),
    "/search/export/": ("?q={word}", "?q=title"),
    "/search/suggest/": ("?q={word}", "?q=title", "?q=ti"),
    "/search/": (
        "?q={word}",
        "?q=title",
        "?q=",
        "?q=ti",
        "?q=title&page=2",
        "?q=zqhubonlyx+preservation",
    ),
}


@dataclass(frozen=True)
class Route:
    """One pattern of the resolver: as Django names it, and as a path with arguments."""

    route: str
    template: str
    arguments: tuple[str, ...]
    name: str


class UnknownRouteError(LookupError):
    """An address has an argument that the crawl cannot fill: give it a place above."""


def routes() -> list[Route]:
    """All patterns, admin included."""
    return sorted(set(_walk(get_resolver(), "")), key=lambda route: route.template)


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        part = str(pattern.pattern)
        route = prefix + part.removeprefix("^") if prefix else part
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, route)
        elif isinstance(pattern, URLPattern):
            template = "/" + route.removeprefix("^").removesuffix("$").removesuffix(r"\Z")
            yield Route(route, template, _arguments(template), pattern.name or "")


def _arguments(template: str) -> tuple[str, ...]:
    found = [next(filter(None, groups)) for groups in _ARGUMENT.findall(template)]
    return tuple(UNNAMED.get(name, name) for name in found)


Values = dict[str, tuple[str, ...]]


def values_of(canary: Canary) -> Values:
    """What the arguments of addresses are filled with for one document."""
    document = canary.document
    author = User.objects.get(public_id=document.author_ref)
    revisions = document.revisions.order_by("pk").values_list("pk", flat=True)
    states = WorkflowState.objects.filter(object_id=str(canary.pk)).order_by("-pk")
    tasks = TaskState.objects.filter(workflow_state__in=states).order_by("-pk")
    files = StoredFile.objects.filter(belongs_to=canary.pk).order_by("pk")
    images = StoredImage.objects.filter(belongs_to=canary.pk).order_by("pk")
    ends = {revisions[0], revisions[len(revisions) - 1]}
    found: dict[str, Iterable[Any]] = {
        **{name: [canary.pk] for name in NUMBERS_OF_PAGE},
        "ref": [canary.ref],
        "public_id": [author.public_id],
        "user_id": [author.pk],
        "file_ref": files.values_list("ref", flat=True),
        "image_ref": images.values_list("ref", flat=True),
        "document_id": files.values_list("pk", flat=True),
        "doc_id": files.values_list("pk", flat=True),
        "uploaded_file_id": files.values_list("pk", flat=True),
        "image_id": images.values_list("pk", flat=True),
        "revision_id": sorted(ends),
        "revision_id_a": ["live", "earliest"],
        "revision_id_b": ["latest", max(ends)],
        "task_state_id": [tasks.values_list("pk", flat=True).first() or 1],
        "workflow_state_id": [states.values_list("pk", flat=True).first() or 1],
        "word": [canary.words[0]],
    }
    values = {name: tuple(map(str, numbers)) for name, numbers in found.items()}
    return PLAIN | {name: _first(model) for name, model in SHARED.items()} | values


def _first(model: str) -> tuple[str, ...]:
    numbers = apps.get_model(model)._default_manager.order_by("pk").values_list("pk", flat=True)
    return (str(numbers.first() or 1),)


def addresses(route: Route, values: Values) -> list[str]:
    """The addresses of a route for one document. Raises UnknownRouteError."""
    choices = [_choices(route, name, values) for name in route.arguments]
    found = []
    for chosen in product(*choices):
        filled = iter(chosen)
        path = _ARGUMENT.sub(lambda _, one=filled: next(one), route.template)  # type: ignore[misc]
        found.append(path.replace("\\", "").replace("?", ""))
    for path in found:
        _require_same(route, path)
    asked = [query.format(**_singles(values)) for query in ASKED.get(route.template, ())]
    return found + [path + query for path in found for query in asked]


def _choices(route: Route, name: str, values: Values) -> tuple[str, ...]:
    if name == "pk":
        for prefix, argument in OF_DOCUMENT.items():
            if route.template.startswith(prefix):
                return values[argument]
        for prefix, model in OF_ALL.items():
            if route.template.startswith(prefix):
                return _first(model)
    if name not in values:
        raise UnknownRouteError(f"The crawl does not know the argument {name!r} of {route.route}")
    return values[name]


def _singles(values: Values) -> dict[str, str]:
    return {name: found[0] for name, found in values.items() if found}


def _require_same(route: Route, path: str) -> None:
    """An address that another view answers would count for one that nobody asked."""
    try:
        found = resolve(path).route
    except Resolver404 as error:
        raise UnknownRouteError(f"{path} does not lead to {route.route}") from error
    if found != route.route:
        raise UnknownRouteError(f"{path} leads to {found} and not to {route.route}")
