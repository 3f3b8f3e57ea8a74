"""How a session's person is read: allauth's sign-in, with the statement built once."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from forces.models import User
from forces.prepared import PreparedModels

_USER = PreparedModels(User, lambda pk: User.objects.filter(pk=pk), pk=int)


class PersonBackend(AuthenticationBackend):
    """Signs in by e-mail and password; every request asks it for the person again."""

    def get_user(self, user_id: Any) -> User | None:
        """The person, unless disabled."""
        person = _USER.first(pk=int(user_id))
        return person if person is not None and self.user_can_authenticate(person) else None

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        """Look once, in one table: allauth looks into a second one for an unknown address."""
        person = User.objects.filter(email=email.lower()).first()
        found: User | None = self._check_password(person, password)
        return found
