"""The SCIM 2.0 endpoint: one organisation's directory sees its own entries, and no other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from forces.door_refusals import RefusedAt, note_refusal
from forces.models import DirectoryPerson, Organisation
from forces.provisioning import directory, scim
from forces.provisioning.scim import ScimError

# For one network address; and much fewer for one that comes with a wrong key.
ASKED_AT_MOST = {"scim": "1200/m/ip", "scim-refused": "30/m/ip"}
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,8}")
Rest = ParamSpec("Rest")
Answer = dict[str, Any] | None
View = Callable[Concatenate[HttpRequest, Organisation, Rest], tuple[int, Answer]]


Door = Callable[Concatenate[HttpRequest, Rest], HttpResponse]


def for_directories(view: View[Rest]) -> Door[Rest]:
    """Only with a key, which says whose directory it is; answers and refusals in SCIM's form."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Rest.args, **kwargs: Rest.kwargs) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return _answer(403, scim.error(ScimError("Ask by https.", status=403)))
        if not _within_limits(request, "scim"):
            return _answer(429, scim.error(ScimError("Too many requests.", status=429)))
        organisation = _asking(request)
        if organisation is None:
            note_refusal(request, RefusedAt.DIRECTORY_KEY)
            status = 401 if _within_limits(request, "scim-refused") else 429
            refusal = _answer(status, scim.error(ScimError("A key is needed.", status=status)))
            refusal["WWW-Authenticate"] = "Bearer"
            return refusal
        try:
            return _answer(*view(request, organisation, *args, **kwargs))
        except ScimError as problem:
            return _answer(problem.status, scim.error(problem))

    # No cookie is looked at, so that there is no session for a forged form to use.
    return cast(
        "Door[Rest]",
        csrf_exempt(login_not_required(guarded)),  # nosemgrep: forms-without-token
    )


def _within_limits(request: HttpRequest, action: str) -> bool:
    usage = ratelimit.consume(
        request, app="forces", action=action, config=ASKED_AT_MOST, limit_get=True
    )
    return bool(usage)


def _asking(request: HttpRequest) -> Organisation | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return directory.organisation_with(token.strip()) if scheme.lower() == "bearer" else None


def _answer(status: int, told: Answer) -> HttpResponse:
    if told is None:
        return HttpResponse(status=status)
    return JsonResponse(told, status=status, content_type=scim.MEDIA_TYPE)


@for_directories
def users(request: HttpRequest, organisation: Organisation) -> tuple[int, Answer]:
    """List or add entries."""
    if request.method == "POST":
        entry = scim.entry_in(_told(request))
        person = _tried(lambda: directory.add(organisation, entry, at=timezone.now()))
        return 201, _resource(request, person)
    _require(request, "GET")
    found = scim.found(organisation, request.GET.get("filter", ""))
    start, count = (
        _number(request, "startIndex", 1, least=1),
        _number(request, "count", scim.PAGE_SIZE),
    )
    rows = found[start - 1 : start - 1 + min(count, scim.PAGE_SIZE)]
    page = [_resource(request, row) for row in rows]
    return 200, scim.listing(page, total=found.count(), start=start)


@for_directories
def user(request: HttpRequest, organisation: Organisation, ref: str) -> tuple[int, Answer]:
    """Read, change or remove one entry."""
    person = DirectoryPerson.objects.filter(organisation=organisation, ref=ref).first()
    if person is None:
        raise ScimError("There is no such entry.", status=404)
    if request.method == "DELETE":
        directory.remove(person, at=timezone.now())
        return 204, None
    if request.method in ("PUT", "PATCH"):
        told = _told(request)
        known = scim.entry_of(person)
        entry = scim.patched(known, told) if request.method == "PATCH" else scim.entry_in(told)
        changed = _tried(lambda: directory.change(person, entry, at=timezone.now()))
        return 200, _resource(request, changed)
    _require(request, "GET")
    return 200, _resource(request, person)


@for_directories
def service_provider(request: HttpRequest, organisation: Organisation) -> tuple[int, Answer]:
    """Say what this endpoint can do."""
    _require(request, "GET")
    return 200, scim.service_provider()


@for_directories
def resource_types(request: HttpRequest, organisation: Organisation) -> tuple[int, Answer]:
    """Say which kinds of things there are."""
    _require(request, "GET")
    types = scim.resource_types()
    return 200, scim.listing(types, total=len(types), start=1)


@for_directories
def schemas(request: HttpRequest, organisation: Organisation) -> tuple[int, Answer]:
    """Say which attributes are kept."""
    _require(request, "GET")
    told = scim.schemas()
    return 200, scim.listing(told, total=len(told), start=1)


def _require(request: HttpRequest, method: str) -> None:
    if request.method not in (method, "HEAD"):
        raise ScimError("This is not done here.", status=405)


def _told(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ScimError("Send JSON.", kind="invalidSyntax") from error


def _number(request: HttpRequest, name: str, otherwise: int, *, least: int = 0) -> int:
    asked = request.GET.get(name, "")
    if not asked:
        return otherwise
    if not _WHOLE_NUMBER.fullmatch(asked):
        raise ScimError(f"{name} is a whole number.")
    return max(int(asked), least)


def _tried(action: Callable[[], DirectoryPerson]) -> DirectoryPerson:
    try:
        return action()
    except directory.TakenError as error:
        raise ScimError(error.messages[0], kind="uniqueness", status=409) from error
    except ValidationError as error:
        raise ScimError(error.messages[0]) from error


def _resource(request: HttpRequest, person: DirectoryPerson) -> dict[str, Any]:
    path = reverse("scim_user", args=[person.ref])
    return scim.resource(person, location=request.build_absolute_uri(path))
