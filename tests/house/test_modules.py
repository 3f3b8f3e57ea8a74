"""Rooms stay small, say what they are for, and are named by their subject."""

import ast

from tests.house.tree import parsed, place, python_files, written_files

LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
SUBJECTLESS = frozenset({"utils", "util", "helpers", "helper", "common", "core", "misc", "shared"})


def test_no_module_is_longer_than_a_sitting() -> None:
    """Under 400 lines."""
    long = {
        place(path): lines
        for path in python_files()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) >= LONGEST_MODULE
    }
    assert not long


def test_no_function_is_longer_than_a_screen() -> None:
    """Under 40 lines, from `def` to the last line, docstring and all."""
    long = [
        f"{place(path, node)} {node.name}"
        for path in python_files()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 >= LONGEST_FUNCTION
    ]
    assert not long


def test_every_module_says_what_it_is_for() -> None:
    """In a docstring whose first line is a sentence; empty modules have nothing to say."""
    silent = [
        place(path)
        for path in python_files()
        if parsed(path).body and not (ast.get_docstring(parsed(path)) or "").strip()
    ]
    assert not silent


def test_every_room_is_named_by_its_subject() -> None:
    """A room named `utils` collects whatever has no place. Wagtail names its own templates."""
    nameless = [
        place(path)
        for path in written_files()
        if path.suffix in {".py", ".html", ".js", ".css"}
        and "wagtailadmin" not in path.parts
        and SUBJECTLESS & {part.removesuffix(path.suffix) for part in path.parts}
    ]
    assert not nameless


def test_nothing_is_left_to_do_later() -> None:
    """What is not done is an issue, not a comment."""
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    left = [
        f"{place(path)}:{number}"
        for path in written_files()
        if path.suffix in {".py", ".html", ".js", ".css", ".md", ".toml"}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if any(mark in line for mark in marks)
    ]
    assert not left
