"""The authenticator app of a work phone: six digits from a secret and the time (RFC 6238)."""

from __future__ import annotations

import base64
import hmac
import time

SECONDS = 30
DIGITS = 6


def code_now(secret: str) -> str:
    """What the app shows at this moment."""
    counter = int(time.time()) // SECONDS
    digest = hmac.digest(base64.b32decode(secret), counter.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def another_code(secret: str) -> str:
    """Six digits that the app does not show at this moment."""
    return f"{(int(code_now(secret)) + 1) % 10**DIGITS:0{DIGITS}}"
