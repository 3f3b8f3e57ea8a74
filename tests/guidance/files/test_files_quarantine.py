"""A foreign file is opened in a child process; whatever it does there, the caller goes on."""

import io
import sys

import pytest

from guidance.files import quarantine
from guidance.files.kinds import FileKind, FileRefused, Limits, Refusal
from guidance.files.quarantine import receive_apart
from tests.guidance.files import specimens


def test_a_good_file_comes_back_clean_with_its_facts() -> None:
    received = receive_apart(io.BytesIO(specimens.pdf("One", "Two")), "a.pdf")
    assert received.inspected.kind is FileKind.PDF
    assert received.inspected.pages == ("One", "Two")
    assert received.data.startswith(b"%PDF")
    assert len(received.sha256) == 64


def test_a_refusal_comes_back_as_one() -> None:
    with pytest.raises(FileRefused, match="older Office") as caught:
        receive_apart(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "a.docx")
    assert caught.value.reason is Refusal.UNKNOWN_KIND


def test_a_file_over_the_limit_starts_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "_ask", lambda *_, **__: pytest.fail("a child was started"))
    with pytest.raises(FileRefused, match="the most we take"):
        receive_apart(io.BytesIO(bytes(2_000)), "a.pdf", limits=Limits(size=1_000))


@pytest.mark.parametrize(
    "limits", [Limits(memory=320 * 1024 * 1024, pixels=400_000_000), Limits(seconds=1)]
)
def test_a_file_that_takes_too_much_is_refused(limits: Limits) -> None:
    if limits.seconds == 1:
        data, name = specimens.pdf(*["word " * 400] * 500), "a.pdf"
    else:
        data, name = specimens.picture("PNG", size=(7_000, 7_000)), "a.png"
    with pytest.raises(FileRefused) as caught:
        receive_apart(io.BytesIO(data), name, limits=limits)
    assert caught.value.reason in {Refusal.TOO_COMPLEX, Refusal.BROKEN}


def test_a_child_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "_START_SECONDS", 0)
    with pytest.raises(FileRefused) as caught:
        receive_apart(io.BytesIO(b"words"), "a.txt", limits=Limits(seconds=0))
    assert caught.value.reason is Refusal.TOO_COMPLEX


def test_a_child_that_crashes_tells_nothing_of_the_file(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(quarantine, "_environment", dict)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(FileRefused):
        receive_apart(io.BytesIO(b"a secret plan"), "plan.txt")
    assert "plan" not in caplog.text


def test_the_child_gets_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://secret")
    assert "secret" not in str(quarantine._environment())
