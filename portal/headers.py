"""What every answer tells the browser: whose code may run, who may frame it, which devices."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseNotAllowed

Handler = Callable[[HttpRequest], HttpResponseBase]

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# Features of a browser that no page here uses; a page that is broken into gets none of them.
NO_FEATURES = (
    "accelerometer",
    "autoplay",
    "bluetooth",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
# A passkey is asked for by our own pages only.
OWN_FEATURES = ("publickey-credentials-create", "publickey-credentials-get", "fullscreen")
PERMISSIONS = ", ".join(
    [*(f"{name}=()" for name in NO_FEATURES), *(f"{name}=(self)" for name in OWN_FEATURES)]
)


# Pages of Wagtail 7.4 that hold scripts without a nonce: they set up a calendar, a chooser or the
# rows of a panel. Nowhere else may a page bring its own script.
WITH_SCRIPTS = re.compile(
    r"/admin/(?:"
    r"pages/(?:add/\w+/\w+/\d+/|\d+/(?:(?:edit|copy|history|revisions/\d+/revert)/)?)"
    r"|snippets/\w+/\w+/(?:add/|(?:edit|copy|history)/[^/]+/)"
    r")$"
)


class HeadersMiddleware:
    """Outside everything: a static file and a refusal of the first middleware have them too."""

    def __init__(self, get_response: Handler) -> None:
        """Keep the next handler, and the headers that no answer changes."""
        self.get_response = get_response
        self.fixed = {
            "Permissions-Policy": PERMISSIONS,
            # No page of another site may show what is here, not even as a picture.
            "Cross-Origin-Resource-Policy": "same-origin",
            # Django's own middleware sets these, but not where it refuses the host itself.
            "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
            "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": settings.X_FRAME_OPTIONS,
        }

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add what is missing; TRACE, which would send a session's cookie back, ends here."""
        traced = request.method == "TRACE"
        response = HttpResponseNotAllowed(METHODS) if traced else self.get_response(request)
        for name, value in self.fixed.items():
            response.headers.setdefault(name, value)
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """The readers' policy everywhere but in the admin, whose pages need more."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """A preview was answered within, as a page for readers, which no frame may show."""
        if request.path_info.startswith("/admin/") and HEADER in response:
            del response[HEADER]
        return super().process_response(request, response)

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> PolicyParts:
        """By the address: an error below /admin/ is drawn by the admin as well."""
        parts = super().get_policy_parts(request, response, *args, **kwargs)
        report_only = kwargs.get("report_only", False) or any(args)
        if request.path_info.startswith("/admin/") and not report_only:
            parts.config = dict(settings.ADMIN_CONTENT_SECURITY_POLICY)
            if WITH_SCRIPTS.match(request.path_info):
                parts.config["script-src"] = ["'self'", "'unsafe-inline'"]
        return parts
