"""Log lines of ours name an event in fixed words, and carry no field that holds content."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOMS, modules_of, parsed, place

LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})
# What would carry a person's or a document's words into a log that more people read.
FORBIDDEN = frozenset(
    {
        *("title", "text", "body", "summary", "content", "label", "name", "filename", "file_name"),
        *("email", "address", "login", "user", "username", "person", "password", "secret", "code"),
        *("query", "words", "q", "terms", "path", "url", "referer", "cookie", "session", "token"),
    }
)


def _calls() -> Iterator[tuple[Path, ast.Call]]:
    for path in modules_of(*ROOMS):
        for node in ast.walk(parsed(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in {"log", "logger"}
            ):
                yield path, node


def test_events_are_fixed_words() -> None:
    """An f-string would bring content, and nobody could count the event."""
    loose = [
        place(path, call)
        for path, call in _calls()
        if not (call.args and isinstance(call.args[0], ast.Constant))
    ]
    assert not loose


def test_no_field_holds_content() -> None:
    """Counts, opaque references and names of duties only."""
    telling = [
        f"{place(path, call)} {keyword.arg}"
        for path, call in _calls()
        for keyword in call.keywords
        if keyword.arg is None or keyword.arg in FORBIDDEN
    ]
    assert not telling


def test_the_rule_finds_the_calls() -> None:
    """A rule that looks at nothing holds always."""
    assert len(list(_calls())) >= 5
