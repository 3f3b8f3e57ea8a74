"""Statements whose SQL is built once for a connection and then only filled with values.

Building the SQL of a wide queryset takes Django longer than the database takes to answer it, and
every page asks the same few: who is this, what may they, what does this reference name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

# Values that no caller passes; they stand in the SQL's parameters until it is executed.
_NUMBER, _INSTANT = 2_025_031_400, dt.datetime(1901, 2, 3, 4, 5, 6, tzinfo=dt.UTC)

Build = Callable[..., "models.QuerySet[Any, Any]"]
Kind = type[int] | type[str] | type[dt.datetime]
Value = int | str | dt.datetime
Related = Mapping[str, Collection[str]]
M = TypeVar("M", bound=models.Model)


class Prepared:
    """A `values_list` queryset as a statement with slots.

    `build` gets a stand-in for each slot and returns the queryset; it must pass each on as it is
    (in a list at most, no arithmetic), because the stand-ins are found again in the parameters.
    """

    def __init__(self, build: Build, **slots: Kind) -> None:
        """Name each slot and the kind of its values."""
        self._build = build
        self._slots = slots
        # A connection belongs to one thread; so do the compiler and its converters.
        self._compiled: WeakKeyDictionary[BaseDatabaseWrapper, _Compiled] = WeakKeyDictionary()

    def rows(self, **values: Value) -> list[tuple[Any, ...]]:
        """Execute with these values, one for each slot; KeyError where one is missing."""
        connection = connections[DEFAULT_DB_ALIAS]
        compiled = self._compiled.get(connection)
        if compiled is None:
            compiled = self._compiled[connection] = _Compiled(self._build, self._slots, connection)
        return compiled.rows(values)


class _Compiled:
    """The SQL for one connection, and where in its parameters each slot stands."""

    def __init__(
        self, build: Build, slots: dict[str, type[Any]], connection: BaseDatabaseWrapper
    ) -> None:
        stand_ins = {name: _stand_in(kind, n) for n, (name, kind) in enumerate(slots.items())}
        compiler: SQLCompiler = build(**stand_ins).query.get_compiler(connection=connection)
        try:
            self._sql, parameters = compiler.as_sql()
        except EmptyResultSet as error:
            raise ValueError("A prepared statement must be able to find something.") from error
        names = {_as_parameter(value, connection): name for name, value in stand_ins.items()}
        self._parameters = [names.get(parameter, _Fixed(parameter)) for parameter in parameters]
        missing = slots.keys() - set(self._parameters)
        if missing:
            raise ValueError(f"Not found in the statement: {', '.join(sorted(missing))}.")
        self._connection = connection
        self._compiler = compiler
        self._converters = compiler.get_converters([column[0] for column in compiler.select])

    def rows(self, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        filled = {name: _as_parameter(value, self._connection) for name, value in values.items()}
        parameters = [
            slot.value if isinstance(slot, _Fixed) else filled[slot] for slot in self._parameters
        ]
        with self._connection.cursor() as cursor:
            cursor.execute(self._sql, parameters)
            found: Sequence[Any] = cursor.fetchall()
        if self._converters:
            found = list(self._compiler.apply_converters(found, self._converters))
        return [tuple(row) for row in found]


class _Fixed:
    """A parameter that is no slot."""

    def __init__(self, value: Any) -> None:
        self.value = value


def _stand_in(kind: type[Any], number: int) -> Value:
    if kind is int:
        return _NUMBER + number
    if kind is str:
        return f"\N{SYMBOL FOR SUBSTITUTE FORM TWO}{number}"
    return _INSTANT + dt.timedelta(microseconds=number)


def _as_parameter(value: Any, connection: BaseDatabaseWrapper) -> Any:
    """As Django would pass it: SQLite has no type for dates."""
    if isinstance(value, dt.datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


class PreparedModels(Generic[M]):
    """A queryset of a model, and of the rows its foreign keys name, as a statement with slots."""

    def __init__(
        self, model: type[M], build: Build, *, related: Related | None = None, **slots: Kind
    ) -> None:
        """`related` names foreign keys to follow, each with the columns that stay unread."""
        self._model = model
        self._columns = _columns(model)
        self._related: dict[str, tuple[Any, list[str]]] = {}
        for name, unread in (related or {}).items():
            other = model._meta.get_field(name).related_model
            self._related[name] = (other, _columns(other, without=unread))
        names = list(self._columns)
        for name, (_, columns) in self._related.items():
            names += [f"{name}__{column}" for column in columns]
        self._rows = Prepared(lambda **values: build(**values).values_list(*names), **slots)

    def all(self, **values: Value) -> list[M]:
        """The rows as instances, in the order of the queryset."""
        return [self._instance(row) for row in self._rows.rows(**values)]

    def first(self, **values: Value) -> M | None:
        """The first row, or None."""
        return next(iter(self.all(**values)), None)

    def _instance(self, row: tuple[Any, ...]) -> M:
        at = len(self._columns)
        instance = self._model.from_db(DEFAULT_DB_ALIAS, self._columns, row[:at])
        for name, (other, columns) in self._related.items():
            values, at = row[at : at + len(columns)], at + len(columns)
            if any(value is not None for value in values):
                setattr(instance, name, other.from_db(DEFAULT_DB_ALIAS, columns, values))
        return instance


def _columns(model: Any, *, without: Collection[str] = ()) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.name not in without]
