"""Puts what a demo file says into the fields of a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from access.vocabulary import Marking
from forces.models import NeedToKnowGroup
from guidance.models import (
    AffectedGuidance,
    AudienceTerm,
    Document,
    EvaluationPage,
    GuidancePage,
    LawReference,
    LessonPage,
    PlatformPage,
)
from portal.demo.library import DemoDocument, day, moment
from portal.demo.prose import rich_text

MODELS: dict[str, type[Document]] = {
    model.type_slug: model for model in (GuidancePage, LessonPage, EvaluationPage, PlatformPage)
}
_MARKINGS = {"official": Marking.OFFICIAL, "official-sensitive": Marking.OFFICIAL_SENSITIVE}
_MOMENTS = ("visible_from", "visible_until")
_DAYS = {
    "review_by": "review_by_date",
    "preregistered_on": "preregistered_on_date",
    "expires_on": "expires_on_date",
}
_RICH_VALUES = ("text",)

Row = dict[str, Any]


class LibraryError(ValueError):
    """A demo file says something that no page has a field for."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a page may point at: the ids of the other pages, laws, audiences and groups."""

    pages: Mapping[str, int]
    laws: Mapping[str, LawReference]
    audiences: Mapping[str, AudienceTerm]
    groups: Mapping[str, NeedToKnowGroup]
    refs: Mapping[str, str]


def fill(page: Document, document: DemoDocument, *, shelf: Shelf, at: datetime) -> None:
    """Set every field that the file tells; the page is not saved."""
    told = dict(document.fields)
    told.pop("attachments", None)
    page.marking = _MARKINGS[told.pop("marking")].value
    page.laws.set([shelf.laws[slug] for slug in told.pop("laws", ())])
    page.audience.set([shelf.audiences[key] for key in told.pop("audience")])
    page.groups.set([shelf.groups[slug] for slug in told.pop("groups", ())])
    _name_others(page, told, refs=shelf.refs)
    page.body = json.dumps([_block(row, pages=shelf.pages) for row in told.pop("body", ())])
    for name, value in _columns(told, document, at=at):
        if not hasattr(page, name):
            raise LibraryError(f"{document.key}: a {document.type} has no field “{name}”.")
        rich = name in page.RICH_FIELDS
        setattr(page, name, rich_text(value, pages=shelf.pages) if rich else value)


def _name_others(page: Document, told: Row, *, refs: Mapping[str, str]) -> None:
    """Evidence, the guidance that a lesson changes, and the finding that another replaces."""
    if evidence := told.pop("evidence", None):
        page.evidence_links = [
            {"ref": refs[row["evaluation"]], "version": row["version"]} for row in evidence
        ]
    if affected := told.pop("affects", None):
        page.affects.set(
            [
                AffectedGuidance(ref=refs[row["guidance"]], place=row["place"], sort_order=number)
                for number, row in enumerate(affected)
            ]
        )
    if older := told.pop("supersedes", None):
        page.supersedes = refs[older]


def _columns(told: Row, document: DemoDocument, *, at: datetime) -> Iterator[tuple[str, Any]]:
    """The remaining fields under the names that the models have."""
    for name, value in told.items():
        match name, value:
            case "last_verified", {"on": on, "by_role": role, "what": what}:
                yield "last_verified_on_date", day(on, at=at)
                yield "last_verified_by_role", role
                yield "last_verified_what", what
            case "emmie", dict():
                for dimension, rating in value.items():
                    yield f"{dimension}_rating", rating["rating"]
                    yield f"{dimension}_text", rating["text"]
            case "routes", list():
                yield name, json.dumps([_stream("route", _listed(row)) for row in value])
            case "estimates", list():
                yield name, json.dumps([_stream("estimate", _counted(row)) for row in value])
            case _ if name in _MOMENTS:
                yield name, moment(value, at=at)
            case _ if name in _DAYS:
                yield _DAYS[name], day(value, at=at)
            case _:
                yield name, value
    if document.type == PlatformPage.type_slug:
        yield "platform_slug", told["platforms"][0]


def _counted(row: Row) -> Row:
    return {"count" if name == "n" else name: value for name, value in row.items()}


def _block(row: Row, *, pages: Mapping[str, int]) -> Row:
    """One block of the body, in the form in which Wagtail stores it."""
    kind = row["block"]
    value = {name: inner for name, inner in row.items() if name != "block"}
    match kind:
        case "heading":
            return _stream(kind, value["text"])
        case "paragraph":
            return _stream(kind, rich_text(value["text"], pages=pages))
        case "list":
            return _stream(kind, _items(value["items"]))
        case "platform_card":
            card = {"purpose": "", "note": "", **value}
            return _stream(kind, {**card, "platform": pages.get(card["platform"])})
    for name in _RICH_VALUES:
        if name in value:
            value[name] = rich_text(value[name], pages=pages)
    return _stream(kind, _listed(value))


def _listed(value: Row) -> Row:
    return {
        name: _items(inner) if isinstance(inner, list) else inner for name, inner in value.items()
    }


def _items(values: list[str]) -> list[Row]:
    return [_stream("item", value) for value in values]


def _stream(kind: str, value: Any) -> Row:
    return {"type": kind, "value": value, "id": str(uuid4())}
