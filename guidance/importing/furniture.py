"""Lines that belong to the web page a text was copied from, and not to the text."""

import re

_LINES = frozenset(
    {
        "share this page",
        "share this article",
        "share this",
        "close this search box",
        "skip to main content",
        "skip to content",
        "print this page",
        "back to top",
        "related posts",
        "related articles",
        "read more",
        "accept all cookies",
        "cookie settings",
        "subscribe to our newsletter",
        "sign up to our newsletter",
        "leave a comment",
        "leave a reply",
    }
)


def is_furniture(line: str) -> bool:
    """Whether the whole line is a button or label of a web page."""
    return re.sub(r"[^a-z ]", "", line.lower()).strip() in _LINES
