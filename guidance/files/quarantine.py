"""Opens foreign files in a process of their own, with bounded time and memory and no secrets.

The libraries that read PDF, Word and pictures are large, and a file may be made to crash them or
to keep them busy for hours. Here that ends a child process, not the web server.
"""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from guidance.files.kinds import FileKind, FileRefused, Inspected, Limits, Received, Refusal
from guidance.files.size import DEFAULT_LIMITS, read_within

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
# Starting Python and the libraries counts too.
_START_SECONDS = 10


def receive_apart(
    stream: IO[bytes],
    name: str,
    *,
    limits: Limits = DEFAULT_LIMITS,
    accepted: frozenset[FileKind] = frozenset(FileKind),
) -> Received:
    """Take the file, or raise FileRefused; whatever is wrong with it, the caller goes on."""
    data = read_within(stream, limits=limits)
    request = {"name": name, "limits": asdict(limits), "accepted": sorted(accepted)}
    answer, content = _ask(request, data, limits=limits)
    if "refused" in answer:
        raise FileRefused(Refusal(answer["refused"]), answer["message"])
    facts = answer["inspected"]
    facts["kind"] = FileKind(facts["kind"])
    for key in ("pages", "unread_pages"):
        facts[key] = tuple(facts[key])
    return Received(inspected=Inspected(**facts), data=content)


def _ask(
    request: Mapping[str, Any], data: bytes, *, limits: Limits
) -> tuple[dict[str, Any], bytes]:
    try:
        done = subprocess.run(
            [sys.executable, "-B", "-m", "guidance.files"],
            input=json.dumps(request).encode() + b"\n" + data,
            capture_output=True,
            cwd=_ROOT,
            env=_environment(),
            timeout=limits.seconds + _START_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        logger.warning("the check of a file took too long")
        raise _too_complicated() from error
    if done.returncode != 0:
        # The last line names the fault; what stands before it may quote the file.
        fault = done.stderr.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0]
        logger.warning("the check of a file ended with code %s: %s", done.returncode, fault[:80])
        raise _too_complicated()
    head, _, content = done.stdout.partition(b"\n")
    answer: dict[str, Any] = json.loads(head)
    return answer, content


def _environment() -> dict[str, str]:
    """Nothing of ours: no database address, no keys."""
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
    return {**kept, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}


def _too_complicated() -> FileRefused:
    return FileRefused(
        Refusal.TOO_COMPLEX,
        "The file could not be checked: it is damaged, or too complicated to read in the time "
        "allowed. Print it to a new PDF, or split it into parts, and upload that.",
    )
