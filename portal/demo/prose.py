"""Turns the plain texts of the demo library into the rich text that pages store."""

import re
from collections.abc import Mapping
from html import escape
from itertools import groupby

_BULLET = re.compile(r"- ")
_NUMBER = re.compile(r"\d+\. ")
_LINK = re.compile(r"\[([^\]]+)\]\(([a-z0-9-]+)\)")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ITALIC = re.compile(r"\*(.+?)\*")


def links_in(text: str) -> list[str]:
    """The keys of the documents that a text points at."""
    return [key for _, key in _LINK.findall(text)]


def rich_text(text: str, *, pages: Mapping[str, int]) -> str:
    """Paragraphs, `- ` and `1. ` lists, **bold**, *italic* and [words](key) as stored rich text.

    `pages` gives the page id of each key; a link to a document that is not there stays words.
    """
    return "".join(
        _block(block.splitlines(), pages=pages) for block in text.strip().split("\n\n") if block
    )


def _block(lines: list[str], *, pages: Mapping[str, int]) -> str:
    """A run of lines of one kind becomes one paragraph or one list."""
    html = ""
    for kind, run in groupby(lines, key=_kind):
        words = [_inline(line, pages=pages) for line in run]
        if kind == "p":
            html += f"<p>{' '.join(words)}</p>"
        else:
            items = "".join(f"<li>{item}</li>" for item in words)
            html += f"<{kind}>{items}</{kind}>"
    return html


def _kind(line: str) -> str:
    if _BULLET.match(line):
        return "ul"
    return "ol" if _NUMBER.match(line) else "p"


def _inline(line: str, *, pages: Mapping[str, int]) -> str:
    def link(found: re.Match[str]) -> str:
        words, key = found.groups()
        return f'<a linktype="page" id="{pages[key]}">{words}</a>' if key in pages else words

    line = _NUMBER.sub("", _BULLET.sub("", line, count=1), count=1) if _kind(line) != "p" else line
    line = _LINK.sub(link, escape(line, quote=False))
    return _ITALIC.sub(r"<i>\1</i>", _BOLD.sub(r"<b>\1</b>", line))
