"""Reads the demo library's files: one document a file, and one file of personas."""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from access.vocabulary import HUB_SLUG

ROOM = Path(__file__).parent
_RELATIVE = re.compile(r"([+-]\d+)d")

# What a file says about the life of its document; the rest are fields.
_LIFE = ("key", "type", "owner", "author", "approver", "state", "withdrawn_reason", "successor")


@dataclass(frozen=True, slots=True)
class DemoDocument:
    """One document as its file tells it: what happens to it, and what it says."""

    key: str
    type: str
    owner: str
    author: str
    approver: str
    state: str
    fields: dict[str, Any]
    withdrawn_reason: str = ""
    successor: str = ""

    @property
    def is_the_hubs(self) -> bool:
        """The hub's own pages need the hub's approval only."""
        return self.owner == HUB_SLUG


def read_documents() -> list[DemoDocument]:
    """All documents, in the order of their keys."""
    paths = sorted((ROOM / "documents").glob("*.toml"))
    return [_document(tomllib.loads(path.read_text(encoding="utf-8"))) for path in paths]


def _document(told: dict[str, Any]) -> DemoDocument:
    life = {name: told.pop(name) for name in _LIFE if name in told}
    return DemoDocument(fields=told, **life)


def read_people() -> dict[str, list[dict[str, Any]]]:
    """Organisations, groups, phases, grants and persons, each a list of rows."""
    return tomllib.loads((ROOM / "personas.toml").read_text(encoding="utf-8"))


def moment(told: str | datetime, *, at: datetime) -> datetime:
    """A moment told as "+30d" from `at`, or as itself."""
    if isinstance(told, datetime):
        return told
    if (relative := _RELATIVE.fullmatch(told)) is not None:
        return at + timedelta(days=int(relative[1]))
    return datetime.fromisoformat(told).replace(tzinfo=UTC)


def day(told: str | date, *, at: datetime) -> date:
    """A day told as "-20d" from `at`, or as itself."""
    return told if isinstance(told, date) else moment(told, at=at).date()
