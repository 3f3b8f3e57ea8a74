"""The program of a real Elasticsearch, fetched once by Maven, and a Java that can run it.

Elastic's own packages come from a host of their own; SonarQube's archive carries the same program
on Maven's. The archive lacks `bin/elasticsearch`: see `server` for what stands in for it.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ARTIFACT = "org.sonarsource.sonarqube:sonar-application:26.9.0.129388:zip"
ARCHIVE_SHA256 = (
    "b7306f5ecfa6806753bc0eb0dc4ea11fe0ddd2c5a346592718814d6ec35b88cb"  # pragma: allowlist secret
)
OLDEST_JAVA = 21
SECONDS_TO_FETCH = 900

_PACKAGED_JAVA = Path("/usr/lib/jvm")
_VERSION = re.compile(r'^JAVA_VERSION="(\d+)', re.MULTILINE)


class NoServerError(Exception):
    """There is no Elasticsearch here, or it would not start."""


def java() -> Path:
    """A home of Java that is new enough: the one ES_JAVA_HOME names, or the machine's newest."""
    named = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if name in os.environ]
    on_path = shutil.which("java")
    others = [Path(on_path).resolve().parent.parent] if on_path else []
    homes = [*named, *sorted(_PACKAGED_JAVA.glob("*"), key=_java_version, reverse=True), *others]
    for home in homes:
        if _java_version(home) >= OLDEST_JAVA:
            return home
    raise NoServerError(f"Java {OLDEST_JAVA} or later is needed to run it")


def _java_version(home: Path) -> int:
    release = home / "release"
    if not (home / "bin" / "java").exists() or not release.is_file():
        return 0
    found = _VERSION.search(release.read_text(encoding="utf-8"))
    return int(found[1]) if found else 0


def program() -> Path:
    """The folder of the program, fetched at the first use."""
    place = cache_folder() / f"elasticsearch-{ARCHIVE_SHA256[:16]}"
    with _one_at_a_time(place):
        if not place.is_dir():
            _fetch(place)
    return place


def cache_folder() -> Path:
    """Outside the repository, and where the account that runs the server can read it.

    Root's own cache is closed to every other account, and Elasticsearch refuses to run as root.
    """
    default = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    return Path(os.environ.get("XDG_CACHE_HOME", default)) / "disruption-knowledge-portal"


@contextmanager
def _one_at_a_time(place: Path) -> Iterator[None]:
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(f"{place.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(place: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise NoServerError("Maven is needed to fetch it (Debian: apt-get install maven)")
    with tempfile.TemporaryDirectory(dir=place.parent, prefix="fetching-") as folder:
        # A local repository of its own, or Maven would keep a gigabyte for ever.
        command = [maven, "-q", "-B", f"-Dmaven.repo.local={folder}/repository", "dependency:copy"]
        command += [f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
        try:
            subprocess.run(
                command, cwd=folder, check=True, capture_output=True, timeout=SECONDS_TO_FETCH
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise NoServerError("Maven could not fetch it") from error
        (archive,) = Path(folder).glob("*.zip")
        with archive.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != ARCHIVE_SHA256:
                raise NoServerError("what Maven fetched is not what was expected")
        _unpack(archive, folder=Path(folder)).rename(place)


def _unpack(archive: Path, *, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as packed:
        wanted = [name for name in packed.namelist() if "/elasticsearch/" in name]
        packed.extractall(folder, members=wanted)
    (unpacked,) = folder.glob("*/elasticsearch")
    return unpacked
