"""The specification's answers beside those of each engine, difference by difference."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from access.agreement import Tally
from access.specimens import Sample
from portal.agreement.cluster import NoServerError
from portal.agreement.engines import Engine

EXAMPLES_SHOWN = 5


@dataclass(slots=True)
class Comparison:
    """How many decisions each engine took part in, and where it differed."""

    engines: dict[str, int] = field(default_factory=dict)
    disagreements: int = 0
    examples: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)

    def complaints(self) -> list[str]:
        """Say in words what went wrong; the specimens are invented, so they may be named."""
        found = [f"engine {name} is missing: {why}" for name, why in self.missing.items()]
        if self.disagreements:
            found.append(f"{self.disagreements} disagreements, for example:")
            found += self.examples
        return found


def compare(drawn: Sample, expected: Tally, *, engines: Mapping[str, Engine]) -> Comparison:
    """Ask each engine for every viewer; an engine that cannot be had is noted as missing."""
    result = Comparison()
    for name, engine in engines.items():
        try:
            result.engines[name] = _compare_one(name, engine, drawn, expected, result=result)
        except (NoServerError, ImportError) as error:
            result.missing[name] = str(error)
    return result


def _compare_one(
    name: str, engine: Engine, drawn: Sample, expected: Tally, *, result: Comparison
) -> int:
    questions = zip(drawn.viewers, expected.visible, expected.visible_live, strict=True)
    with engine(drawn.documents) as ask:
        for (viewer, at), readable, readable_live in questions:
            answer = ask(viewer, at)
            wrong: set[str] = set()
            if answer.readable is not None:
                wrong |= answer.readable ^ readable
            if answer.readable_live is not None:
                wrong |= answer.readable_live ^ readable_live
            result.disagreements += len(wrong)
            for ref in sorted(wrong)[: EXAMPLES_SHOWN - len(result.examples)]:
                result.examples.append(f"{name}: {viewer.person_id} and {ref} at {at.isoformat()}")
    return len(drawn.viewers) * len(drawn.documents)
