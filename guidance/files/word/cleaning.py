"""Writes a Word document anew: only the parts a reader sees, without names and edit traces."""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field

from lxml import etree

from guidance.files import pictures
from guidance.files.kinds import FileKind, FileRefused, Limits, Refusal
from guidance.files.word.checks import field_codes, picture_parts
from guidance.files.word.package import RELATION, Package, Relationship, W, open_package, parse

# Only these are written again: everything else in the archive (properties, thumbnail, custom
# XML, people, glossary, fonts, printer settings, workbooks behind charts) stays behind.
_KEPT = frozenset(
    {"officeDocument", "styles", "numbering", "settings", "theme", "footnotes", "endnotes"}
    | {"header", "footer", "image", "hyperlink", "chart", "chartStyle", "chartColorStyle"}
    | {"themeOverride", "chartUserShapes", "diagramData", "diagramLayout", "diagramQuickStyle"}
    | {"diagramColors", "diagramDrawing"}
)
_KEPT_SETTINGS = frozenset(
    W + name
    for name in (
        *("zoom", "displayBackgroundShape", "mirrorMargins", "defaultTabStop", "autoHyphenation"),
        *("evenAndOddHeaders", "characterSpacingControl", "footnotePr", "endnotePr", "compat"),
        *("themeFontLang", "clrSchemeMapping", "decimalSymbol", "listSeparator"),
        *("bookFoldPrinting", "gutterAtTop", "consecutiveHyphenLimit", "hyphenationZone"),
    )
)
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_PLACED = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_SVG = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}"
_VML_OFFICE = "{urn:schemas-microsoft-com:office:office}"
_DROPPED = (
    *(W + name for name in ("rsid", "rsids", "proofErr", "permStart", "permEnd", "fldData")),
    *(W + name for name in ("smartTagPr", "customXmlPr", "dataBinding", "placeholder", "tag")),
    *(
        W + name
        for name in (
            "alias",
            "printerSettings",
            "commentRangeStart",
            "commentRangeEnd",
            "commentReference",
        )
    ),
    _W15 + "dataBinding",
    _CHART + "externalData",
    _CHART + "printSettings",
)
_LINKS = frozenset({W + "hyperlink", _DRAWING + "hlinkClick", _DRAWING + "hlinkHover"})
_DROPPED_ATTRIBUTES = frozenset({_W14 + "paraId", _W14 + "textId", W + "author", W + "date"})
_LOOKS_LIKE_A_PATH = re.compile(
    r"[A-Za-z]:\\|\\\\|file:|\.(?:png|jpe?g|gif|webp|bmp|tiff?)\s*$", re.IGNORECASE
)
_HARMLESS_ADDRESSES = ("https://", "http://", "mailto:", "tel:", "#")
_CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(slots=True)
class _Copy:
    """The document as it is written anew."""

    package: Package
    pictures: dict[str, FileKind]
    limits: Limits
    names: dict[str, str] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    content_types: dict[str, str] = field(default_factory=dict)


def clean(data: bytes, *, limits: Limits) -> bytes:
    """The same text, tables and pictures, and nothing that says who wrote them and where."""
    package = open_package(data, limits=limits)
    copy = _Copy(package=package, pictures=picture_parts(package), limits=limits)
    _copy_relationships(copy, "", package.relationships(""))
    return _write(copy)


def _copy_relationships(copy: _Copy, source: str, relationships: list[Relationship]) -> None:
    root = parse(f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode())
    for relationship in relationships:
        target = _target(copy, relationship)
        if target is None:
            continue
        element = etree.SubElement(root, f"{{{_RELATIONSHIPS}}}Relationship")
        element.set("Id", relationship.id)
        element.set("Type", relationship.type)
        element.set("Target", target)
        if relationship.is_external:
            element.set("TargetMode", "External")
    if len(root) or not source:
        folder, name = posixpath.split(copy.names.get(source, source))
        copy.parts[posixpath.join(folder, "_rels", f"{name}.rels")] = _bytes(root)


def _target(copy: _Copy, relationship: Relationship) -> str | None:
    if relationship.kind not in _KEPT:
        return None
    if relationship.is_external:
        is_harmless = relationship.target.strip().lower().startswith(_HARMLESS_ADDRESSES)
        return relationship.target if is_harmless else None
    part = relationship.target
    if part not in copy.package.parts or copy.package.content_type(part) == "image/svg+xml":
        return None
    _copy_part(copy, part)
    return "/" + copy.names[part]


def _copy_part(copy: _Copy, part: str) -> None:
    if part in copy.names:
        return
    kind = copy.pictures.get(part)
    if kind is not None:
        # The name of a picture's part may be the name it had on its author's disk.
        copy.names[part] = f"word/media/image{len(copy.names) + 1}.{kind.extensions[0]}"
        content = pictures.clean(copy.package.parts[part], kind=kind, limits=copy.limits)
        copy.content_types[copy.names[part]] = kind.content_type
        copy.parts[copy.names[part]] = content
        return
    copy.names[part] = part
    copy.content_types[part] = copy.package.content_type(part)
    relationships = copy.package.relationships(part)
    # The relationships first: an element that refers to one that is gone has to go as well.
    _copy_relationships(copy, part, relationships)
    lost = {each.id for each in relationships if _is_lost(copy, each)}
    tree = copy.package.tree(part)
    _clean_tree(tree, lost)
    copy.parts[part] = _bytes(tree)


def _is_lost(copy: _Copy, relationship: Relationship) -> bool:
    if relationship.is_external:
        return _target(copy, relationship) is None
    return relationship.target not in copy.names or relationship.kind not in _KEPT


def _clean_tree(tree: etree._Element, lost: set[str]) -> None:
    if tree.tag == W + "settings":
        for element in list(tree):
            if element.tag not in _KEPT_SETTINGS:
                tree.remove(element)
    _drop_drawings(tree)
    etree.strip_elements(tree, *_DROPPED, with_tail=False)
    _forget_reference_managers(tree)
    for element in tree.iter(etree.Element):
        _clean_attributes(element)
    _unlink(tree, lost)


def _drop_drawings(tree: etree._Element) -> None:
    """The SVG twin of a picture; the plain picture beside it stays."""
    for twin in list(tree.iter(_SVG + "svgBlip")):
        extension = next(twin.iterancestors(_DRAWING + "ext"), None)
        parent = None if extension is None else extension.getparent()
        if parent is not None and extension is not None:
            parent.remove(extension)


def _forget_reference_managers(tree: etree._Element) -> None:
    """Zotero and the like keep a library's records in the code of a field, where nobody sees."""
    for parts in field_codes(tree):
        code = "".join(str(part.text or "") for part in parts)
        if code.strip().upper().startswith("ADDIN"):
            for number, part in enumerate(parts):
                part.text = " ADDIN " if number == 0 else ""
    for simple in tree.iter(W + "fldSimple"):
        if str(simple.get(W + "instr", "")).strip().upper().startswith("ADDIN"):
            simple.set(W + "instr", " ADDIN ")


def _clean_attributes(element: etree._Element) -> None:
    for key in list(element.attrib):
        if key in _DROPPED_ATTRIBUTES or str(key).startswith(W + "rsid"):
            del element.attrib[key]
    if element.tag in {_PICTURE + "cNvPr", _PLACED + "docPr"}:
        element.set("name", f"Picture {element.get('id', '0')}")
        for key in ("descr", "title"):
            if _LOOKS_LIKE_A_PATH.search(str(element.get(key, ""))):
                element.set(key, "")
    for key in (_VML_OFFICE + "title", W + "tooltip"):
        element.attrib.pop(key, "")
    # Old drawings carry their link in the element itself, without a relationship.
    if not str(element.get("href", "#")).strip().lower().startswith(_HARMLESS_ADDRESSES):
        del element.attrib["href"]


def _unlink(tree: etree._Element, lost: set[str]) -> None:
    """A link into somebody's own disk becomes plain text; anything else may not be lost."""
    for element in tree.iter(etree.Element):
        for key in [key for key in element.attrib if str(key).startswith(RELATION)]:
            if element.get(key) not in lost:
                continue
            if element.tag not in _LINKS:
                raise FileRefused(
                    Refusal.ATTACHMENT,
                    "The document contains an object that cannot be checked here. Paste it as a "
                    "picture instead, or save the document as a PDF, and upload that.",
                )
            del element.attrib[key]


def _write(copy: _Copy) -> bytes:
    types = parse(f'<Types xmlns="{_CONTENT_TYPES}"/>'.encode())
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    etree.SubElement(types, f"{{{_CONTENT_TYPES}}}Default", Extension="rels", ContentType=relations)
    for part, said in copy.content_types.items():
        name = f"{{{_CONTENT_TYPES}}}Override"
        etree.SubElement(types, name, PartName=f"/{part}", ContentType=said)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in {"[Content_Types].xml": _bytes(types), **copy.parts}.items():
            entry = zipfile.ZipInfo(part, date_time=_EARLIEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def _bytes(tree: etree._Element) -> bytes:
    written = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return bytes(written)
