"""The access facts as combined words admit exactly what the rule admits."""

from datetime import datetime, timedelta
from itertools import product

from access.policy import Document
from access.rules import Condition, Conjunction, facts_of, matches, rules_for
from access.vocabulary import EARLIEST, LATEST, Marking, State
from search.engines.keys import WORDED_PHASES, keys_in, keys_of
from tests.search.shelf import NOON, access, reader

MOMENTS = (NOON, NOON + timedelta(days=2), LATEST, EARLIEST - timedelta(days=1))


def _documents() -> list[Document]:
    facts = product(
        (Marking.OFFICIAL, Marking.OFFICIAL_SENSITIVE),
        (State.PUBLISHED, State.SUPERSEDED, State.DRAFT),
        (frozenset({"national"}), frozenset({"own"}), frozenset({"region:ersou", "hub"})),
        (frozenset[str](), frozenset({"operation"})),
        ((None, None), (NOON, None), (None, NOON), (NOON - timedelta(1), NOON + timedelta(1))),
        (0, 2, 40),
    )
    return [
        access(
            number,
            owner="kent" if number % 2 else "essex",
            marking=marking,
            state=state,
            audience=audience,
            groups=groups,
            visible_from=dates[0],
            visible_until=dates[1],
            latest_phase=phase,
        )
        for number, (marking, state, audience, groups, dates, phase) in enumerate(facts)
    ]


def _admits(conjunction: Conjunction, document: Document) -> bool:
    """What an engine does with the combined words."""
    keyed = keys_in(conjunction)
    if keyed is None:
        return matches(document, (conjunction,))
    held = set(keys_of(document))
    undated = bool(held & set(keyed.undated))
    dated = bool(held & set(keyed.dated)) and _all_hold(keyed.dates, document)
    return (undated or dated) and _all_hold(keyed.rest, document)


def _all_hold(conditions: list[Condition], document: Document) -> bool:
    return not conditions or matches(document, (tuple(conditions),))


def test_every_reader_is_admitted_alike() -> None:
    """At four moments, two of them beyond the sentinels of what has no dates."""
    documents = _documents()
    viewers = [
        reader(phase=phase, groups=groups, second_factor=second_factor)
        for phase, groups, second_factor in product(
            (0, 1, 3, WORDED_PHASES + 1),
            (frozenset[str](), frozenset({"operation"})),
            (True, False),
        )
    ]
    asked: list[datetime] = []
    for viewer, at in product(viewers, MOMENTS):
        for conjunction in rules_for(viewer, at=at):
            asked += [at] * (keys_in(conjunction) is not None)
            for document in documents:
                wanted = matches(document, (conjunction,))
                assert _admits(conjunction, document) == wanted, facts_of(document)
    assert NOON in asked
    assert LATEST not in asked
