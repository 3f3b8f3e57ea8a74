"""Nothing shows a document past the access rule."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from wagtail.models import Page

from tests.house.tree import ROOMS, ROOT, modules_of, parsed, place

READER_MODULES = frozenset({"views.py", "serving.py", "frame.py", "feeds.py", "api.py"})
# Run by an operator, or by nobody's request: they look at all documents on purpose.
NOT_FOR_READERS = ("management", "benchmark", "demo", "agreement", "migrations")


def _reader_code() -> Iterator[Path]:
    for path in modules_of(*ROOMS):
        parts = path.relative_to(ROOT).parts
        for_readers = path.name in READER_MODULES or parts[0] == "search"
        if for_readers and not set(NOT_FOR_READERS) & set(parts):
            yield path


def test_readers_querysets_are_built_in_one_place() -> None:
    """`Model.objects` on a page model belongs to guidance.querysets, which applies the rule."""
    page_models = {model.__name__ for model in apps.get_models() if issubclass(model, Page)}
    past_the_rule = [
        place(path, node)
        for path in _reader_code()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager", "_base_manager"}
        and isinstance(node.value, ast.Name)
        and node.value.id in page_models
    ]
    assert not past_the_rule


def test_no_page_for_one_reader_is_kept_for_another() -> None:
    """Neither cache decorators nor template fragments."""
    words = {"cache_page", "cache_control", "UpdateCacheMiddleware", "FetchFromCacheMiddleware"}
    kept = [
        f"{place(path, node)} {name}"
        for path in modules_of(*ROOMS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Name | ast.Attribute)
        and (name := node.id if isinstance(node, ast.Name) else node.attr) in words
    ]
    assert not kept


def test_no_query_string_reaches_a_filter_unread() -> None:
    """`filter(**request.GET)` lets a reader ask about any column."""
    unread = [
        place(path, node)
        for path in modules_of(*ROOMS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and any(
            keyword.arg is None and {"GET", "POST"} & _attributes(keyword.value)
            for keyword in node.keywords
        )
    ]
    assert not unread


def _attributes(node: ast.AST) -> set[str]:
    return {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}


def test_wagtails_page_privacy_is_only_ever_refused() -> None:
    """It guards serving only; the audience of a document guards every way to it."""
    users = {
        path.name
        for path in modules_of(*ROOMS)
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Name) and node.id == "PageViewRestriction"
    }
    assert users <= {"checks.py"}
