"""The figures of an evaluation as a table for a spreadsheet, with the marking on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.tables import lines_of_table
from guidance.models import Document, EvaluationPage

COLUMNS = ("label", "measure", "estimate", "low", "high", "count", "weight")


def figures_of(document: Document) -> list[dict[str, Any]]:
    """The estimates as they are stored; none where the page is no evaluation or has none."""
    if not isinstance(document, EvaluationPage):
        return []
    return [block["value"] for block in document.estimates.raw_data]


def table_of(document: Document) -> str:
    """The marking, what it is and where it comes from; then a line for each figure."""
    source = _("%(ref)s, version %(version)s, %(owner)s")
    names = {"ref": document.ref, "version": document.version, "owner": document.owner_org.name}
    rows: list[Sequence[Any]] = [[document.marking_label], [document.title], [source % names]]
    if getattr(document, "synthetic", False):
        rows.append([_("The figures are synthetic. Do not quote them.")])
    rows += [[], COLUMNS]
    rows += [[figure.get(name) for name in COLUMNS] for figure in figures_of(document)]
    return "".join(lines_of_table([*rows, [document.marking_label]]))


def name_of(document: Document, *, at: datetime) -> str:
    """A name that says how the file is marked wherever it ends up."""
    day = timezone.localdate(at)
    return f"{document.marking_label} {document.ref} figures {day:%Y-%m-%d}.csv"
