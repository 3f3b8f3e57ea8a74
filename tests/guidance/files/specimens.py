"""Builds the files that the tests upload: good ones, and one for each thing that may be wrong."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import docx
import pikepdf
from docx.document import Document as WordDocument
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, PngImagePlugin

# What a test does to a document before it is saved.
PdfChange = Callable[[pikepdf.Pdf], object]
WordChange = Callable[[WordDocument], object]

CANARY = "zqcanary7f3"
TEXT = "Preserve first, then refer.\n\nThe secret is to act early.\n"


def pdf(*pages: str, change: PdfChange | None = None, **save: Any) -> bytes:
    """A PDF with a page for each text, changed as the caller likes before it is saved."""
    document = pikepdf.new()
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    for text in pages or ("Preserve first, then refer.",):
        document.add_blank_page(page_size=(595, 842))
        lines = text.splitlines() or [""]
        shown = " T* ".join(f"({line}) Tj" for line in lines)
        page = document.pages[-1]
        page.Contents = Stream(document, f"BT /F1 12 Tf 14 TL 72 720 Td {shown} ET".encode())
        page.Resources = Dictionary(Font=Dictionary(F1=document.make_indirect(font)))
    if change is not None:
        change(document)
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def annotate(document: pikepdf.Pdf, **entries: Any) -> None:
    """Put an annotation on the first page."""
    annotation = Dictionary(Type=Name.Annot, Rect=Array([10, 10, 90, 90]), **entries)
    page = document.pages[0]
    page.obj["/Annots"] = Array([document.make_indirect(annotation)])


def act(document: pikepdf.Pdf, **entries: Any) -> None:
    """Give the first page a link that does something."""
    annotate(document, Subtype=Name.Link, A=Dictionary(**entries))


def attach(document: pikepdf.Pdf) -> None:
    """Attach a file."""
    document.attachments["plan.txt"] = b"attached"


def form_field(document: pikepdf.Pdf, *, value: str) -> None:
    """Add a filled-in form field."""
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=String("answer"),
        V=String(value),
        Rect=Array([10, 10, 90, 30]),
    )
    document.Root.AcroForm = Dictionary(Fields=Array([document.make_indirect(field)]))


def picture(kind: str, *, size: tuple[int, int] = (40, 20), **save: Any) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, kind, **save)
    return out.getvalue()


def exif(*, orientation: int = 1, words: str = CANARY) -> Image.Exif:
    """What a telephone writes: who, what, where, and which way up."""
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x010E] = words
    data[0x013B] = words
    data[0x9C9B] = words.encode("utf-16-le")
    place = data.get_ifd(0x8825)
    place[1], place[2], place[29] = "N", (51.0, 30.0, 0.0), words
    return data


def photograph(*, orientation: int = 1) -> bytes:
    """A JPEG with EXIF, XMP, a comment, and bytes after its end."""
    data = picture(
        "JPEG",
        exif=exif(orientation=orientation).tobytes(),
        xmp=f"<x:xmpmeta>{CANARY}</x:xmpmeta>".encode(),
        comment=CANARY.encode(),
    )
    return data + CANARY.encode()


def labelled_png(**words: str) -> bytes:
    """A PNG with words beside its pixels, plain, packed and in a time stamp's place."""
    info = PngImagePlugin.PngInfo()
    for key, value in words.items():
        info.add_text(key, value)
        info.add_text(key + "2", value, zip=True)
        info.add_itxt(key + "3", value)
    return picture("PNG", pnginfo=info, exif=exif())


def word(fill: WordChange | None = None) -> bytes:
    """A Word document with a heading and a paragraph, or with what the caller puts in."""
    document = docx.Document()
    if fill is None:
        document.add_heading("Before you refer", level=1)
        document.add_paragraph("Preserve first, then refer.")
    else:
        fill(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(
    data: bytes,
    *,
    add: Mapping[str, bytes | str] | None = None,
    replace: Mapping[str, tuple[str, str]] | None = None,
    drop: frozenset[str] = frozenset(),
) -> bytes:
    """The archive with parts added or dropped, and words replaced in the parts named."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name in (replace or {}):
                old, new = (replace or {})[name]
                assert old.encode() in content, f"{old} is not in {name}"
                content = content.replace(old.encode(), new.encode())
            if name not in drop and name not in (add or {}):
                target.writestr(name, content, zipfile.ZIP_DEFLATED)
        for name, added in (add or {}).items():
            target.writestr(name, added, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def with_body(xml: str) -> bytes:
    """A Word document with a piece of XML before its last section."""
    return repacked(word(), replace={"word/document.xml": ("<w:sectPr", xml + "<w:sectPr")})


def related(data: bytes, *, kind: str, target: str, content: bytes, said: str) -> bytes:
    """The document with a further part that its main part refers to as rIdX."""
    relation = (
        f'<Relationship Id="rIdX" Target="{target}" Type="http://schemas.openxmlformats.org/'
        f'officeDocument/2006/relationships/{kind}"/></Relationships>'
    )
    override = f'<Override PartName="/word/{target}" ContentType="{said}"/></Types>'
    return repacked(
        data,
        add={f"word/{target}": content},
        replace={
            "word/_rels/document.xml.rels": ("</Relationships>", relation),
            "[Content_Types].xml": ("</Types>", override),
        },
    )


def everything_in(data: bytes) -> bytes:
    """All bytes that could hold a word: the file, and what is packed inside it."""
    found = [data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for entry in archive.infolist():
                found += [entry.filename.encode(), entry.comment, archive.read(entry)]
    if data.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(data)) as document:
            for item in document.objects:
                found.append(item.unparse(resolved=True))
                if isinstance(item, Stream):
                    found.append(item.read_raw_bytes())
                    try:
                        found.append(item.read_bytes())
                    except pikepdf.PdfError:
                        continue
    return b"\n".join(found)


def holds_canary(data: bytes, *, canary: str = CANARY) -> bool:
    """Whether the word is anywhere in the file, in any spelling that a format uses."""
    everything = everything_in(data).lower()
    spellings = (canary.encode(), canary.encode("utf-16-le"), canary.encode("utf-16-be"))
    return any(spelling in everything for spelling in spellings)
