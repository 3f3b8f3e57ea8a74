"""What several tests of files prove in the same way."""

import io

import pytest

from guidance.files.cleaning import clean
from guidance.files.inspection import inspect
from guidance.files.kinds import FileKind, FileRefused, Limits
from tests.guidance.files.specimens import holds_canary

LIMITS = Limits()


def named(value: object) -> str | None:
    """The name of a case: the bytes of a file differ between workers, so they are none."""
    return "file" if isinstance(value, bytes) else None


def refusal(data: bytes, name: str, **options: object) -> FileRefused:
    """Inspect and give back the refusal."""
    with pytest.raises(FileRefused) as caught:
        inspect(io.BytesIO(data), name, **options)  # type: ignore[arg-type]
    message = caught.value.message
    assert message.endswith(".")
    assert len(message) > 40, "says what happened and what to do"
    return caught.value


def cleaned(data: bytes, kind: FileKind) -> bytes:
    """Clean a file that held a canary, and prove that it opens and holds none."""
    assert holds_canary(data), "the specimen must hold what is to be stripped"
    result = clean(kind, data, limits=LIMITS)
    assert not holds_canary(result)
    inspect(io.BytesIO(result), f"a.{kind.extensions[0]}")
    return result
