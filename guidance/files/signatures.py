"""Tells what a file is from its first bytes, and names what we do not take."""

import re

from guidance.files.kinds import FileKind, FileRefused, Refusal

# An archive is looked into before it is called a Word document; see guidance.files.word.
_ACCEPTED = (
    (re.compile(rb"%PDF-[12]\."), FileKind.PDF),
    (re.compile(rb"PK\x03\x04"), FileKind.WORD),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), FileKind.PNG),
    (re.compile(rb"\xff\xd8\xff"), FileKind.JPEG),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), FileKind.WEBP),
)

_AS_PDF = "Save it as a PDF or a Word document (.docx) and upload that."
_AS_PICTURE = "Save it as a PNG or JPEG picture and upload that."
_UNPACK = "Unpack it and upload the documents inside one by one."
_NEVER = "Programs and scripts are never taken."
_VIDEO = "Video and sound are not taken. Describe what matters in the text of the page."

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")

_REFUSED = (
    (rb"GIF8[79]a", "a GIF picture", _AS_PICTURE),
    (rb"BM.{4}\x00\x00\x00\x00", "a BMP picture", _AS_PICTURE),
    (rb"II\*\x00|MM\x00\*", "a TIFF picture", _AS_PICTURE),
    (rb"\x00\x00\x01\x00", "an icon", _AS_PICTURE),
    (rb"....ftyp(?:heic|heix|hevc|mif1|msf1|avif|avis)", "a HEIC or AVIF picture", _AS_PICTURE),
    (rb"\xd7\xcd\xc6\x9a|\x01\x00\x00\x00.{36} EMF", "a Windows metafile", _AS_PICTURE),
    (rb"....ftyp|\x1aE\xdf\xa3|OggS|ID3|fLaC|RIFF....(?:AVI |WAVE)", "video or sound", _VIDEO),
    (
        rb"MZ.{0,126}\x00|\x7fELF|\xca\xfe\xba\xbe|[\xce\xcf]\xfa\xed\xfe|\x00asm",
        "a program",
        _NEVER,
    ),
    (rb"#!", "a script", _NEVER),
    (rb"\x4c\x00\x00\x00\x01\x14\x02\x00", "a Windows shortcut", _NEVER),
    (rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|PK\x05\x06", "an archive", _UNPACK),
    (rb"\{\\rtf", "a Rich Text (RTF) document", _AS_PDF),
    (rb"%!PS", "a PostScript file", _AS_PDF),
    (rb"%PDF", "a PDF of a kind that we cannot read", "Save it again as PDF 1.4 to 2.0."),
    (rb"SQLite format 3", "a database", _AS_PDF),
)
_REFUSED_PATTERNS = tuple(
    (re.compile(pattern, re.DOTALL), what, advice) for pattern, what, advice in _REFUSED
)

# What a browser would take for a page, after white space and a byte order mark. The tags are
# those that browsers look for when they guess a type.
_WEB_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!--|\?xml|\?php|!doctype|html|head|script|iframe|h1|div|font|table"
    rb"|a|style|title|b|body|br|p|svg|math|object|embed|img)(?:[\s>/]|$|-)",
    re.IGNORECASE,
)
_MAIL = re.compile(rb"(?:mime-version|return-path|received|x-mailer):", re.IGNORECASE)
_HEAD = 2048


def recognise(data: bytes) -> FileKind:
    """The kind that the content claims to be, to be proved by opening it."""
    if not data:
        raise FileRefused(
            Refusal.EMPTY,
            "The file is empty. Check that it opens on your own device and upload it again.",
        )
    head = data[:_HEAD]
    for pattern, kind in _ACCEPTED:
        if pattern.match(head):
            return kind
    _refuse_known(head, data)
    return FileKind.TEXT


def _refuse_known(head: bytes, data: bytes) -> None:
    if head.startswith(_OLE):
        raise _old_office(data)
    for pattern, what, advice in _REFUSED_PATTERNS:
        if pattern.match(head):
            raise unwanted(what, advice=advice)
    if _WEB_PAGE.match(head):
        raise unwanted("a web page or drawing made of code (HTML, SVG or XML)", advice=_AS_PDF)
    if _MAIL.match(head):
        raise unwanted("a saved e-mail or web archive", advice=_AS_PDF)


def unwanted(what: str, *, advice: str) -> FileRefused:
    """The refusal of a file whose kind is plain to see, but not one of ours."""
    return FileRefused(Refusal.UNKNOWN_KIND, f"This file is {what}, which we do not take. {advice}")


def _old_office(data: bytes) -> FileRefused:
    # A Word document with a password is wrapped in the old format, so the two look alike.
    if _ENCRYPTED_STREAM in data:
        return FileRefused(
            Refusal.PASSWORD,
            "The document is locked with a password, so nobody could read or search it here. "
            "Save a copy without the password and upload that.",
        )
    return unwanted(
        "an older Office document (such as .doc or .xls) or a saved mail", advice=_AS_PDF
    )
