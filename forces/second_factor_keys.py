"""Changes the key under which second-factor secrets are stored, while people go on signing in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from cryptography.fernet import MultiFernet
from django.db import transaction

from forces.adapters import keys

# Where allauth keeps what its adapter has encrypted; a passkey's public half is no secret.
_SECRET_IN = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}


def rotate() -> int:
    """Write every secret anew under the first key; how many there were.

    Raises cryptography.fernet.InvalidToken, and changes nothing, where a secret was written
    under a key that is no longer in MFA_SECRET_KEYS.
    """
    ring: MultiFernet = keys()
    with transaction.atomic():
        held = Authenticator.objects.filter(type__in=_SECRET_IN).select_for_update()
        count = 0
        for authenticator in held:
            name = _SECRET_IN[Authenticator.Type(authenticator.type)]
            secret = authenticator.data[name].encode()
            authenticator.data[name] = ring.rotate(secret).decode()
            authenticator.save(update_fields=["data"])
            count += 1
    return count
