"""The words of a Word document in reading order: paragraphs, tables, text boxes, notes."""

from collections.abc import Iterator

from lxml import etree

from guidance.files.kinds import Extracted, Limits
from guidance.files.plain import edges, tidy, too_long
from guidance.files.word.package import Package, W, open_package

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_VML = "{urn:schemas-microsoft-com:vml}"
# A drawing twice: once for new versions of Word, once for old ones. One is enough.
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_INSTEAD = {
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "br": "\n",
    W + "cr": "\n",
    W + "noBreakHyphen": "-",
}
_WORDS = {W + "t", _MATH + "t"}


def read(data: bytes, *, limits: Limits) -> Extracted:
    """All words a reader can see, and apart from them headers, footers and properties."""
    package = open_package(data, limits=limits)
    body = list(paragraphs(package.tree(package.main)))
    lines = [*body, *_lines(package, "footnotes", "endnotes"), *_in_drawings(package)]
    running = _lines(package, "header", "footer")
    text = tidy("\n".join(lines))
    if len(text) > limits.characters:
        raise too_long(limits)
    return Extracted(
        text=text,
        lines_apart=(*edges(body), *running, *_watermarks(package)),
        properties=dict(_properties(package)),
    )


def properties(data: bytes, *, limits: Limits) -> dict[str, str]:
    """Only what the document says of itself."""
    return dict(_properties(open_package(data, limits=limits)))


def paragraphs(tree: etree._Element) -> Iterator[str]:
    """The text of each paragraph, including those in tables and text boxes."""
    for paragraph in tree.iter(W + "p"):
        if next(paragraph.iterancestors(_FALLBACK), None) is None:
            text = "".join(_own_words(paragraph)).strip()
            if text:
                yield text


def _own_words(element: etree._Element) -> Iterator[str]:
    """The words of this paragraph, without those of a text box anchored in it."""
    for child in element:
        if child.tag in _WORDS:
            yield child.text or ""
        elif child.tag in _INSTEAD:
            yield _INSTEAD[child.tag]
        elif child.tag not in {W + "p", W + "pPr", W + "rPr", _FALLBACK}:
            yield from _own_words(child)


def _lines(package: Package, *kinds: str) -> list[str]:
    return [
        line
        for part in package.targets(package.main, *kinds)
        for line in paragraphs(package.tree(part))
    ]


def _in_drawings(package: Package) -> Iterator[str]:
    for part in package.targets(package.main, "chart", "diagramData"):
        tree = package.tree(part)
        words = tree.iter(_DRAWING + "t", _CHART + "v")
        yield from (word.text.strip() for word in words if word.text and word.text.strip())


def _watermarks(package: Package) -> Iterator[str]:
    for part in (package.main, *package.targets(package.main, "header", "footer")):
        for shape in package.tree(part).iter(_VML + "textpath"):
            yield str(shape.get("string", ""))


def _properties(package: Package) -> Iterator[tuple[str, str]]:
    """Core, extended and custom properties, and the labels that Office writes beside them."""
    kinds = ("core-properties", "extended-properties", "custom-properties", "classificationlabels")
    for part in package.targets("", *kinds):
        for number, element in enumerate(package.tree(part).iter(etree.Element)):
            name = str(element.get("name") or etree.QName(element).localname)
            inner = " ".join(str(piece) for piece in element.itertext())
            if element.get("name") or not len(element):
                yield f"{name} {number}", inner
            yield from (
                (f"{name} {key!s} {number}", str(value)) for key, value in element.attrib.items()
            )
