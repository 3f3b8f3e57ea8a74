"""The index directories on disk: which one is in use, one writer at a time, swap in one step."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.engines.base import MissingIndexError
from search.engines.locks import file_lock
from search.engines.rows import SCHEMA_VERSION

_REBUILD = "Build it with: manage.py rebuild_index"


class Store:
    """A directory with one or more indexes and a file that names the one in use."""

    def __init__(self, root: Path) -> None:
        """Keep the place; nothing is opened yet."""
        self.root = root
        self._pointer = root / "current"

    def current(self) -> Path | None:
        """The index in use; None where none was ever built.

        Raises MissingIndexError for an index of another version of the program.
        """
        try:
            name = self._pointer.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        if not name.startswith(f"v{SCHEMA_VERSION}-"):
            raise MissingIndexError(f"The index is of another version. {_REBUILD}")
        return self.root / name

    def required(self) -> Path:
        """The index in use; raises MissingIndexError where there is none."""
        if (path := self.current()) is None:
            raise MissingIndexError(f"There is no index yet. {_REBUILD}")
        return path

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the right to write. It ends with the process, however that ends."""
        with file_lock(self.root / "writer.lock"):
            yield

    def create(self) -> Path:
        """A new empty directory beside the one in use."""
        return Path(tempfile.mkdtemp(prefix=f"v{SCHEMA_VERSION}-", dir=self.root))

    def swap(self, path: Path) -> None:
        """Put an index in use, in one step that a crash cannot split, and remove the others."""
        written = self.root / "current.new"
        with written.open("w", encoding="ascii") as file:
            file.write(path.name)
            file.flush()
            os.fsync(file.fileno())
        written.replace(self._pointer)
        self._sync_directory()
        for other in self.root.glob("v*-*"):
            if other != path:
                # Readers that still have it open keep reading: the files go when they close them.
                shutil.rmtree(other, ignore_errors=True)

    def discard(self, path: Path) -> None:
        """Remove a directory that was not finished."""
        shutil.rmtree(path, ignore_errors=True)

    def _sync_directory(self) -> None:
        directory = os.open(self.root, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
