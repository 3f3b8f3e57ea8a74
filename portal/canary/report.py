"""What a crawl found, as one line of JSON; shares of several processes add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Report:
    """The findings of a crawl or of a share of it."""

    known: list[str] = field(default_factory=list)
    visited: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    personas: list[str] = field(default_factory=list)
    canaries: list[str] = field(default_factory=list)
    requests: int = 0
    leaks: list[str] = field(default_factory=list)
    # What people may read and did not meet: a crawl that sees nothing proves nothing.
    unseen: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For the way between two processes."""
        return asdict(self)

    @property
    def missed(self) -> list[str]:
        """The routes that nobody asked for."""
        return sorted(set(self.known) - set(self.visited))

    def line(self, *, full: bool, seconds: float) -> dict[str, Any]:
        """What is printed."""
        return {
            "full": full,
            "routes": {
                "known": len(self.known),
                "visited": len(self.visited),
                "missed": self.missed,
                "unknown": self.unknown,
            },
            "personas": len(self.personas),
            "documents": len(self.canaries),
            "requests": self.requests,
            "leaks": self.leaks,
            "unseen": self.unseen,
            "seconds": round(seconds, 1),
        }

    def complaints(self) -> list[str]:
        """Everything for which the command fails."""
        found = [f"Leak: {leak}" for leak in self.leaks]
        found += [f"Unknown address: {one}" for one in self.unknown]
        found += [f"Not visited: {route}" for route in self.missed]
        found += [f"Not met, though allowed: {one}" for one in self.unseen]
        if not self.requests:
            found.append("Nothing was asked.")
        return found


def merged(shares: Iterable[Report]) -> Report:
    """One report of several: the routes are the same in all, the people are not."""
    whole = Report()
    for share in shares:
        whole.requests += share.requests
        for name in ("known", "visited", "unknown", "personas", "canaries", "leaks", "unseen"):
            here: list[str] = getattr(whole, name)
            here += [one for one in getattr(share, name) if one not in set(here)]
    return whole
