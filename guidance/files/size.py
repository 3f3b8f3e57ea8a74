"""How much of a file we take: asked before anything opens it, by web and child process alike.

Nothing is imported here that opens files: a web worker would hold twenty megabytes of libraries
that only the child process uses (`quarantine`).
"""

from typing import IO

from guidance.files.kinds import MEGABYTE, FileRefused, Limits, Refusal

DEFAULT_LIMITS = Limits()


def read_within(stream: IO[bytes], *, limits: Limits) -> bytes:
    """The bytes of the file; a file over the limit is refused without reading it all."""
    declared = getattr(stream, "size", None)
    if isinstance(declared, int) and declared > limits.size:
        raise too_large(declared, limits=limits)
    stream.seek(0)
    data = stream.read(limits.size + 1)
    if len(data) > limits.size:
        raise too_large(None, limits=limits)
    return data


def too_large(size: int | None, *, limits: Limits) -> FileRefused:
    """The refusal of a file that is over the limit."""
    is_size = f"The file is {size / MEGABYTE:.0f} MB" if size else "The file is too large"
    return FileRefused(
        Refusal.TOO_LARGE,
        f"{is_size}; the most we take is {limits.size / MEGABYTE:.0f} MB. "
        "Make the pictures in it smaller, or split it into parts, and upload it again.",
    )
