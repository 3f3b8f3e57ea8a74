"""Uploads pass the scanner where there is one, and nothing passes it unseen."""

from __future__ import annotations

import io
import socket
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from guidance.files.admission import receive_upload
from guidance.files.kinds import DOCUMENT_KINDS, FileRefused, Refusal

WORDS = b"What to do when a video names a person.\n" * 5_000
BAD = b"this stands for a virus"


class Scanner:
    """The far end of INSTREAM (clamd(8)): counts what it is sent, and answers in its words."""

    def __init__(self, listening: socket.socket, answer: bytes | None) -> None:
        self.received = b""
        self._listening, self._answer = listening, answer
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection, connection.makefile("rb") as sent:
            assert sent.read(10) == b"zINSTREAM\0"
            while length := struct.unpack("!L", sent.read(4))[0]:
                self.received += sent.read(length)
            if self._answer is not None:
                connection.sendall(self._answer)

    def finish(self) -> None:
        self._listening.close()
        self._thread.join(timeout=10)


@pytest.fixture
def address(tmp_path: Path, settings: Settings) -> Iterator[socket.socket]:
    """A socket that the settings name."""
    with socket.socket(socket.AF_UNIX) as listening:
        path = tmp_path / "clamd"
        listening.bind(str(path))
        listening.listen()
        settings.CLAMAV_SOCKET = str(path)
        yield listening


def upload(data: bytes = WORDS) -> None:
    receive_upload(io.BytesIO(data), name="a.txt", accepted=DOCUMENT_KINDS)


def refusal(data: bytes = WORDS) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        upload(data)
    return caught.value


def test_a_clean_file_passes_and_was_seen_whole(address: socket.socket) -> None:
    scanner = Scanner(address, b"stream: OK\0")
    upload()
    scanner.finish()
    assert scanner.received == WORDS


def test_an_infected_file_is_refused(address: socket.socket) -> None:
    scanner = Scanner(address, b"stream: Eicar-Test-Signature FOUND\0")
    refused = refusal(BAD)
    scanner.finish()
    assert refused.reason is Refusal.INFECTED
    assert "information security" in refused.message


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", None, b"stream: OK, perhaps\0"]
)
def test_what_was_not_scanned_does_not_pass(address: socket.socket, answer: bytes | None) -> None:
    scanner = Scanner(address, answer)
    refused = refusal()
    scanner.finish()
    assert refused.reason is Refusal.UNSCANNED


def test_a_scanner_that_is_down_lets_nothing_in(settings: Settings, tmp_path: Path) -> None:
    settings.CLAMAV_SOCKET = str(tmp_path / "nobody")
    assert refusal().reason is Refusal.UNSCANNED
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.CLAMAV_SOCKET = f"127.0.0.1:{taken.getsockname()[1]}"
        refused = refusal()
    assert refused.reason is Refusal.UNSCANNED
    assert "Try again in a few minutes" in refused.message


def test_without_a_scanner_files_pass(settings: Settings) -> None:
    settings.CLAMAV_SOCKET = ""
    upload()
