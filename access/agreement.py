"""What the agreement of the rule with its compiled forms counts, and when it proves too little."""

from collections import Counter
from dataclasses import dataclass, field, replace

from access.policy import Document, Reason, Viewer, decide
from access.specimens import Sample
from access.vocabulary import OWN

LEAST_FIRINGS = 100
LEAST_SHARE = 0.15
GREATEST_SHARE = 0.60
AUDIENCE_KINDS = ("national", "region", "force", "own", "hub", "partner")

_ORDER = tuple(Reason)
_EARLIER = {reason: _ORDER[: _ORDER.index(reason)] for reason in _ORDER}


@dataclass(slots=True)
class Tally:
    """The specification's answers on a sample, and how often each clause was put to the test."""

    visible: list[frozenset[str]] = field(default_factory=list)
    visible_live: list[frozenset[str]] = field(default_factory=list)
    decisions: int = 0
    allowed: int = 0
    fired: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)

    @property
    def allowed_share(self) -> float:
        """The share of decisions that were yes."""
        return self.allowed / self.decisions if self.decisions else 0.0

    @property
    def clauses(self) -> dict[str, tuple[int, int]]:
        """Times each clause gave the answer, and times it was asked and did not."""
        return {name: (self.fired[name], self.passed[name]) for name in _clause_names()}

    def complaints(self) -> list[str]:
        """Say why an agreement on this sample would prove too little."""
        found = [
            f"clause {name} fired {fired} times and passed {passed} times, "
            f"each must reach {LEAST_FIRINGS}"
            for name, (fired, passed) in self.clauses.items()
            if min(fired, passed) < LEAST_FIRINGS
        ]
        if not LEAST_SHARE <= self.allowed_share <= GREATEST_SHARE:
            found.append(
                f"allowed share {self.allowed_share:.3f} is outside "
                f"{LEAST_SHARE:.2f} to {GREATEST_SHARE:.2f}"
            )
        return found


def tally(sample: Sample) -> Tally:
    """Decide every viewer on every document by the specification alone.

    `visible` holds what each viewer may read; `visible_live` leaves out what only a review task
    opens, since that is a revision and not the live document.
    """
    result = Tally()
    for viewer, at in sample.viewers:
        allowed, allowed_live = set(), set()
        for document in sample.documents:
            decision = decide(viewer, document, at=at)
            _count(result, viewer, document, reason=decision.reason)
            if decision.allowed:
                allowed.add(document.ref)
            if decision.reason is Reason.REVIEWER:
                decision = decide(viewer, replace(document, review=frozenset()), at=at)
            if decision.allowed:
                allowed_live.add(document.ref)
        result.visible.append(frozenset(allowed))
        result.visible_live.append(frozenset(allowed_live))
        result.decisions += len(sample.documents)
        result.allowed += len(allowed)
    return result


def _clause_names() -> tuple[str, ...]:
    return (*Reason, *(_audience_clause(kind) for kind in AUDIENCE_KINDS))


def _audience_clause(kind: str) -> str:
    return f"{Reason.AUDIENCE}:{kind}"


def _count(result: Tally, viewer: Viewer, document: Document, *, reason: Reason) -> None:
    """Count the clause that answered, and those before it that were asked and stayed silent."""
    result.fired[reason] += 1
    for earlier in _EARLIER[reason]:
        result.passed[earlier] += 1
    if reason.step != Reason.AUDIENCE.step:
        return
    if reason is Reason.AUDIENCE:
        # The two answers of the last step are each other's opposite.
        result.passed[Reason.OUTSIDE_AUDIENCE] += 1
    met = _audience_kinds_met(viewer, document)
    for kind in AUDIENCE_KINDS:
        counter = result.fired if kind in met else result.passed
        counter[_audience_clause(kind)] += 1


def _audience_kinds_met(viewer: Viewer, document: Document) -> set[str]:
    terms = viewer.audience_terms
    met = {term.partition(":")[0] for term in terms & document.audience}
    if terms and OWN in document.audience and viewer.organisation == document.owner:
        met.add(OWN)
    return met
