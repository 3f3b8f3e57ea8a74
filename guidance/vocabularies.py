"""Brings the vocabularies and law references of a new installation into the database."""

import tomllib
from pathlib import Path
from typing import Any

from django.db import transaction

from guidance.models import LawReference, Term

DATA = Path(__file__).parent / "data"


@transaction.atomic
def seed_vocabularies() -> None:
    """Create the terms and laws that are missing. What the hub has edited since is left alone."""
    Term.objects.bulk_create(_terms(), ignore_conflicts=True)
    LawReference.objects.bulk_create(_laws(), ignore_conflicts=True)


def _terms() -> list[Term]:
    data = _read("vocabularies.toml")
    usual = {"valid_from": data.pop("valid_from")}
    return [
        Term(vocabulary=vocabulary, position=position, **{**usual, **row})
        for vocabulary, rows in data.items()
        for position, row in enumerate(rows)
    ]


def _laws() -> list[LawReference]:
    data = _read("laws.toml")
    laws = data.pop("law")
    return [LawReference(**{**data, **row}) for row in laws]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / name).read_text(encoding="utf-8"))
