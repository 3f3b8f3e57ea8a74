"""Runs the crawl in processes apart, each in a temporary folder and a database of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.canary.documents import words_of
from portal.canary.report import Report, merged

SETTINGS = "portal.settings.canary"
DATABASE = "canary.sqlite3"
# Not handed on: where the portal's own data lies, and settings that are not the crawl's.
WITHHELD = frozenset({"DATABASE_URL", "DATA_DIR", "DJANGO_SETTINGS_MODULE", "DEBUG"})


class CrawlFailedError(RuntimeError):
    """A process of the crawl ended without a report."""


def crawl_apart(*, full: bool, processes: int, root: Path) -> Report:
    """The report of the whole crawl. `root` is where manage.py lies. Raises CrawlFailedError."""
    with tempfile.TemporaryDirectory(prefix="canary-crawl-") as name:
        folder = Path(name)
        _run(root, folder / "empty", "migrate", "--verbosity", "0")
        shares = [folder / f"share-{number}" for number in range(processes)]
        for share in shares:
            share.mkdir()
            shutil.copyfile(folder / "empty" / DATABASE, share / DATABASE)
        options = ["--full"] if full else []
        with _started(root, shares, options) as children:
            return merged([_report(child, share) for child, share in children])


Child = subprocess.Popen[bytes]


@contextmanager
def _started(
    root: Path, shares: list[Path], options: list[str]
) -> Iterator[list[tuple[Child, Path]]]:
    children: list[tuple[Child, Path]] = []
    try:
        for number, share in enumerate(shares):
            words = [sys.executable, "-m", "portal.canary", f"{number}/{len(shares)}", *options]
            with (share / "said").open("wb") as said, (share / "logged").open("wb") as logged:
                child = subprocess.Popen(  # noqa: S603 - our own program, no words from outside
                    words, cwd=root, env=_environment(share), stdout=said, stderr=logged
                )
            children.append((child, share))
        yield children
    finally:
        for child, _ in children:
            child.kill()
            child.wait()


def _report(child: Child, share: Path) -> Report:
    status = child.wait()
    logged = (share / "logged").read_text(encoding="utf-8", errors="replace")
    if status:
        raise CrawlFailedError(f"The crawl ended with status {status}: {logged[-2000:]}")
    said = (share / "said").read_text(encoding="utf-8").splitlines()
    report = Report(**json.loads(said[-1]))
    for name in report.canaries:
        if any(word in logged.lower() for word in words_of(name)):
            report.leaks.append(f"the log names {name}")
    return report


def _run(root: Path, folder: Path, *words: str) -> None:
    folder.mkdir()
    done = subprocess.run(  # noqa: S603 - our own program, no words from outside
        [sys.executable, "manage.py", *words, "--skip-checks"],
        cwd=root,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CrawlFailedError(done.stderr[-2000:])


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in WITHHELD}
    return {**kept, "DJANGO_SETTINGS_MODULE": SETTINGS, "DATA_DIR": str(folder)}
