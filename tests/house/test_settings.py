"""Every setting is declared once, explained, and read by somebody."""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import global_settings

from tests.house.tree import ROOMS, ROOT, modules_of, parsed

SETTINGS = ROOT / "portal" / "settings"
# Whose settings start with what; the reader of each must be found in that package.
READERS = {
    "ACCOUNT_": "allauth",
    "ALLAUTH_": "allauth",
    "CONTENT_SECURITY_POLICY": "csp",
    "MFA_": "allauth",
    "SOCIALACCOUNT_": "allauth",
    "TAGGIT_": "taggit",
    "WAGTAIL": "wagtail",
    "WHITENOISE_": "whitenoise",
}
# Django reads these, though its list of defaults leaves them out.
DJANGOS = frozenset({"EMAIL_FILE_PATH", "ROOT_URLCONF"})
# Ours, whatever it begins with.
OURS = frozenset({"MFA_SECRET_KEYS"})
# A place from which other settings are made.
NOT_SETTINGS = frozenset({"BASE_DIR"})


def _declared(*modules: str) -> dict[str, tuple[Path, int]]:
    found = {}
    for path in sorted(SETTINGS.glob("*.py")):
        if modules and path.stem not in modules:
            continue
        for node in parsed(path).body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.AnnAssign):
                targets = [node.target]
            for target in targets:
                if isinstance(target, ast.Name) and target.id.isupper():
                    found[target.id] = (path, node.lineno)
    return found


@cache
def _read_by_us() -> set[str]:
    """Every `settings.NAME` and getattr(settings, "NAME") outside the settings themselves."""
    names: set[str] = set()
    for path in modules_of(*ROOMS):
        if path.is_relative_to(SETTINGS):
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Attribute) and node.attr.isupper():
                names.add(node.attr)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
    return names


@cache
def _package_text(package: str) -> str:
    folder = Path(str(import_module(package).__file__)).parent
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py")))


def _of_ours() -> frozenset[str]:
    return OURS | {
        name
        for name in _declared().keys() - DJANGOS - NOT_SETTINGS
        if not hasattr(global_settings, name) and not name.startswith(tuple(READERS))
    }


def test_each_setting_of_ours_is_read() -> None:
    """A setting nobody reads is a promise nobody keeps."""
    assert not _of_ours() - _read_by_us()


def test_each_setting_of_ours_says_what_it_is_for() -> None:
    """In a comment right above its declaration."""
    base = _declared("base")
    unexplained = []
    for name in _of_ours() & base.keys():
        path, line = base[name]
        above = path.read_text(encoding="utf-8").splitlines()[line - 2].strip()
        if not above.startswith("#"):
            unexplained.append(name)
    assert not unexplained


@pytest.mark.parametrize(("prefix", "package"), READERS.items())
def test_each_setting_for_a_package_is_one_that_it_reads(prefix: str, package: str) -> None:
    """A misspelt setting is silently no setting at all."""
    asked = {name for name in _declared() if name.startswith(prefix) and name not in _read_by_us()}
    text = _package_text(package)
    # allauth asks for most settings without the prefix, which it adds in one place.
    unread = {name for name in asked if name not in text and name.removeprefix(prefix) not in text}
    assert not unread
