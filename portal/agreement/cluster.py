"""A PostgreSQL server of one's own, started for a while and removed without trace."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

Command = Sequence[str | Path]

OWNER = "agreement"
_PACKAGED = Path("/usr/lib/postgresql")
# The rows live for a minute: nothing of it need survive a crash.
_SERVER_OPTIONS = (
    "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
)


class NoServerError(Exception):
    """PostgreSQL is not installed here, or would not start."""


@contextmanager
def throwaway_cluster() -> Iterator[Path]:
    """Start a server on a socket in a new folder, give the folder, and remove both afterwards."""
    programs = _programs()
    account = _account()
    # Short: the path of a unix socket must stay under 108 characters.
    folder = Path(tempfile.mkdtemp(prefix="agreement-"))
    data = folder / "data"
    try:
        if account:
            shutil.chown(folder, user=account)
        initialise: Command = [programs / "initdb", "-D", data, "-U", OWNER, "-A", "trust"]
        text: Command = ["--no-sync", "-E", "UTF8", "--locale=C"]
        _run([*initialise, *text], account=account, folder=folder)
        options = f"-k {folder} {_SERVER_OPTIONS}"
        control: Command = [programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
        _run([*control, "-o", options, "start"], account=account, folder=folder)
        try:
            yield folder
        finally:
            _run([*control, "-m", "immediate", "stop"], account=account, folder=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Find the newest packaged server, or the one on PATH."""
    versions = sorted(_PACKAGED.glob("*/bin/initdb"), key=lambda found: int(found.parts[-3]))
    if versions:
        return versions[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    message = (
        "no PostgreSQL server found: install one (apt-get install postgresql), "
        "or name a server in AGREEMENT_DATABASE_URL"
    )
    raise NoServerError(message)


def _account() -> str | None:
    """PostgreSQL refuses to run as root: name the account that runs it then."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    message = "PostgreSQL does not run as root, and there is no account “postgres” or “nobody”"
    raise NoServerError(message)


def _run(command: Command, *, account: str | None, folder: Path) -> None:
    group = pwd.getpwnam(account).pw_gid if account else None
    try:
        subprocess.run(  # noqa: S603 - fixed programs of PostgreSQL, no words from outside
            [str(word) for word in command],
            check=True,
            cwd=folder,
            user=account,
            group=group,
            extra_groups=[] if account else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or error
        message = f"PostgreSQL would not start: {str(said).strip()}"
        raise NoServerError(message) from error
