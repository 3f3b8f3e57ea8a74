"""What our own cookies are called: over https by names that browsers guard."""

from django.conf import settings


def cookie_name(word: str, *, path: str = "/") -> str:
    """The name of a cookie; where the session's is for https only, so is this one.

    RFC 6265bis, 4.1.3: `__Host-` holds it to this host and to all its paths, `__Secure-` to https.
    A browser refuses either over http, as on a developer's machine.
    """
    if not settings.SESSION_COOKIE_SECURE:
        return word
    return f"__Host-{word}" if path == "/" else f"__Secure-{word}"
