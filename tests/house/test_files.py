"""What the repository may not hold, and what each dependency and page of documentation must say."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT, place, written_files

# Written in pieces, or this file would be the first to hold one.
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("repo1", "maven", "org"),
    )
)
# Not part of a longer path: `portal/home/` is a room.
MACHINE_PATHS = re.compile(r"(?<![\w.}])/(?:work|root|home|Users)/")
PIN = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)  # \S.*")
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")


def _texts() -> list[tuple[Path, str]]:
    found = []
    for path in written_files():
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def _found(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{place(path)}:{text.count(chr(10), 0, match.start()) + 1} {match[0]}"
        for path, text in _texts()
        for match in pattern.finditer(text)
    ]


def test_no_file_names_a_registry() -> None:
    """The ordinary clients know where to go."""
    assert not _found(re.compile("|".join(map(re.escape, REGISTRIES))))


def test_no_file_names_a_folder_of_one_machine() -> None:
    """It is wrong on the next."""
    assert not _found(MACHINE_PATHS)


def _lines(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith(("#", "-r "))]


@pytest.mark.parametrize("name", [*REQUIREMENTS, "requirements-scan.txt"])
def test_every_requirement_is_pinned_and_says_why(name: str) -> None:
    """`name==version  # reason`, once each."""
    lines = _lines(name)
    assert [line for line in lines if not PIN.fullmatch(line)] == []
    names = [canonicalize_name(line.partition("==")[0]) for line in lines]
    assert len(names) == len(set(names))


def _pins(*files: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in files:
        for line in _lines(name):
            if match := PIN.fullmatch(line):
                found[canonicalize_name(match["name"])] = match["version"]
    return found


def test_what_is_installed_is_what_is_pinned() -> None:
    """Or the tests prove something about another program."""
    pins = _pins(*REQUIREMENTS)
    assert {name: distribution(name).version for name in pins} == pins


@pytest.mark.parametrize("files", [REQUIREMENTS[:1], REQUIREMENTS])
def test_nothing_comes_along_unpinned(files: tuple[str, ...]) -> None:
    """Every dependency of a pinned package is pinned in the same set."""
    pins = _pins(*files)
    unpinned = {
        f"{name} -> {needed.name}"
        for name in pins
        for needed in map(Requirement, distribution(name).requires or [])
        if (needed.marker is None or needed.marker.evaluate({"extra": ""}))
        and canonicalize_name(needed.name) not in pins
    }
    assert not unpinned


def test_the_running_portal_needs_no_test_tools() -> None:
    """requirements.txt alone is what a production host installs."""
    assert not {"pytest", "mypy", "ruff", "playwright"} & _pins("requirements.txt").keys()


def test_every_page_of_documentation_says_for_whom_it_is() -> None:
    """In its first lines."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    silent = [
        place(page)
        for page in pages
        if "For:" not in "\n".join(page.read_text(encoding="utf-8").splitlines()[:6])
    ]
    assert not silent


def test_no_link_of_the_documentation_leads_nowhere() -> None:
    """Relative links and pictures exist."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    broken = [
        f"{place(page)} {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert not broken


def test_every_decision_stands_in_the_list() -> None:
    """And its number is its own."""
    records = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    assert [name for name in records if f"({name})" not in listed] == []
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
