"""The figures of an evaluation as a table for a spreadsheet, with the marking on it."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from guidance.models import Document, EvaluationPage
from portal.spreadsheets import as_text

COLUMNS = ("label", "measure", "estimate", "low", "high", "count", "weight")


def figures_of(document: Document) -> list[dict[str, Any]]:
    """The estimates as they are stored; none where the page is no evaluation or has none."""
    if not isinstance(document, EvaluationPage):
        return []
    return [block["value"] for block in document.estimates.raw_data]


def table_of(document: Document) -> str:
    """The marking, what it is and where it comes from; then a line for each figure."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([document.marking_label])
    writer.writerow([as_text(document.title)])
    source = _("%(ref)s, version %(version)s, %(owner)s")
    names = {"ref": document.ref, "version": document.version, "owner": document.owner_org.name}
    writer.writerow([as_text(source % names)])
    if getattr(document, "synthetic", False):
        writer.writerow([_("The figures are synthetic. Do not quote them.")])
    writer.writerow([])
    writer.writerow(COLUMNS)
    for figure in figures_of(document):
        writer.writerow([_cell(figure.get(name)) for name in COLUMNS])
    writer.writerow([document.marking_label])
    return file.getvalue()


def name_of(document: Document, *, at: datetime) -> str:
    """A name that says how the file is marked wherever it ends up."""
    day = timezone.localdate(at)
    return f"{document.marking_label} {document.ref} figures {day:%Y-%m-%d}.csv"


def _cell(value: Any) -> Any:
    """Numbers stay numbers: below zero they begin like a formula, and are none."""
    return as_text(value) if isinstance(value, str) else value
