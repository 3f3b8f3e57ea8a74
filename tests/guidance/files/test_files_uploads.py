"""However large a request, no more than the limit is ever kept, and nothing is cut unseen."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from guidance.files.inspection import inspect
from guidance.files.kinds import FileRefused, Limits
from guidance.files.uploads import CappedUploadHandler


@pytest.fixture
def limit(settings: Settings) -> int:
    """Three kilobytes for one request."""
    settings.MAX_UPLOAD_BYTES = 3_000
    return 3_000


@contextmanager
def sent(**files: bytes) -> Iterator[HttpRequest]:
    """A request with these files, read by our handler alone."""
    uploads = {key: SimpleUploadedFile(f"{key}.txt", data) for key, data in files.items()}
    request = RequestFactory().post("/", uploads)
    request.upload_handlers = [CappedUploadHandler(request)]
    try:
        yield request
    finally:
        request.close()


def upload(request: HttpRequest, key: str) -> UploadedFile[bytes]:
    """One file of the request."""
    found = request.FILES[key]
    assert isinstance(found, UploadedFile)
    return found


def test_a_small_file_arrives_whole(limit: int) -> None:
    with sent(a=b"x" * limit) as request:
        assert upload(request, "a").read() == b"x" * limit


def test_a_large_file_leaves_its_size_and_no_bytes(limit: int) -> None:
    with sent(a=b"x" * 200_000) as request:
        found = upload(request, "a")
        assert found.size == 200_000
        assert found.read() == b""
        with pytest.raises(FileRefused, match="the most we take"):
            inspect(found, "a.txt", limits=Limits(size=limit))


def test_many_small_files_count_together(limit: int) -> None:
    with sent(a=b"x" * 2_000, b=b"x" * 2_000) as request:
        sizes = sorted(len(upload(request, key).read()) for key in ("a", "b"))
        assert sizes == [0, 2_000]


def test_the_site_uses_the_handler(settings: Settings) -> None:
    assert settings.FILE_UPLOAD_HANDLERS == [
        "django.core.files.uploadhandler.MemoryFileUploadHandler",
        "guidance.files.uploads.CappedUploadHandler",
    ]
