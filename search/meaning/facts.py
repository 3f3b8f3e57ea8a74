"""Compiles the access rule to columns of numbers, so that only visible vectors are compared."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from access.rules import Condition, Conjunction, Ge, In, Le
from search.engines.rows import ORDERED_FIELDS, code_of, comparable_number
from search.meaning.keeping import LISTED

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]


@dataclass
class _Sets:
    """The different sets that documents have in one field, numbered as they come."""

    numbers: dict[frozenset[str], int] = field(default_factory=dict)
    holding: dict[str, list[int]] = field(default_factory=dict)

    def number(self, values: frozenset[str]) -> int:
        """The number of a set; a new set is listed under each of its values first."""
        if values not in self.numbers:
            for value in values:
                self.holding.setdefault(value, []).append(len(self.numbers))
            self.numbers[values] = len(self.numbers)
        return self.numbers[values]

    def meeting(self, values: Iterable[str]) -> Flags:
        """Which sets hold one of these values."""
        found = np.zeros(len(self.numbers), dtype=np.bool_)
        for value in values:
            # Others may list a set meanwhile; documents read here have none of those yet.
            found[[one for one in self.holding.get(value, ()) if one < len(found)]] = True
        return found


@dataclass(frozen=True)
class FactColumns:
    """The facts of many documents, a column for each; a document without facts is nobody's."""

    codes: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    known: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    columns: dict[str, Numbers] = field(default_factory=dict)
    sets: dict[str, _Sets] = field(default_factory=lambda: {name: _Sets() for name in LISTED})

    def with_rows(self, rows: Sequence[tuple[int, str, str]], *, size: int) -> FactColumns:
        """The same with the facts of these places: (place, reference, text or none for gone)."""
        codes, known = _grown(self.codes, size), _grown(self.known, size)
        columns = {
            name: _grown(self.columns.get(name, np.zeros(0, dtype=np.int64)), size)
            for name in (*LISTED, *ORDERED_FIELDS)
        }
        # Most documents share their facts with many others.
        read = {text: json.loads(text) for text in {text for _, _, text in rows} if text}
        for place, ref, text in rows:
            codes[place], known[place] = code_of(ref), bool(text)
            for name, fact in read.get(text, {}).items():
                columns[name][place] = self._number(name, fact)
        return FactColumns(codes, known, columns, self.sets)

    def _number(self, name: str, fact: int | list[str]) -> int:
        return fact if isinstance(fact, int) else self.sets[name].number(frozenset(fact))

    def visible(self, conjunctions: Iterable[Conjunction]) -> Flags:
        """Which documents the access rule admits: no conjunction admits none."""
        answers: dict[Condition, Flags] = {}
        found = np.zeros(len(self.codes), dtype=np.bool_)
        for conjunction in conjunctions:
            if not conjunction:
                raise ValueError("A conjunction without any condition would admit everything.")
            admitted = self.known
            for condition in conjunction:
                if condition not in answers:
                    answers[condition] = self._holds(condition)
                admitted = admitted & answers[condition]
            found |= admitted
        return found

    def _holds(self, condition: Condition) -> Flags:
        match condition:
            case In(field="ref", values=values):
                return np.isin(self.codes, [code_of(one) for one in values])
            case In(field=name, values=values):
                meeting = self.sets[name].meeting(values)
                return meeting[self.columns[name]]
            case Le(field=name, value=value):
                return self.columns[name] <= comparable_number(value)
            case Ge(field=name, value=value):
                return self.columns[name] >= comparable_number(value)


def _grown(old: NDArray[Any], size: int) -> NDArray[Any]:
    new = np.zeros(size, dtype=old.dtype)
    new[: len(old)] = old
    return new
