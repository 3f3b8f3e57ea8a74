"""Compiles the access rule and the words of a query into tantivy's queries."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

import tantivy
from tantivy import FieldType, Occur, Query

from access.rules import Condition, Conjunction, Ge, In, Le
from search.analysis import LONGEST_WORD
from search.engines.base import Alternative, Preference, SearchQuery
from search.engines.keys import WORDED_PHASES, highest_ceiling, keys_in
from search.engines.rows import comparable_number, facet_field, minute_of
from search.engines.tantivy.schema import first_order_key, impact
from search.ranking import LEVELS


class Compiler:
    """Builds queries for one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        """Keep the schema, which every query needs."""
        self.schema = schema

    def word(self, field: str, value: str | int) -> Query:
        """Documents that hold exactly this value."""
        return Query.term_query(self.schema, field, value, index_option="basic")

    def any_word(self, field: str, values: Iterable[str | int]) -> Query:
        """Documents that hold one of these values; of none, nothing."""
        return any_of(self.word(field, value) for value in values)

    def access(self, conjunctions: Sequence[Conjunction]) -> Query:
        """The access rule: no conjunction matches nothing."""
        return any_of(self._conjunction(conjunction) for conjunction in conjunctions)

    def filter(self, query: SearchQuery) -> list[Query]:
        """What narrows a query beside access and words."""
        narrowed = [
            self.any_word(facet_field(facet), sorted(values))
            for facet, values in query.filters.items()
            if values
        ]
        start, end = query.published_from_date, query.published_to_date
        return narrowed + ([self._published(start, end)] if start or end else [])

    def words(self, query: SearchQuery) -> Query | None:
        """Which documents match the words, without scores; None where all do."""
        required = self.required(query)
        if required is not None or not query.slots:
            return required
        near = [self.any_word("pk", query.nearest)] if query.nearest else []
        return any_of([*self._ways(query), *near])

    def required(self, query: SearchQuery) -> Query | None:
        """What must be there whatever else is: quoted phrases, a reference."""
        parts = [self._phrase(phrase) for phrase in query.phrases]
        if query.reference:
            parts.append(self.word("ref", query.reference))
        return all_of(parts) if parts else None

    def titled(self, words: Sequence[str]) -> Query:
        """Documents with these words in the title, the last of which may go on."""
        *whole, last = (word[:LONGEST_WORD] for word in words)
        if not last.isalnum():
            # A word holds letters and digits only, and nothing else may reach the pattern.
            return Query.empty_query()
        beginning = Query.regex_query(self.schema, "title_words", f"{last}.*")
        return all_of([*(self.word("title_words", word) for word in whole), beginning])

    def scores(self, query: SearchQuery) -> Query | None:
        """The sum over the slots of their best alternative; None where nothing has a score."""
        parts: list[tuple[Occur, Query]] = []
        for slot in query.slots:
            if len(slot) == 1 and not slot[0].phrase:
                # Laid flat: a sum of sums would visit every posting twice.
                parts += self._levels(slot[0])
            else:
                best = Query.disjunction_max_query([self._score(way) for way in slot])
                parts.append((Occur.Should, best))
        return Query.boolean_query(parts) if parts else None

    def scored(self, query: SearchQuery, asked: Query) -> Query:
        """What is asked and has a word or is near, with the sum of the words as the score."""
        parts = [(Occur.Must, without_score(asked))]
        scores = self.scores(query)
        required = self.required(query)
        if required is not None:
            parts.append((Occur.Must, without_score(required)))
        elif scores is not None and query.nearest:
            near = without_score(self.any_word("pk", query.nearest))
            scores = Query.boolean_query([(Occur.Should, scores), (Occur.Should, near)])
        if scores is not None:
            parts.append((Occur.Should if required is not None else Occur.Must, scores))
        return Query.boolean_query([*parts, *self._extra(*query.preferences)])

    def near(self, query: SearchQuery, asked: Query) -> Query:
        """Of what is asked, that which was found by its meaning.

        Its score is the points of the tier, and one where it has a word and need not have any.
        """
        parts = [without_score(asked), without_score(self.any_word("pk", query.nearest))]
        optional = self._extra(query.tier)
        required = self.required(query)
        if required is not None:
            parts.append(without_score(required))
        elif query.slots:
            words = any_of(self._ways(query))
            optional.append((Occur.Should, Query.const_score_query(words, 1.0)))
        return Query.boolean_query([*((Occur.Must, part) for part in parts), *optional])

    def near_alone(self, query: SearchQuery) -> Query:
        """What matches because it was found by its meaning: it has no word of those asked for."""
        if not query.slots or self.required(query) is not None:
            return Query.empty_query()
        near, words = self.any_word("pk", query.nearest), any_of(self._ways(query))
        return Query.boolean_query([(Occur.Must, near), (Occur.MustNot, words)])

    def _conjunction(self, conjunction: Conjunction) -> Query:
        keyed = keys_in(conjunction)
        if keyed is None:
            # A conjunction of no condition would match everything; the rule table has none such.
            return all_of([*map(self._condition, conjunction)])
        dated = [self.any_word("keys", keyed.dated), *map(self._condition, keyed.dates)]
        one_of = any_of([self.any_word("keys", keyed.undated), all_of(dated)])
        return all_of([one_of, *map(self._condition, keyed.rest)])

    def _condition(self, condition: Condition) -> Query:
        match condition:
            case In(field=field, values=values):
                return self.any_word(field, sorted(values))
            case Le(field="marking", value=int() as value):
                return self.any_word("ceiling", [str(one) for one in highest_ceiling(value)])
            case Ge(field="latest_phase", value=int() as value) if 0 <= value <= WORDED_PHASES:
                return self.word("phase", str(value))
            case Le(field=field, value=value):
                bound = comparable_number(value)
                return Query.range_query(self.schema, field, FieldType.Integer, upper_bound=bound)
            case Ge(field=field, value=value):
                bound = comparable_number(value)
                return Query.range_query(self.schema, field, FieldType.Integer, lower_bound=bound)

    def _extra(self, *preferred: Preference | None) -> list[tuple[Occur, Query]]:
        # Laid flat, since no document holds two of the values.
        return [
            (Occur.Should, Query.const_score_query(self.word(one.field, value), float(one.points)))
            for one in preferred
            if one is not None
            for value in one.values
        ]

    def _published(self, start: date | None, end: date | None) -> Query:
        lower = first_order_key(max(1, minute_of(start)))
        upper = first_order_key(minute_of(end + timedelta(days=1))) - 1 if end else None
        return Query.range_query(
            self.schema, "newest", FieldType.Unsigned, lower_bound=lower, upper_bound=upper
        )

    def _phrase(self, stems: Sequence[str]) -> Query:
        if len(stems) == 1:
            return self.word("stems", stems[0])
        return Query.phrase_query(self.schema, "stems", list(stems))

    def _ways(self, query: SearchQuery) -> Iterator[Query]:
        return (self._matches(way) for slot in query.slots for way in slot)

    def _matches(self, way: Alternative) -> Query:
        if way.phrase:
            return self._phrase(way.phrase)
        return self.any_word("stems", [term.stem for term in way.terms])

    def _score(self, way: Alternative) -> Query:
        parts = self._levels(way)
        if way.phrase:
            parts.append((Occur.Must, without_score(self._phrase(way.phrase))))
        return Query.boolean_query(parts)

    def _levels(self, way: Alternative) -> list[tuple[Occur, Query]]:
        return [
            (
                Occur.Should,
                Query.const_score_query(
                    self.word("impacts", impact(term.stem, level)), float(term.weight * factor)
                ),
            )
            for term in way.terms
            for level, factor in enumerate(LEVELS)
        ]


def any_of(queries: Iterable[Query]) -> Query:
    """Documents that match one of the queries; of none, nothing."""
    listed = list(queries)
    if not listed:
        return Query.empty_query()
    if len(listed) == 1:
        return listed[0]
    return Query.boolean_query([(Occur.Should, query) for query in listed])


def all_of(queries: Sequence[Query]) -> Query:
    """Documents that match all of the queries, of which there must be one at least."""
    if not queries:
        raise ValueError("A query without any condition would match everything.")
    if len(queries) == 1:
        return queries[0]
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def without_score(query: Query) -> Query:
    """The same documents, adding nothing to their score."""
    return Query.const_score_query(query, 0.0)
