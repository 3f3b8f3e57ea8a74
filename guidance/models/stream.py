"""Reads a stored body: the pages it links, the pictures it shows, its words for search."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

_PAGE_LINK = re.compile(r'<a\b[^>]*\blinktype="page"[^>]*>')
_ID = re.compile(r'\bid="(\d+)"')
# Fields of blocks that hold a choice, such as content-removal-law.
CHOICES = frozenset({"purpose", "channel"})
_TAG = re.compile(r"<[^>]+>")


def plain_text(html: str) -> str:
    """Stored rich text as words; a block's end is a blank, so that words do not run together."""
    return unescape(_TAG.sub(" ", html)).strip()


def linked_pages(html: str) -> Iterator[int]:
    """The ids of the pages that stored rich text links to."""
    for tag in _PAGE_LINK.findall(html):
        if (found := _ID.search(tag)) is not None:
            yield int(found[1])


def strings(value: Any) -> Iterator[str]:
    """Every string in raw stream data, in reading order, without block ids and types."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        inner = value["value"] if {"type", "value"} <= value.keys() else _words_of(value)
        yield from strings(inner)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def _words_of(value: dict[str, Any]) -> list[Any]:
    """The values of a block that are words of the author, not words of a list of choices."""
    return [inner for key, inner in value.items() if key not in CHOICES]


def blocks_of_type(value: Any, name: str) -> Iterator[dict[str, Any]]:
    """The raw values of all top-level blocks of one type."""
    for block in value or ():
        if block["type"] == name and isinstance(block["value"], dict):
            yield block["value"]
