"""Compiles the access rule and the words of a query into Elasticsearch's queries."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from elasticsearch.dsl.query import (
    Bool,
    ConstantScore,
    DisMax,
    Ids,
    MatchNone,
    MatchPhrase,
    Prefix,
    Query,
    Range,
    Term,
    Terms,
)

from access.rules import Condition, Conjunction, Ge, In, Le
from search.analysis import LONGEST_WORD
from search.engines.base import Alternative, Facet, Preference, SearchQuery
from search.engines.keys import WORDED_PHASES, highest_ceiling, keys_in
from search.engines.rows import comparable_number, facet_field, minute_of

# The server refuses longer lists.
_LONGEST_LIST = 10_000


def access(conjunctions: Sequence[Conjunction]) -> Query:
    """The access rule: no conjunction matches nothing."""
    return any_of(_conjunction(conjunction) for conjunction in conjunctions)


def within(query: SearchQuery, admitted: Query, *, but: Facet | None = None) -> Query:
    """The documents a reader may see and has not filtered away; `but` leaves one facet out."""
    narrowed = [
        Terms(facet_field(facet), sorted(values))
        for facet, values in query.filters.items()
        if values and facet is not but
    ]
    start, end = query.published_from_date, query.published_to_date
    dated = [_published(start, end)] if start or end else []
    return Bool(filter=[admitted, *narrowed, *dated], must_not=numbered(query.exclude_pks))


def numbered(pks: Collection[int]) -> list[Query]:
    """The documents of these numbers, in as many queries as their count needs."""
    listed = [str(pk) for pk in sorted(pks)]
    starts = range(0, len(listed), _LONGEST_LIST)
    return [Ids(values=listed[start : start + _LONGEST_LIST]) for start in starts]


def words(query: SearchQuery) -> list[Query]:
    """Which documents match the words; empty where all do."""
    required_ = required(query)
    if required_ or not query.slots:
        return required_
    ways = [_matches(way) for slot in query.slots for way in slot]
    return [any_of([*ways, *numbered(query.nearest)])]


def required(query: SearchQuery) -> list[Query]:
    """What must be there whatever else is: quoted phrases, a reference."""
    phrases = [_phrase(phrase) for phrase in query.phrases]
    return phrases + ([holding("ref", query.reference)] if query.reference else [])


def scored(query: SearchQuery, asked: Query) -> Query:
    """What is asked and has a word or is near; the score adds each slot's best alternative."""
    scores = [_slot(slot) for slot in query.slots]
    required_ = required(query)
    ways = [*scores, *(ConstantScore(filter=one, boost=0) for one in numbered(query.nearest))]
    needed = [Bool(should=ways, minimum_should_match=1)] if scores and not required_ else []
    return Bool(
        filter=[asked, *required_],
        must=needed,
        should=[*([] if needed else scores), *_extra(*query.preferences)],
        minimum_should_match=0,
    )


def near(query: SearchQuery, asked: Query) -> Query:
    """Of what is asked, that which was found by its meaning, scored by words and tier."""
    found = any_of(numbered(query.nearest))
    scores = [*map(_slot, query.slots), *_extra(query.tier)]
    return Bool(filter=[asked, found, *required(query)], should=scores, minimum_should_match=0)


def titled(words: Sequence[str]) -> list[Query]:
    """Documents with these words in the title, the last of which may go on."""
    *whole, last = (word[:LONGEST_WORD] for word in words)
    if not last.isalnum():
        return [MatchNone()]
    return [
        *(holding("title_words", word) for word in whole),
        Prefix("title_words", {"value": last}),
    ]


def holding(field: str, value: str) -> Query:
    """Documents that hold exactly this value."""
    return Term(field, {"value": value})


def any_of(queries: Iterable[Query]) -> Query:
    """Documents that match one of the queries; of none, nothing."""
    listed = list(queries)
    if not listed:
        return MatchNone()
    return listed[0] if len(listed) == 1 else Bool(should=listed, minimum_should_match=1)


def _conjunction(conjunction: Conjunction) -> Query:
    if not conjunction:
        raise ValueError("A conjunction without any condition would match everything.")
    keyed = keys_in(conjunction)
    if keyed is None:
        return Bool(filter=[*map(_condition, conjunction)])
    dated = Bool(filter=[Terms("keys", list(keyed.dated)), *map(_condition, keyed.dates)])
    one_of = any_of([Terms("keys", list(keyed.undated)), dated])
    return Bool(filter=[one_of, *map(_condition, keyed.rest)])


def _condition(condition: Condition) -> Query:
    match condition:
        case In(field=field, values=values):
            # An empty list matches nothing.
            return Terms(field, sorted(values))
        case Le(field="marking", value=int() as value):
            return Terms("ceiling", [str(one) for one in highest_ceiling(value)])
        case Ge(field="latest_phase", value=int() as value) if 0 <= value <= WORDED_PHASES:
            return holding("phase", str(value))
        case Le(field=field, value=value):
            return Range(field, {"lte": comparable_number(value)})
        case Ge(field=field, value=value):
            return Range(field, {"gte": comparable_number(value)})


def _extra(*preferred: Preference | None) -> list[Query]:
    return [
        ConstantScore(filter=Terms(one.field, list(one.values)), boost=one.points)
        for one in preferred
        if one is not None
    ]


def _published(start: date | None, end: date | None) -> Query:
    bounds = {"gte": max(1, minute_of(start))}
    if end:
        bounds["lt"] = minute_of(end + timedelta(days=1))
    return Range("newest", bounds)


def _phrase(stems: Sequence[str]) -> Query:
    if len(stems) == 1:
        return holding("stems", stems[0])
    return MatchPhrase("stems", {"query": " ".join(stems)})


def _matches(way: Alternative) -> Query:
    if way.phrase:
        return _phrase(way.phrase)
    return Terms("stems", [term.stem for term in way.terms])


def _slot(slot: Sequence[Alternative]) -> Query:
    ways = [_way(way) for way in slot]
    return ways[0] if len(ways) == 1 else DisMax(queries=ways)


def _way(way: Alternative) -> Query:
    levels = [Term("impacts", {"value": term.stem, "boost": term.weight}) for term in way.terms]
    if way.phrase:
        return Bool(filter=[_phrase(way.phrase)], should=levels)
    return Bool(should=levels, minimum_should_match=1)
