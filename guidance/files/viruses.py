"""Asks ClamAV about an upload, where this installation has one.

Source of the exchange: clamd(8), INSTREAM. A scanner that is set and does not answer lets nothing
in: what nobody has looked at is not clean.
"""

from __future__ import annotations

import logging
import socket
import struct

from django.conf import settings

from guidance.files.kinds import FileRefused, Refusal

logger = logging.getLogger(__name__)

SECONDS = 30
_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096


def scan(data: bytes) -> None:
    """Raise FileRefused for an infected file, and where the scanner is down or does not know."""
    if not settings.CLAMAV_SOCKET:
        return
    try:
        answer = _ask(settings.CLAMAV_SOCKET, data)
    except OSError as error:
        logger.warning("the virus scanner does not answer: %s", type(error).__name__)
        raise _unscanned() from error
    if answer.endswith("FOUND"):
        raise FileRefused(
            Refusal.INFECTED,
            "The virus scanner has found something in this file. It was not stored. Tell your "
            "force's information security before you open it again.",
        )
    if answer != "stream: OK":
        logger.warning("the virus scanner could not scan a file")
        raise _unscanned()


def _ask(address: str, data: bytes) -> str:
    with _connect(address) as connection:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            connection.sendall(struct.pack("!L", len(piece)) + piece)
        connection.sendall(struct.pack("!L", 0))
        return _answer(connection).rstrip(b"\0").decode("ascii", errors="replace").strip()


def _connect(address: str) -> socket.socket:
    """By a path, or by host:port."""
    host, colon, port = address.rpartition(":")
    if colon and port.isdigit():
        return socket.create_connection((host, int(port)), timeout=SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(SECONDS)
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def _answer(connection: socket.socket) -> bytes:
    found = b""
    while not found.endswith(b"\0") and len(found) < _LONGEST_ANSWER:
        piece = connection.recv(_LONGEST_ANSWER)
        if not piece:
            break
        found += piece
    return found


def _unscanned() -> FileRefused:
    return FileRefused(
        Refusal.UNSCANNED,
        "The virus scanner does not answer, so the file was not stored. Your text is safe. Try "
        "again in a few minutes; if it stays like this, tell the hub.",
    )
