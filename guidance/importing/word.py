"""Finds headings, lists, tables and paragraphs in a Word document by its styles."""

import io
import re
from collections.abc import Iterator
from html import escape

import docx
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.hyperlink import Hyperlink
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from guidance.importing.outline import Part, Piece
from guidance.importing.plain_text import looks_like_heading

_HEADING_STYLE = re.compile(r"heading \d|subtitle", re.IGNORECASE)
_NUMBERED_FORMATS = frozenset(
    {"decimal", "lowerLetter", "upperLetter", "lowerRoman", "upperRoman", "decimalZero"}
)
_PICTURES = (
    "Pictures are not imported ({count} found). Upload each with a description and put it where "
    "it belongs."
)
_TABLES = "Tables became lists, a line for each row ({count} found). Check that they still read."
_NOTES = "Footnotes are not imported. Put what readers need into the text."


def pieces_of(data: bytes) -> tuple[list[Piece], list[str]]:
    """The pieces of a document in order, and what could not be taken over."""
    document = docx.Document(io.BytesIO(data))
    reader = _Reader(document)
    pieces = list(reader.pieces())
    return pieces, reader.notes()


class _Reader:
    """Reads one document; keeps what its styles and numberings mean."""

    def __init__(self, document: WordDocument) -> None:
        self.document = document
        self.formats = _number_formats(document)
        self.tables = 0

    def pieces(self) -> Iterator[Piece]:
        """Paragraphs and table rows in the order in which a reader sees them."""
        for item in self.document.iter_inner_content():
            if isinstance(item, Paragraph):
                if item.text.strip():
                    yield self._piece(item)
            else:
                self.tables += 1
                yield from _rows(item)

    def notes(self) -> list[str]:
        """What the editor should look at."""
        body = self.document.element.body
        pictures = len(body.findall(f".//{qn('w:drawing')}")) + len(
            body.findall(f".//{qn('w:pict')}")
        )
        found = []
        if pictures:
            found.append(_PICTURES.format(count=pictures))
        if self.tables:
            found.append(_TABLES.format(count=self.tables))
        if body.find(f".//{qn('w:footnoteReference')}") is not None:
            found.append(_NOTES)
        return found

    def _piece(self, paragraph: Paragraph) -> Piece:
        text = paragraph.text.strip()
        style = (paragraph.style.name or "") if paragraph.style is not None else ""
        if style.lower() == "title":
            return Piece(Part.TITLE, " ".join(text.split()))
        if _HEADING_STYLE.match(style) or _is_all_bold(paragraph):
            return Piece(Part.HEADING, " ".join(text.split()))
        part = self._list_part(paragraph, style)
        return Piece(part, text, _rich(paragraph))

    def _list_part(self, paragraph: Paragraph, style: str) -> Part:
        numbering = self._numbering(paragraph)
        if numbering is not None:
            is_numbered = self.formats.get(numbering, "bullet") in _NUMBERED_FORMATS
            return Part.NUMBERED if is_numbered else Part.BULLET
        if style.lower().startswith("list number"):
            return Part.NUMBERED
        return Part.BULLET if style.lower().startswith("list bullet") else Part.PARAGRAPH

    def _numbering(self, paragraph: Paragraph) -> str | None:
        """The list that the paragraph is in, by itself or by its style."""
        for element in (paragraph._p, getattr(paragraph.style, "element", None)):
            if element is None:
                continue
            found = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
            if found is not None:
                number = str(found.get(qn("w:val")))
                return None if number == "0" else number
        return None


def _number_formats(document: WordDocument) -> dict[str, str]:
    """What the first level of each list looks like: bullets, figures or letters."""
    try:
        root = document.part.numbering_part.element
    except (KeyError, NotImplementedError):
        return {}
    first_levels = {}
    for abstract in root.findall(qn("w:abstractNum")):
        level = abstract.find(f"{qn('w:lvl')}/{qn('w:numFmt')}")
        if level is not None:
            first_levels[abstract.get(qn("w:abstractNumId"))] = str(level.get(qn("w:val")))
    formats = {}
    for number in root.findall(qn("w:num")):
        reference = number.find(qn("w:abstractNumId"))
        if reference is not None and reference.get(qn("w:val")) in first_levels:
            formats[str(number.get(qn("w:numId")))] = first_levels[reference.get(qn("w:val"))]
    return formats


def _is_all_bold(paragraph: Paragraph) -> bool:
    """A line in bold that reads like a heading, where the author used no styles."""
    runs = [run for run in paragraph.runs if run.text.strip()]
    return bool(runs) and all(run.bold for run in runs) and looks_like_heading(paragraph.text)


def _rich(paragraph: Paragraph) -> str:
    """Rich text where there is emphasis or a link in it, and otherwise nothing."""
    parts = [_rich_part(part) for part in paragraph.iter_inner_content()]
    html = "".join(parts).strip()
    return html if "<" in html else ""


def _rich_part(part: Run | Hyperlink) -> str:
    if isinstance(part, Hyperlink):
        words = "".join(_rich_part(run) for run in part.runs)
        address = part.url
        if not address.startswith(("https://", "http://", "mailto:")):
            return words
        return f'<a href="{escape(address)}">{words}</a>'
    words = escape(part.text, quote=False).replace("\n", "<br/>")
    if not words.strip():
        return words
    if part.bold:
        words = f"<b>{words}</b>"
    return f"<i>{words}</i>" if part.italic else words


def _rows(table: Table) -> Iterator[Piece]:
    for row in table.rows:
        cells: list[str] = []
        for cell in row.cells:
            text = " ".join(cell.text.split())
            # A cell that spans columns is listed once for each.
            if text and (not cells or cells[-1] != text):
                cells.append(text)
        if cells:
            yield Piece(Part.BULLET, " – ".join(cells))
