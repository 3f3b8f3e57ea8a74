"""A passkey as it is stored when it has been added: of a device that nobody holds any more."""

from __future__ import annotations

from typing import Any

from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

NAME = "Work phone"
_KEY = ES256({1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32})
_ID = b"a passkey of the examples"


def stored_passkey() -> dict[str, Any]:
    """The data of its Authenticator row."""
    attested = AttestedCredentialData.create(Aaguid.NONE, _ID, _KEY)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    held = AuthenticatorData.create(b"r" * 32, flags, 0, bytes(attested))
    client = CollectedClientData.create(
        type=CollectedClientData.TYPE.CREATE.value, challenge=b"c" * 32, origin="http://localhost"
    )
    response = AuthenticatorAttestationResponse(
        client_data=client, attestation_object=AttestationObject.create("none", held, {})
    )
    return {
        "name": NAME,
        "credential": dict(RegistrationResponse(raw_id=_ID, response=response)),
    }
