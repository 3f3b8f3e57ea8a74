"""Who would see a page: counted by the access rule itself, not estimated."""

from dataclasses import dataclass
from datetime import datetime

from access.policy import Document as Facts
from access.policy import Reason, decide
from access.vocabulary import POLICING_KINDS
from forces.viewers import viewers_of_everyone


@dataclass(frozen=True, slots=True)
class Reach:
    """How many police organisations and people could read a document once it is published."""

    forces: int
    people: int
    editors: int

    @property
    def sentence(self) -> str:
        """For the editor: 12 forces, 340 people."""
        forces = "1 force" if self.forces == 1 else f"{self.forces} forces"
        people = "1 person" if self.people == 1 else f"{self.people} people"
        return f"{forces}, {people} (of them {self.editors} as your section's editors)"


def reach_of(facts: Facts, *, at: datetime) -> Reach:
    """Count the people for whom the rule says yes, with a second factor, at an instant.

    Ask with state published and an `at` inside the visible period: the question is who will
    see it. A force counts when at least one of its people does.
    """
    forces: set[str] = set()
    people = editors = 0
    for viewer in viewers_of_everyone(at):
        decision = decide(viewer, facts, at=at)
        if not decision.allowed:
            continue
        people += 1
        editors += decision.reason in (Reason.AUTHOR, Reason.EDITOR)
        if viewer.organisation_kind in POLICING_KINDS:
            forces.add(viewer.organisation)
    return Reach(len(forces), people, editors)
