"""What the provider claims: ordinary words, and whatever a test has written over them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client
from django.contrib.auth.models import User

FOLDER = Path(os.environ["PROVIDER_FOLDER"])


class Claims(DefaultOIDCAdapter):
    """Reads `claims.json` in the folder at every token: subject to claims; null takes one away."""

    def get_user_sub(self, client: Client, user: Any) -> str:
        """The name under which somebody signed in."""
        return str(user.username)

    def get_user_by_sub(self, client: Client, sub: str) -> Any:
        """The other way round."""
        return User.objects.filter(username=sub).first()

    def get_claims(
        self, purpose: Any, user: Any, client: Client, scopes: Any, email: Any = None, **kwargs: Any
    ) -> dict[str, Any]:
        """As Entra ID claims them."""
        person: User = user
        signed_in_at = person.last_login.timestamp() if person.last_login else 0
        return {
            "sub": person.username,
            "name": person.username.title(),
            "email": f"{person.username}@kent.police.example",
            "email_verified": True,
            "tid": "tenant-of-kent",
            "amr": ["pwd", "mfa"],
            "auth_time": int(signed_in_at),
        }

    def populate_id_token(
        self, id_token: dict[str, Any], client: Client, scopes: Any, **kwargs: Any
    ) -> None:
        """Write the test's words over them."""
        told = json.loads((FOLDER / "claims.json").read_text(encoding="utf-8"))
        for name, value in told.get(id_token["sub"], {}).items():
            if value is None:
                id_token.pop(name, None)
            else:
                id_token[name] = value
