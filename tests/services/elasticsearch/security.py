"""A server with security on: its own certificate, a person with every right, a key with few."""

import base64
import datetime
import hashlib
import ipaddress
import secrets
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from elasticsearch import Elasticsearch

USER = "tests"
FOLDER = "security"
AUTHORITY = f"{FOLDER}/node.crt"
# The least that the portal needs: see docs/operations/README.md, which names the same.
PRIVILEGES = ["read", "write", "create_index", "delete_index", "manage", "view_index_metadata"]
_ROUNDS = 10_000


def lay_out(folder: Path) -> tuple[dict[str, str], str]:
    """Write certificate and person into a folder; the settings that use them, and a password."""
    place = folder / FOLDER
    place.mkdir()
    certificate, key = _certificate()
    (place / "node.crt").write_bytes(certificate)
    (place / "node.key").write_bytes(key)
    password = secrets.token_urlsafe(16)
    (place / "users").write_text(f"{USER}:{_hashed(password)}\n", encoding="utf-8")
    (place / "users_roles").write_text(f"superuser:{USER}\n", encoding="utf-8")
    settings = {
        "xpack.security.enabled": "true",
        "xpack.security.authc.api_key.enabled": "true",
        "xpack.security.authc.password_hashing.algorithm": "pbkdf2",
        "xpack.security.http.ssl.enabled": "true",
        "xpack.security.http.ssl.certificate": "node.crt",
        "xpack.security.http.ssl.key": "node.key",
        # Several nodes speak to each other by the same certificate, and trust no other.
        "xpack.security.transport.ssl.enabled": "true",
        "xpack.security.transport.ssl.verification_mode": "full",
        "xpack.security.transport.ssl.certificate": "node.crt",
        "xpack.security.transport.ssl.key": "node.key",
        "xpack.security.transport.ssl.certificate_authorities": "node.crt",
    }
    return settings, password


def api_key(client: Elasticsearch) -> str:
    """A key that reaches the portal's indexes and nothing else."""
    role = {"indices": [{"names": ["portal*", "test*"], "privileges": PRIVILEGES}]}
    made = client.security.create_api_key(name="portal", role_descriptors={"portal": role})
    return str(made["encoded"])


def _certificate() -> tuple[bytes, bytes]:
    """Self-signed for 127.0.0.1, so that it is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.fromtimestamp(time.time(), datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return made.public_bytes(serialization.Encoding.PEM), private


def _hashed(password: str) -> str:
    """A password as Elasticsearch's file of users keeps it."""
    salt = secrets.token_bytes(32)
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS, dklen=32)
    coded = [base64.b64encode(part).decode() for part in (salt, made)]
    return f"{{PBKDF2}}{_ROUNDS}${'$'.join(coded)}"
