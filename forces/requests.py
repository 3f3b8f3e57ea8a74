"""What our middleware adds to a request, for those who read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from access.policy import Viewer
    from forces.models import User


class PortalRequest(HttpRequest):
    """A request as views see it: somebody is asking, and the request has an id.

    Used as a type only: Django makes the requests, `forces.middleware` adds the rest.
    """

    viewer: Viewer
    request_id: str
    user: User
