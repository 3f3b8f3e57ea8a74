"""The files of this repository, as the house rules look at them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Top to bottom: each imports only those after it (docs/decisions/0001).
ROOMS = ("portal", "search", "guidance", "forces", "audit", "access")
# Fetched or made, not written here.
MADE = frozenset({"__pycache__", "node_modules", "kit", "pictures", "var", "reports"})


@cache
def written_files() -> tuple[Path, ...]:
    """Every file that a person wrote, hidden tool folders left out."""
    return tuple(sorted(_written(ROOT)))


def _written(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            hidden = path.name.startswith(".") and path.name != ".ci"
            if path.name not in MADE and not hidden:
                yield from _written(path)
        elif path.name not in {".coverage", ".git"}:
            yield path


@cache
def python_files() -> tuple[Path, ...]:
    """Every module but the migrations, which a command writes."""
    return tuple(
        path for path in written_files() if path.suffix == ".py" and "migrations" not in path.parts
    )


def modules_of(*rooms: str) -> Iterator[Path]:
    """The modules of some rooms."""
    for path in python_files():
        if path.relative_to(ROOT).parts[0] in rooms:
            yield path


@cache
def parsed(path: Path) -> ast.Module:
    """Parse a module once for all the rules."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def place(path: Path, node: ast.AST | None = None) -> str:
    """Say where something is, so that an editor can jump to it."""
    line = f":{getattr(node, 'lineno', 1)}" if node else ""
    return f"{path.relative_to(ROOT)}{line}"
