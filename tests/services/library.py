"""The small library of `tests.guidance.scene`, laid out once for each file of tests.

A file of which every test needs the same pages publishes them in a function `lay_out(cast)` of its
own; what that returns is the fixture `pages`.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import override_settings
from pytest_django.plugin import DjangoDbBlocker

from tests.guidance.scene import Cast, lay_out_scene
from tests.services.databases import is_transactional


@dataclass(frozen=True)
class Library:
    """Who is in the library of a file, and which pages the file wants in it."""

    cast: Cast
    pages: Any


def _lay_out(module: Any) -> Library:
    lay_out_scene()
    cast = Cast()
    return Library(cast, module.lay_out(cast) if hasattr(module, "lay_out") else None)


@pytest.fixture(scope="module")
def _of_this_file(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Library | None]:
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
        library = _lay_out(request.module)
    yield library
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(scope="module")
def kept_for_the_file(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """A transaction around all tests of a file that lays out a library of its own, and an index."""
    index = override_settings(SEARCH_INDEX_DIR=tmp_path_factory.mktemp("index"))
    with index, django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def _library(request: pytest.FixtureRequest, _of_this_file: Library | None, db: None) -> Library:
    """As it is at the beginning of a test."""
    return _lay_out(request.module) if _of_this_file is None else deepcopy(_of_this_file)


@pytest.fixture
def cast(_library: Library) -> Cast:
    """The people of the small library."""
    return _library.cast


@pytest.fixture
def pages(_library: Library) -> Any:
    """What `lay_out` of the file returned."""
    return _library.pages
