"""Rooms stand in one line: imports, foreign keys and names in strings all point down it."""

import ast
import re
import tomllib

from django.apps import apps
from django.db import models

from tests.house.tree import ROOMS, ROOT, modules_of, parsed, place

BESIDE_THE_ROOMS = frozenset({"tests"})


def test_every_top_level_package_has_its_place_in_the_line() -> None:
    """import-linter cannot be exhaustive about top-level packages, so this is."""
    found = {path.parent.name for path in ROOT.glob("*/__init__.py")} - BESIDE_THE_ROOMS
    assert found == set(ROOMS)


def test_import_linter_checks_the_same_line() -> None:
    """The contract names all rooms, in this order."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    linter = config["tool"]["importlinter"]
    layers = next(found for found in linter["contracts"] if found["type"] == "layers")
    assert tuple(linter["root_packages"]) == ROOMS
    assert tuple(layers["layers"]) == ROOMS


def _our_models() -> list[type[models.Model]]:
    everybodys = apps.get_models(include_auto_created=True)
    return [model for model in everybodys if model._meta.app_label in ROOMS]


def _targets(model: type[models.Model]) -> list[tuple[str, type[models.Model]]]:
    return [
        (f"{model._meta.label}.{field.name}", field.related_model)
        for field in model._meta.get_fields(include_parents=False, include_hidden=True)
        if field.is_relation and not field.auto_created and isinstance(field.related_model, type)
    ]


def test_no_foreign_key_points_up() -> None:
    """String foreign keys are invisible to import-linter; Django's own registry sees them all."""
    upward = [
        f"{field} -> {target._meta.label}"
        for model in _our_models()
        for field, target in _targets(model)
        if target._meta.app_label in ROOMS
        and ROOMS.index(target._meta.app_label) < ROOMS.index(model._meta.app_label)
    ]
    assert not upward


def test_people_know_no_pages() -> None:
    """A key from `forces` to a Wagtail model makes `migrate` run in a circle."""
    wagtail = [
        f"{field} -> {target._meta.label}"
        for model in _our_models()
        if model._meta.app_label == "forces"
        for field, target in _targets(model)
        if target.__module__.startswith("wagtail.")
    ]
    assert not wagtail


def test_the_trail_outlives_what_it_tells_of() -> None:
    """`audit` keeps references as text: it has no key into any other room."""
    keys = [
        f"{field} -> {target._meta.label}"
        for model in _our_models()
        if model._meta.app_label == "audit"
        for field, target in _targets(model)
        if target._meta.app_label != "audit"
    ]
    assert not keys


def test_no_room_names_a_higher_one_in_a_string() -> None:
    """Nor loads it by a dotted name, which is an import all the same."""
    named = []
    for level, room in enumerate(ROOMS):
        higher = ROOMS[:level]
        if not higher:
            continue
        dotted = re.compile(rf"(?:{'|'.join(higher)})\.[A-Za-z_][\w.]*")
        named += [
            f"{place(path, node)} {node.value}"
            for path in modules_of(room)
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and dotted.fullmatch(node.value)
        ]
    assert not named
