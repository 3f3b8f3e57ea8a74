"""SCIM 2.0 as JSON: entries of a directory to resources and back (RFC 7643 and RFC 7644)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from forces.models import DirectoryPerson, Organisation
from forces.provisioning.directory import Entry

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
MEDIA_TYPE = "application/scim+json"

PAGE_SIZE = 100
_FILTER = re.compile(r'\s*(userName|externalId|id)\s+eq\s+"([^"\\]*)"\s*', re.I)
_KNOWN_FILTERS = 'Filter by userName, externalId or id, as in: userName eq "…".'
_LONGEST = {"user_name": 254, "name": 120, "external_id": 120}


class ScimError(Exception):
    """A request that cannot be done; `kind` is one of RFC 7644's words (table 9)."""

    def __init__(self, message: str, *, kind: str = "invalidValue", status: int = 400) -> None:
        """Keep what the answer says."""
        super().__init__(message)
        self.message, self.kind, self.status = message, kind, status


def resource(person: DirectoryPerson, *, location: str) -> dict[str, Any]:
    """An entry as a directory reads it."""
    return {
        "schemas": [USER],
        "id": person.ref,
        "externalId": person.external_id,
        "userName": person.user_name,
        "displayName": person.name,
        "active": person.active,
        "meta": {
            "resourceType": "User",
            "created": person.made_at.isoformat(),
            "lastModified": person.changed_at.isoformat(),
            "location": location,
        },
    }


def entry_in(told: Any) -> Entry:
    """The entry that a whole resource describes. Raises ScimError."""
    if not isinstance(told, dict):
        raise ScimError("Send one resource as a JSON object.", kind="invalidSyntax")
    if "userName" not in told:
        raise ScimError("userName is required.")
    return _with(Entry(user_name=""), told)


def entry_of(person: DirectoryPerson) -> Entry:
    """What we know of an entry, as the directory said it."""
    return Entry(
        user_name=person.user_name,
        name=person.name,
        external_id=person.external_id,
        active=person.active,
    )


def patched(entry: Entry, told: Any) -> Entry:
    """An entry after the operations of a PATCH (RFC 7644, 3.5.2). Raises ScimError.

    Entra ID writes "Replace" and "False"; both are understood. What we do not keep is ignored.
    """
    operations = told.get("Operations") if isinstance(told, dict) else None
    if not isinstance(operations, list) or not operations:
        raise ScimError("Send a list of Operations.", kind="invalidSyntax")
    for operation in operations:
        if not isinstance(operation, dict):
            raise ScimError("An operation is a JSON object.", kind="invalidSyntax")
        entry = _after(entry, operation)
    return entry


def _after(entry: Entry, operation: dict[str, Any]) -> Entry:
    word, path = str(operation.get("op", "")).lower(), operation.get("path")
    if word == "remove" and path in ("externalId", "displayName", "name.formatted"):
        return _with(entry, {str(path).partition(".")[0]: ""})
    if word not in ("add", "replace"):
        raise ScimError("Only add and replace are known, and removal of a name.")
    value = operation.get("value")
    if path is None:
        if not isinstance(value, dict):
            raise ScimError("Without a path the value is a JSON object.")
        return _with(entry, value)
    return _with(entry, {str(path): value})


def _with(entry: Entry, told: dict[str, Any]) -> Entry:
    changes: dict[str, Any] = {}
    if "userName" in told:
        changes["user_name"] = _text(told["userName"], "user_name").lower()
        if "@" not in changes["user_name"]:
            raise ScimError("userName must be an e-mail address.")
    for name in ("name", "name.formatted", "displayName"):
        value = told.get(name)
        value = value.get("formatted") if isinstance(value, dict) else value
        if value is not None:
            changes["name"] = _text(value, "name")
    if "externalId" in told:
        changes["external_id"] = _text(told["externalId"] or "", "external_id")
    if "active" in told:
        changes["active"] = _truth(told["active"])
    return replace(entry, **changes)


def _text(value: Any, column: str) -> str:
    if not isinstance(value, str) or "\x00" in value or len(value) > _LONGEST[column]:
        raise ScimError(f"Send text of at most {_LONGEST[column]} characters.")
    return value.strip()


def _truth(value: Any) -> bool:
    words = {"true": True, "false": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise ScimError("active is true or false.")


def found(organisation: Organisation, asked: str) -> QuerySet[DirectoryPerson]:
    """An organisation's entries; of filters only `eq` is known. Raises ScimError."""
    entries = DirectoryPerson.objects.filter(organisation=organisation)
    if not asked:
        return entries
    told = _FILTER.fullmatch(asked)
    if told is None or "\x00" in asked:
        raise ScimError(_KNOWN_FILTERS, kind="invalidFilter")
    name, value = told[1].lower(), told[2]
    if name == "username":
        return entries.filter(user_name=value.lower())
    return entries.filter(ref=value) if name == "id" else entries.filter(external_id=value)


def listing(resources: Iterable[dict[str, Any]], *, total: int, start: int) -> dict[str, Any]:
    """One page of a list; it starts to count at 1."""
    here = list(resources)
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(here),
        "Resources": here,
    }


def error(problem: ScimError) -> dict[str, Any]:
    """A refusal as RFC 7644, 3.12 wants it."""
    told = {"schemas": [ERROR], "status": str(problem.status), "detail": problem.message}
    return told | ({"scimType": problem.kind} if problem.status in (400, 409) else {})


def service_provider() -> dict[str, Any]:
    """What this endpoint can do."""
    no = {"supported": False}
    return {
        "schemas": [CONFIG],
        "patch": {"supported": True},
        "bulk": {**no, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": PAGE_SIZE},
        "changePassword": no,
        "sort": no,
        "etag": no,
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A key that the hub has made for this force.",
            }
        ],
    }


def resource_types() -> list[dict[str, Any]]:
    """People are the only kind of thing here."""
    told = {"schemas": [TYPE], "id": "User", "name": "User", "endpoint": "/Users", "schema": USER}
    return [told]


def schemas() -> list[dict[str, Any]]:
    """The attributes that are kept; all others are ignored."""
    texts = [
        {"name": name, "type": "string", "required": name == "userName", "multiValued": False}
        for name in ("userName", "externalId", "displayName")
    ]
    truth = {"name": "active", "type": "boolean", "required": False, "multiValued": False}
    return [{"schemas": [SCHEMA], "id": USER, "name": "User", "attributes": [*texts, truth]}]
