"""Refuses a Word document that runs, carries or hides something, and other archives."""

import io
import re
import zipfile
from collections.abc import Iterator

import docx
from docx.opc.exceptions import OpcError
from lxml import etree

from guidance.files import pictures, signatures
from guidance.files.kinds import PICTURE_KINDS, FileKind, FileRefused, Limits, Refusal
from guidance.files.signatures import unwanted
from guidance.files.word.package import Package, W, broken, macros, open_package, strict, unpack

# Parts whose running text a reader sees.
_TEXT_PARTS = ("header", "footer", "footnotes", "endnotes")
_TRACKED = tuple(
    W + name
    for name in (
        *("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge"),
        *("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange"),
        *("trPrChange", "tcPrChange", "tblPrExChange", "numberingChange"),
    )
)
_OBJECTS = frozenset(
    {"oleObject", "package", "control", "activeXControlBinary", "aFChunk", "afChunk"}
    | {"subDocument", "frame", "video", "audio", "media", "ink", "webextension", "model3d"}
)
_DANGEROUS_FIELD = re.compile(
    r"\s*(?:DDE|DDEAUTO|LINK|INCLUDETEXT|INCLUDEPICTURE|IMPORT|DATABASE|MACROBUTTON|RD)\b",
    re.IGNORECASE,
)

_TRACES = (
    "The document still has {what} in it, which show names and earlier wording to every reader. "
    "In Word open “Review”, {how}, and upload the finished copy."
)
_HIDDEN = (
    "The document contains hidden text. In Word choose “File”, “Info”, “Inspect document”, let it "
    "remove the hidden text, check what is left, and upload that copy."
)
_OBJECT = (
    "The document has another file, a control or a linked object inside ({what}). Paste it as a "
    "picture instead, or upload it as a file of its own."
)
_FIELD = (
    "The document contains a field that fetches something from another file or program. In Word "
    "select it, press Ctrl+Shift+F9 to turn it into plain text, and upload that copy."
)
_SIGNED = (
    "The document carries a digital signature, which would no longer hold once its metadata is "
    "stripped here. Save a copy without the signature and upload that."
)


def refuse_other_archives(data: bytes, *, limits: Limits) -> None:
    """Tell a Word document from the many other things that are zip archives too."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise broken() from error
    if "[Content_Types].xml" in names:
        return
    if "mimetype" in names and "content.xml" in names:
        advice = "Save it as a Word document (.docx) or a PDF and upload that."
        raise unwanted("an OpenDocument file", advice=advice)
    unpack(data, limits=limits)
    raise unwanted("an archive", advice="Unpack it and upload the documents inside one by one.")


def refuse_unsafe(data: bytes, *, limits: Limits) -> None:
    """Open the document part by part, and once more as python-docx would."""
    package = open_package(data, limits=limits)
    _refuse_objects(package)
    for part in text_parts(package):
        tree = package.tree(part)
        if not str(tree.tag).startswith(W):
            raise strict()
        _refuse_tracked(tree)
        _refuse_fields(tree)
        _refuse_hidden(tree, _hiding_styles(package))
    _refuse_comments(package)
    _refuse_pictures(package, limits)
    try:
        docx.Document(io.BytesIO(data))
    except (OpcError, etree.LxmlError, KeyError, ValueError, AttributeError, TypeError) as error:
        raise broken() from error


def text_parts(package: Package) -> list[str]:
    """The main part, then headers, footers and notes."""
    return [package.main, *package.targets(package.main, *_TEXT_PARTS)]


def _refuse_objects(package: Package) -> None:
    for name in package.parts:
        kind = package.content_type(name).lower()
        if "vbaproject" in kind or "vbaproject" in name.lower() or "macroenabled" in kind:
            raise macros()
        if "digital-signature" in kind:
            raise FileRefused(Refusal.SIGNED, _SIGNED)
    for source in ("", *(name for name in package.parts if not name.endswith(".rels"))):
        for relationship in package.relationships(source):
            is_chart_data = relationship.kind in {"package", "oleObject"} and "/charts/" in source
            if relationship.kind in _OBJECTS and not is_chart_data:
                raise FileRefused(Refusal.ATTACHMENT, _OBJECT.format(what=relationship.kind[:40]))
            if relationship.kind == "image" and relationship.is_external:
                raise FileRefused(
                    Refusal.ATTACHMENT, _OBJECT.format(what="a picture that lies elsewhere")
                )


def _refuse_tracked(tree: etree._Element) -> None:
    if next(tree.iter(*_TRACKED), None) is not None:
        how = "accept or reject all changes"
        message = _TRACES.format(what="tracked changes", how=how)
        raise FileRefused(Refusal.REVIEW_TRACES, message)


def _refuse_comments(package: Package) -> None:
    for part in package.targets(package.main, "comments"):
        if next(package.tree(part).iter(W + "comment"), None) is not None:
            message = _TRACES.format(what="comments", how="delete all comments")
            raise FileRefused(Refusal.REVIEW_TRACES, message)


def field_codes(tree: etree._Element) -> Iterator[list[etree._Element]]:
    """The elements that together hold the code of each field, innermost field first."""
    open_fields: list[list[etree._Element]] = []
    for element in tree.iter(W + "fldChar", W + "instrText"):
        if element.tag == W + "instrText":
            if open_fields:
                open_fields[-1].append(element)
        elif element.get(W + "fldCharType") == "begin":
            open_fields.append([])
        elif element.get(W + "fldCharType") == "end" and open_fields:
            yield open_fields.pop()
    yield from open_fields


def _refuse_fields(tree: etree._Element) -> None:
    codes = ["".join(str(part.text or "") for part in parts) for parts in field_codes(tree)]
    codes += [str(field.get(W + "instr", "")) for field in tree.iter(W + "fldSimple")]
    if any(_DANGEROUS_FIELD.match(code) for code in codes):
        raise FileRefused(Refusal.ACTIVE_CONTENT, _FIELD)


def _is_on(element: etree._Element | None) -> bool:
    off = {"0", "false", "off"}
    return element is not None and element.get(W + "val", "1") not in off


def _hiding_styles(package: Package) -> set[str]:
    return {
        str(style.get(W + "styleId"))
        for part in package.targets(package.main, "styles")
        for style in package.tree(part).iter(W + "style")
        if _is_on(style.find(f"{W}rPr/{W}vanish"))
    }


def _refuse_hidden(tree: etree._Element, hiding_styles: set[str]) -> None:
    for run in tree.iter(W + "r"):
        if not any((text.text or "").strip() for text in run.findall(W + "t")):
            continue
        own = run.find(f"{W}rPr/{W}vanish")
        if _is_on(own) or (own is None and _styles_of(run) & hiding_styles):
            raise FileRefused(Refusal.HIDDEN_CONTENT, _HIDDEN)


def _styles_of(run: etree._Element) -> set[str]:
    found = [run.find(f"{W}rPr/{W}rStyle")]
    paragraph = next(run.iterancestors(W + "p"), None)
    if paragraph is not None:
        found.append(paragraph.find(f"{W}pPr/{W}pStyle"))
    return {str(style.get(W + "val")) for style in found if style is not None}


def picture_parts(package: Package) -> dict[str, FileKind]:
    """The pictures inside, by what they are."""
    found = {}
    for source in list(package.parts):
        if source.endswith(".rels"):
            continue
        for part in package.targets(source, "image"):
            if package.content_type(part) == "image/svg+xml":
                # Word always keeps a plain picture beside it; cleaning drops the drawing.
                continue
            found[part] = signatures.recognise(package.parts[part])
    return found


def _refuse_pictures(package: Package, limits: Limits) -> None:
    try:
        found = picture_parts(package)
    except FileRefused as error:
        raise _other_picture() from error
    for part, kind in found.items():
        if kind not in PICTURE_KINDS:
            raise _other_picture()
        pictures.refuse_broken(package.parts[part], kind=kind, limits=limits)


def _other_picture() -> FileRefused:
    return FileRefused(
        Refusal.UNKNOWN_KIND,
        "A picture in the document is of a kind that cannot be checked here (a metafile, GIF or "
        "TIFF). In Word cut it, choose “Paste special”, “Picture (PNG)”, and upload that copy.",
    )
