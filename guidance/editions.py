"""What was published of a document and when: the changes that its readers are told of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from access.policy import Document as Facts
from access.policy import Viewer, decide
from access.vocabulary import Marking
from guidance.facts import audience_facts, facts_of

if TYPE_CHECKING:
    from guidance.models import Document


@dataclass(frozen=True, slots=True)
class Edition:
    """One published version, without its title and text."""

    version: str
    note: str
    published_at: datetime

    @property
    def is_major(self) -> bool:
        """Whether it says something else than before; 2.1 puts right what 2.0 says."""
        return self.version.partition(".")[2] in ("", "0")


def with_edition(document: Document, *, published: Document, at: datetime) -> list[dict[str, Any]]:
    """The editions of a row, and after them the one that is being published.

    Each keeps the facts it was published under: a note that was written for the own force is
    not read by all forces once the page is.
    """
    facts = audience_facts(published)
    edition = {
        "version": published.version,
        "note": published.change_note,
        "published_at": at.isoformat(),
        "marking": int(facts.marking),
        "audience": sorted(facts.audience),
        "groups": sorted(facts.groups),
        "latest_phase": facts.latest_phase,
    }
    return [*(document.editions or []), edition]


def editions_of(document: Document, facts: Facts, viewer: Viewer, *, at: datetime) -> list[Edition]:
    """The editions that this viewer may know of, newest first.

    The document is open to them already; each edition is asked about as it was published. Who is
    asked to review a draft was asked for nothing else of it.
    """
    return [
        Edition(one["version"], one["note"], datetime.fromisoformat(one["published_at"]))
        for one in reversed(document.editions or [])
        if decide(viewer, _as_published(facts, one), at=at).allowed
    ]


def opened_wider(document: Document, viewer: Viewer, *, since: datetime, at: datetime) -> bool:
    """Whether it was published before, but never until `since` for this viewer, who reads it now.

    What was published before editions were kept is taken for known.
    """
    earlier = [
        one
        for one in document.editions or []
        if datetime.fromisoformat(one["published_at"]) <= since
    ]
    facts = facts_of(document)
    return bool(earlier) and not any(
        decide(viewer, _as_published(facts, one), at=at).allowed for one in earlier
    )


def _as_published(facts: Facts, edition: dict[str, Any]) -> Facts:
    return replace(
        facts,
        marking=Marking(edition["marking"]),
        audience=frozenset(edition["audience"]),
        groups=frozenset(edition["groups"]),
        latest_phase=edition["latest_phase"],
        review=frozenset(),
    )
