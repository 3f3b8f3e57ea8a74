"""What every template keeps to, read from the files: policy, kit, addresses."""

import re
from pathlib import Path

import pytest

from guidance.blocks import BodyBlock
from tests.house.tree import ROOT

TEMPLATES = sorted((ROOT / "portal" / "templates").rglob("*.html"))
READERS = [*TEMPLATES, *sorted((ROOT / "search" / "templates").rglob("*.html"))]
SCRIPTS = sorted((ROOT / "portal" / "static").glob("*.js"))
STYLES = sorted((ROOT / "portal" / "static").glob("*.css"))


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", READERS, ids=_name)
def test_no_style_no_script_and_no_handler_stands_in_a_page(path: Path) -> None:
    """The pages run under `default-src 'self'`."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "<style" not in text
    # A block of data is no program: the policy has nothing to say about it.
    assert not re.search(r"<script(?![^>]*\s(?:src=|type=\"application/json\"))", text)
    assert "javascript:" not in text
    assert "data:image" not in text


@pytest.mark.parametrize("path", READERS, ids=_name)
def test_nothing_is_loaded_from_elsewhere(path: Path) -> None:
    """No address of another host, and no tag of Wagtail's that asks the database."""
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)
    assert "wagtailuserbar" not in text
    assert "pageurl" not in text
    assert "slugurl" not in text


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES], ids=_name)
def test_own_scripts_and_styles_stay_at_home(path: Path) -> None:
    """Nothing is fetched, and no text becomes markup or code."""
    text = path.read_text(encoding="utf-8")
    assert "//" not in text.replace("// ", "").replace("http://www.w3.org", "")
    for forbidden in ("innerHTML", "eval(", "document.write", "@import", "url("):
        assert forbidden not in text


@pytest.mark.parametrize("kind", sorted(BodyBlock().child_blocks))
def test_every_block_has_its_markup(kind: str) -> None:
    """A new block without a template would break each page that uses it."""
    assert (ROOT / "portal" / "templates" / "guidance" / "blocks" / f"{kind}.html").is_file()


def test_the_stylesheet_says_each_token_in_both_schemes() -> None:
    """A colour that is forgotten in the dark scheme shows light text on a light ground."""
    text = STYLES[0].read_text(encoding="utf-8")
    light, dark = (re.findall(r"(--[a-z-]+):", block) for block in _roots(text))
    once = {"--govuk-error-colour", "--govuk-success-colour", "--govuk-hover-colour"}
    assert set(dark) - once - {"--govuk-inverse-text-colour"} == set(light)


def _roots(text: str) -> list[str]:
    return re.findall(r":root\s*{([^}]*)}", text)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG reckons it."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


GROUNDS = (
    "--govuk-body-background-colour",
    "--app-raised",
    "--app-stop-ground",
    "--app-care-ground",
    "--app-good-ground",
    "--app-note-ground",
)
INKS = (
    "--govuk-text-colour",
    "--govuk-secondary-text-colour",
    "--govuk-link-colour",
    "--govuk-link-visited-colour",
)
PAIRS = (
    *((ink, ground) for ink in INKS for ground in GROUNDS),
    ("--app-stop", "--app-stop-ground"),
    ("--app-care", "--app-care-ground"),
    ("--app-good", "--app-good-ground"),
    ("--govuk-text-colour", "--app-mark"),
    ("--govuk-link-colour", "--app-mark"),
    ("#ffffff", "--app-header"),
    ("#ffffff", "--app-button"),
    ("#ffffff", "--app-button-hover"),
    ("#ffffff", "--app-marking"),
    ("#ffffff", "--app-urgent"),
    ("#ffffff", "--app-urgent-hover"),
    ("#16120a", "--app-sensitive"),
)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(scheme: int, ink: str, ground: str) -> None:
    """4.5 to 1, in daylight and in the dark."""
    text = STYLES[0].read_text(encoding="utf-8")
    tokens = dict(re.findall(r"(--[a-z-]+):\s*(#[0-9a-f]{3,6})", _roots(text)[scheme]))
    assert contrast(tokens.get(ink, ink), tokens[ground]) >= 4.5
