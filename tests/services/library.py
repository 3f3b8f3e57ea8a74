"""The small library of `tests.guidance.scene`, laid out once for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.guidance.scene import Cast, lay_out_scene
from tests.services.databases import is_transactional


@pytest.fixture(scope="module")
def scene(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Cast | None]:
    """A transaction around all tests of a file, each of which rolls back to its start.

    Laying the library out takes longer than most tests. None where a test of the file commits:
    within this transaction it could not.
    """
    if any(is_transactional(item) for item in request.session.items if item.path == request.path):
        yield None
        return
    around = transaction.atomic()
    with django_db_blocker.unblock():
        around.__enter__()
        lay_out_scene()
        cast = Cast()
    yield cast
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def cast(scene: Cast | None, db: None) -> Cast:
    """The small library and its people, as they are at the beginning of a test."""
    if scene is not None:
        return deepcopy(scene)
    lay_out_scene()
    return Cast()
