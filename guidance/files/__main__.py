"""The child process of `quarantine`: one file in, the answer and the clean bytes out."""

import json
import resource
import sys
from dataclasses import asdict
from typing import Any

from guidance.files.kinds import FileKind, FileRefused, Limits
from guidance.files.reception import receive


def _bound(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Not a single byte to disk: a temporary file would outlive a killed process.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _answer(request: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    limits = Limits(**request["limits"])
    _bound(limits)
    accepted = frozenset(FileKind(kind) for kind in request["accepted"])
    try:
        received = receive(data, request["name"], limits=limits, accepted=accepted)
    except FileRefused as refused:
        return {"refused": refused.reason, "message": refused.message}, b""
    return {"inspected": asdict(received.inspected)}, received.data


def main() -> None:
    """Read one request from standard input and write its answer to standard output."""
    request = json.loads(sys.stdin.buffer.readline())
    answer, content = _answer(request, sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + content)


if __name__ == "__main__":
    main()
