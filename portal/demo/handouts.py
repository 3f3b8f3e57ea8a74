"""Makes the files that demo documents carry: Word, PDF and plain text from a few lines."""

from io import BytesIO

import docx
import pikepdf

_LINES_ON_A_PAGE = 46


def make_handout(kind: str, text: str) -> bytes:
    """The bytes of a file of that kind; its first line is the heading."""
    heading, *lines = text.strip().splitlines()
    match kind:
        case "docx":
            return _word(heading, lines)
        case "pdf":
            return _pdf(heading, lines)
        case "txt":
            return text.strip().encode() + b"\n"
    raise ValueError(f"A handout is docx, pdf or txt, not {kind}.")


def _word(heading: str, lines: list[str]) -> bytes:
    document = docx.Document()
    document.add_heading(heading, level=1)
    for line in lines:
        document.add_paragraph(line)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _pdf(heading: str, lines: list[str]) -> bytes:
    pdf = pikepdf.new()
    # A font belongs to the one file it was made in.
    font = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
    )
    wrapped = [piece for line in lines for piece in _wrapped(line)]
    for start in range(0, len(wrapped) or 1, _LINES_ON_A_PAGE):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        shown = wrapped[start : start + _LINES_ON_A_PAGE]
        page.Contents = pdf.make_stream(_drawn(heading, shown))
    stream = BytesIO()
    pdf.save(stream, static_id=True)
    return stream.getvalue()


def _drawn(heading: str, lines: list[str]) -> bytes:
    shown = [f"BT /F1 15 Tf 60 780 Td ({_escaped(heading)}) Tj /F1 11 Tf 0 -28 Td 15 TL"]
    shown += [f"({_escaped(line)}) Tj T*" for line in lines]
    return "\n".join([*shown, "ET"]).encode("cp1252", errors="replace")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _wrapped(line: str) -> list[str]:
    pieces, current = [], ""
    for word in line.split():
        if len(current) + len(word) > 84:
            pieces.append(current)
            current = ""
        current = f"{current} {word}".strip()
    return [*pieces, current]
