"""Receives request bodies without ever keeping more of a file than we would take."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class OversizedUpload(SimpleUploadedFile):
    """A file that was too large to keep: its name and true size, and none of its bytes.

    A form then says how large it was. A form that asked nothing would find it empty, never cut.
    """

    def __init__(self, name: str, *, size: int, content_type: str) -> None:
        """Hold nothing."""
        super().__init__(name, b"", content_type)
        self.size = size


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Writes to a temporary file up to the limit for one request, and drops the rest."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Start with an empty file; the limit counts all files of the request."""
        super().new_file(*args, **kwargs)
        self.kept = getattr(self, "kept", 0)
        self.is_over = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep the chunk, or from the limit on nothing of the file."""
        if self.is_over or self.kept + len(raw_data) > settings.MAX_UPLOAD_BYTES:
            self.is_over = True
            self.file.seek(0)
            self.file.truncate()
        else:
            self.kept += len(raw_data)
            self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        """Hand over the file, or only its name and size."""
        if not self.is_over:
            return super().file_complete(file_size)
        self.file.close()
        return OversizedUpload(
            self.file_name or "", size=file_size, content_type=self.content_type or ""
        )
