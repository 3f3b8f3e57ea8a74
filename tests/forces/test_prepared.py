"""Statements built once: other values, the same rows as the queryset, on whatever database."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from forces.models import Membership, Organisation, RolloutPhase, User
from forces.prepared import Prepared, PreparedModels
from tests.guidance.scene import Cast


def test_other_values_find_other_rows(cast: Cast) -> None:
    """The stand-ins must not stay in the statement."""
    email = Prepared(lambda pk: User.objects.filter(pk=pk).values_list("email"), pk=int)
    for user in (cast.kent_author, cast.hub_editor):
        assert email.rows(pk=user.pk) == [(user.email,)]
    assert email.rows(pk=0) == []


def test_instants_are_compared_as_instants(cast: Cast) -> None:
    """SQLite keeps them as text; a slot that is not adapted would compare wrongly."""
    begun = Prepared(
        lambda at: Membership.objects.filter(starts_at__lte=at).values_list("pk", "starts_at"),
        at=dt.datetime,
    )
    first = Membership.objects.order_by("starts_at").values_list("starts_at", flat=True)[0]
    assert {start for _, start in begun.rows(at=first)} == {first}
    assert begun.rows(at=first - dt.timedelta(microseconds=1)) == []
    assert len(begun.rows(at=timezone.now())) == Membership.objects.count()


def test_one_slot_may_stand_in_two_places(cast: Cast) -> None:
    named = Prepared(
        lambda word: Organisation.objects.filter(Q(slug=word) | Q(name=word)).values_list("slug"),
        word=str,
    )
    kent = Organisation.objects.get(slug="kent")
    assert named.rows(word="kent") == named.rows(word=kent.name) == [("kent",)]


def test_models_come_as_django_would_read_them(cast: Cast) -> None:
    """All columns, converters applied, the foreign key filled without another statement."""
    by_slug = PreparedModels(
        Organisation,
        lambda slug: Organisation.objects.filter(slug=slug),
        related={"phase": ("name",), "region": ()},
        slug=str,
    )
    expected = Organisation.objects.select_related("phase", "region").get(slug="kent")
    found = by_slug.first(slug="kent")
    assert found is not None
    with CaptureQueriesContext(connection) as queries:
        for field in Organisation._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(expected, field.attname), field.name
        assert found.region == expected.region
        assert found.phase == expected.phase
    assert not queries.captured_queries
    assert found.phase is not None
    assert found.phase.get_deferred_fields() == {"name"}
    assert found.phase.name == RolloutPhase.objects.get(pk=found.phase.pk).name


def test_a_foreign_key_that_is_empty_stays_empty(cast: Cast) -> None:
    by_slug = PreparedModels(
        Organisation,
        lambda slug: Organisation.objects.filter(slug=slug),
        related={"phase": ()},
        slug=str,
    )
    hub = by_slug.first(slug="hub")
    assert hub is not None
    assert hub.phase is None


def test_the_sql_is_built_once_for_a_connection(cast: Cast) -> None:
    builds = []

    def build(pk: Any) -> Any:
        builds.append(pk)
        return User.objects.filter(pk=pk).values_list("pk")

    statement = Prepared(build, pk=int)
    statement.rows(pk=1)
    statement.rows(pk=2)
    assert len(builds) == 1


def test_each_thread_has_its_own(cast: Cast) -> None:
    """A compiler and its converters belong to one connection, and that to one thread."""
    owners = []

    def build(pk: Any) -> Any:
        owners.append(threading.get_ident())
        return User.objects.filter(pk=pk).values_list("pk")

    statement = Prepared(build, pk=int)

    def ask() -> None:
        try:
            statement.rows(pk=1)
        finally:
            connection.close()

    ask_here = statement.rows(pk=1)
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert ask_here is not None
    assert len(set(owners)) == 2


def test_a_slot_that_the_queryset_swallows_is_an_error(cast: Cast) -> None:
    """Otherwise the stand-in would be asked for, for ever, and nothing found."""
    statement = Prepared(lambda pk: User.objects.values_list("pk"), pk=int)
    with pytest.raises(ValueError, match="pk"):
        statement.rows(pk=1)


def test_a_queryset_that_can_find_nothing_is_an_error(cast: Cast) -> None:
    statement = Prepared(lambda pk: User.objects.filter(pk__in=[]).values_list("pk"), pk=int)
    with pytest.raises(ValueError, match="find something"):
        statement.rows(pk=1)


def test_a_value_that_is_missing_is_an_error(cast: Cast) -> None:
    statement = Prepared(lambda pk: User.objects.filter(pk=pk).values_list("pk"), pk=int)
    with pytest.raises(KeyError):
        statement.rows()
