"""Opens a Word document as what it is: a zip of XML parts that refer to one another."""

import io
import posixpath
import zipfile
import zlib
from dataclasses import dataclass, field

from lxml import etree

from guidance.files.kinds import FileRefused, Limits, Refusal
from guidance.files.signatures import unwanted

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_CONTENT_TYPES = "[Content_Types].xml"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RATIO = 250
_SMALL = 1_000_000
_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
)
_AGAIN = "Open it in Word, save it as a Word document (.docx), and upload that."


@dataclass(frozen=True, slots=True)
class Relationship:
    """How one part refers to another, or to something outside the document."""

    id: str
    type: str
    target: str
    is_external: bool

    @property
    def kind(self) -> str:
        """The last word of the type: “image”, “hyperlink”, “oleObject”."""
        return self.type.rsplit("/", 1)[-1]


@dataclass(slots=True)
class Package:
    """The parts of one document by name, without a leading slash."""

    parts: dict[str, bytes]
    defaults: dict[str, str] = field(default_factory=dict)
    overrides: dict[str, str] = field(default_factory=dict)
    main: str = ""

    def content_type(self, part: str) -> str:
        """What the document says the part is."""
        extension = part.rsplit(".", 1)[-1].lower()
        return self.overrides.get(part.lower(), self.defaults.get(extension, ""))

    def relationships(self, part: str) -> list[Relationship]:
        """What the part refers to; the empty name stands for the document as a whole."""
        folder, name = posixpath.split(part)
        source = self.parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
        if source is None:
            return []
        return [
            _relationship(element, folder)
            for element in parse(source).iter(f"{_RELATIONSHIPS}Relationship")
        ]

    def tree(self, part: str) -> etree._Element:
        """The XML of a part."""
        return parse(self.parts[part])

    def targets(self, part: str, *kinds: str) -> list[str]:
        """The parts of these kinds that the part refers to."""
        return [
            relationship.target
            for relationship in self.relationships(part)
            if relationship.kind in kinds
            and not relationship.is_external
            and relationship.target in self.parts
        ]


def open_package(data: bytes, *, limits: Limits) -> Package:
    """Unpack within the limits, and find the main part."""
    package = Package(parts=unpack(data, limits=limits))
    if _CONTENT_TYPES not in package.parts:
        raise broken()
    for element in package.tree(_CONTENT_TYPES):
        said = str(element.get("ContentType", ""))
        if element.tag == f"{_TYPES}Default":
            package.defaults[str(element.get("Extension", "")).lower()] = said
        elif element.tag == f"{_TYPES}Override":
            package.overrides[str(element.get("PartName", "")).lstrip("/").lower()] = said
    main = package.targets("", "officeDocument")
    if len(main) != 1:
        raise broken()
    package.main = main[0]
    _refuse_other_main(package.content_type(package.main))
    if package.tree(package.main).tag != f"{W}document":
        raise strict()
    return package


def unpack(data: bytes, *, limits: Limits) -> dict[str, bytes]:
    """The files in the archive; what they say of their own size is not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _refuse_entries(entries, limits)
            parts: dict[str, bytes] = {}
            left = limits.unpacked
            for entry in entries:
                with archive.open(entry) as stream:
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise _bomb()
                parts[entry.filename] = content
            return parts
    except _FAULTS as error:
        raise broken() from error


def _refuse_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = {entry.filename.lower() for entry in entries}
    if len(names) != len(entries):
        raise broken()
    if len(entries) > limits.parts or sum(entry.file_size for entry in entries) > limits.unpacked:
        raise _bomb()
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise locked()
        if entry.file_size > _SMALL and entry.file_size > _RATIO * max(entry.compress_size, 1):
            raise _bomb()
        if entry.filename.startswith("/") or ".." in entry.filename.split("/"):
            raise broken()


def parse(source: bytes) -> etree._Element:
    """XML without entities, remarks or anything fetched from elsewhere."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(source, parser)
    except etree.LxmlError as error:
        raise broken() from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise FileRefused(
            Refusal.ACTIVE_CONTENT,
            f"The document contains declarations that Word never writes. {_AGAIN}",
        )
    return root


def _relationship(element: etree._Element, folder: str) -> Relationship:
    target = str(element.get("Target", ""))
    is_external = element.get("TargetMode") == "External"
    if not is_external:
        target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    return Relationship(
        id=str(element.get("Id", "")),
        type=str(element.get("Type", "")),
        target=target,
        is_external=is_external,
    )


def _refuse_other_main(content_type: str) -> None:
    if content_type == _MAIN:
        return
    if "macroEnabled" in content_type:
        raise macros()
    if "wordprocessingml" in content_type:
        raise unwanted("a Word template", advice=_AGAIN)
    for word, what in (("spreadsheetml", "a spreadsheet"), ("presentationml", "a presentation")):
        if word in content_type:
            raise unwanted(what, advice="Save it as a PDF and upload that.")
    raise broken()


def broken() -> FileRefused:
    """The refusal of a document that does not open."""
    return FileRefused(Refusal.BROKEN, f"The Word document is broken or incomplete. {_AGAIN}")


def strict() -> FileRefused:
    """The refusal of the rare second dialect of the format."""
    return unwanted(
        "a Word document in the “Strict Open XML” form",
        advice="In Word choose “Save as”, “Word document (.docx)”, and upload that.",
    )


def locked() -> FileRefused:
    """The refusal of a document with a password."""
    return FileRefused(
        Refusal.PASSWORD,
        "The document is locked with a password, so nobody could read or search it here. "
        "Save a copy without the password and upload that.",
    )


def macros() -> FileRefused:
    """The refusal of a document that brings a program along."""
    return FileRefused(
        Refusal.ACTIVE_CONTENT,
        "The document contains macros, which are programs. In Word choose “Save as”, “Word "
        "document (.docx)”, which leaves the macros out, and upload that.",
    )


def _bomb() -> FileRefused:
    return FileRefused(
        Refusal.TOO_COMPLEX,
        "The document unpacks to far more than its size, so it was not opened. Save it as a PDF, "
        "or make the pictures in it smaller, and upload that.",
    )
