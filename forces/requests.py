"""What our middleware adds to a request, for those who read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from access.policy import Viewer
    from forces.models import User


class PortalRequest(HttpRequest):
    """A request as views see it: somebody is asking, and the request has an id.

    Used as a type only: Django makes the requests, `forces.middleware` adds the rest.
    """

    viewer: Viewer
    request_id: str
    user: User | AnonymousUser


def request_id_of(request: HttpRequest | None) -> str:
    """The id of a request that may not have passed our middleware, such as a command's."""
    return str(getattr(request, "request_id", ""))


def person_of(request: PortalRequest) -> User:
    """The signed-in person, for views that act in somebody's name.

    Raises PermissionDenied where nobody is signed in, which the middleware rules out.
    """
    from forces.models import User

    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
