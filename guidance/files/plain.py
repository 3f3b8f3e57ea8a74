"""Plain text: read in the encodings that offices really write, kept as UTF-8."""

import re
import unicodedata

from guidance.files.kinds import Extracted, FileRefused, Limits, Refusal

# Tab, line feed, vertical tab, form feed and carriage return are layout; the others never
# stand in a text that a person wrote.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff]")
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# Characters that are not seen and can make a text read otherwise than it is stored.
_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_EDGE_LINES = 3


def decode(data: bytes) -> str:
    """The text, or a refusal where the bytes are no text."""
    for encoding in _candidates(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text
    raise FileRefused(
        Refusal.UNKNOWN_KIND,
        "This is not a kind of file that we take, or it is damaged. Upload a PDF, a Word document "
        "(.docx), plain text (.txt), or a PNG, JPEG or WebP picture.",
    )


def _candidates(data: bytes) -> tuple[str, ...]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return (encoding,)
    return ("utf-8", "cp1252")


def tidy(text: str) -> str:
    """The same words with plain line ends and without unseen characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n")
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def read(data: bytes, *, limits: Limits) -> Extracted:
    """The words of a text file; its first and last lines stand where a marking would."""
    text = tidy(decode(data))
    if len(text) > limits.characters:
        raise too_long(limits)
    lines = [line for line in text.splitlines() if line.strip()]
    return Extracted(text=text, lines_apart=edges(lines))


def edges(lines: list[str]) -> tuple[str, ...]:
    """The first and last few lines, where a page without a real header carries its marking."""
    if len(lines) <= 2 * _EDGE_LINES:
        return tuple(lines)
    return (*lines[:_EDGE_LINES], *lines[-_EDGE_LINES:])


def clean(data: bytes) -> bytes:
    """The text as UTF-8, with nothing unseen left in it."""
    return tidy(decode(data)).encode()


def too_long(limits: Limits) -> FileRefused:
    """The refusal of a file with more words than we read."""
    return FileRefused(
        Refusal.TOO_COMPLEX,
        f"The file holds more than {limits.characters:,} characters of text, more than can be "
        "checked. Split it into parts and upload each.",
    )
