"""Finds a protective marking above OFFICIAL-SENSITIVE, and tells it from the word in a sentence.

A marking is a line of its own: the level alone, with a country in front or handling caveats
behind, in a banner, in a running header, behind a label such as “Classification:”, or in the
properties of the file. Where a line could be either, it counts as a marking: a refusal costs an
editor a minute, a SECRET document on this system costs much more.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import PurePath

from guidance.files.kinds import Extracted, FileRefused, Refusal


class Level(IntEnum):
    """Markings above what this portal may hold, the legacy one included."""

    CONFIDENTIAL = 1
    SECRET = 2
    TOP_SECRET = 3

    @property
    def label(self) -> str:
        """As it is written on a document."""
        return self.name.replace("_", " ")


class Place(IntEnum):
    """Where a line stands, which decides how much it takes to be a marking."""

    BODY = 1
    MARGIN = 2
    PROPERTY = 3
    LABELLED_PROPERTY = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A marking and where it was seen."""

    level: Level
    line: str
    where: str


_LEVEL = r"(?P<level>TOP[ -]?SECRET|SECRET|CONFIDENTIAL)"
_ORIGIN = r"(?:(?:UK|HMG|GBR|NATO|COSMIC|EU|FVEY|FIVE EYES|US|USA|AUS|CAN|NZ|OTAN)[ /-]+)"
_LABEL = (
    r"(?:(?:(?:GOVERNMENT|PROTECTIVE|SECURITY|OVERALL|DOCUMENT|GSC|GPMS|NATIONAL) )*"
    r"(?:MARKINGS?|CLASSIFICATION|CLASSIFIED|PROTECTIVELY MARKED|GSC|GPMS)(?: LEVEL)?"
    r"(?: AS)?(?: ?[:=-] ?| IS | )"
    r"|THIS (?:DOCUMENT|PAGE|FILE|REPORT|PAPER|BRIEFING|MATERIAL|ANNEX|E-?MAIL|MINUTE) IS "
    r"(?:(?:CLASSIFIED|MARKED|GRADED|PROTECTIVELY MARKED)(?: AS| AT)? ?:? ?)?)"
)
# What may follow a level in a marking. Phrases, not words: “SECRET DATA” is a heading.
_CAVEAT = (
    r"(?:(?:UK|US|AUS|CAN|NZ|AUSCANNZUKUS|FVEY|FIVE|OWN|[A-Z]{3}(?:/[A-Z]{3})*) EYES ONLY|UKEO"
    r"|NOFORN|ORCON|LIMDIS|COMINT|SIGINT|HUMINT|ATOMIC|LOCSEN|ACCSEN|CODEWORD"
    r"|(?:[A-Z]+ ){1,4}USE ONLY|STRAP ?[123]?|RELEASABLE TO [A-Z, /]{2,40}"
    r"|REL(?: TO)? [A-Z]{2,4}(?:[ ,/]+[A-Z]{2,4}\b)*"
    r"|PERSONAL(?: DATA)?|SENSITIVE|LEGAL PROFESSIONAL PRIVILEGE|LEGAL PRIVILEGE|LPP|COMMERCIAL"
    r"|MARKET SENSITIVE|HR/?MANAGEMENT|INVESTIGATIONS?|OPERATIONS|STAFF|MANAGEMENT"
    r"|RECIPIENTS ONLY|EMBARGOED|ACCOUNTABLE DOCUMENT|LIMITED DISTRIBUTION|NOT FOR RELEASE"
    r"|FOR PUBLIC RELEASE|ADDRESSEES? ONLY|MARKING|CLASSIFICATION"
    r"|(?:WHEN|ONCE) (?:COMPLETED?|FILLED IN|ATTACHED)|UNTIL .{1,30}"
    r"|(?:WITH|COVERING) (?:ANNEX(?:ES)?|ATTACHMENTS?|[A-Z -]{4,22})|DRAFT"
    r"|COPY (?:NO\.? ?|NUMBER )?\d+(?: OF \d+)?)"
)
_PAGE = r"(?:PAGE )?\d{1,4}(?: ?(?:OF|/) ?\d{1,4})?"
# Atomic where they repeat: a line made to be ambiguous must not take minutes to read.
_GAP = r"(?:[ ,;:./|*~_()\[\]–—-]*)"
_BANNER = re.compile(
    rf"{_GAP}(?P<before>{_PAGE}[ |–—-]+)?(?P<label>{_LABEL})?(?P<origin>{_ORIGIN})*{_LEVEL}"
    rf"(?P<caveats>(?>(?:{_GAP}{_CAVEAT})*))(?:{_GAP}{_PAGE})?(?P<again>(?:{_GAP}{_ORIGIN}?(?P=level))*)"
    rf"{_GAP}"
)
# “SECRET//UMBRA” and “SECRET - OPERATION HEDGEROW”: code words that no list can know.
_CODE_WORDS = re.compile(
    rf"{_GAP}{_ORIGIN}?{_LEVEL}(?: ?//.{{1,60}}| +[–—-] +[A-Z0-9]+(?: [A-Z0-9]+){{0,2}}){_GAP}"
)
_ONE_END = re.compile(
    rf"(?:{_ORIGIN}?{_LEVEL}\b.*|.*\b{_ORIGIN}?{_LEVEL.replace('level', 'last')})"
)
_SEVERAL = re.compile(
    r"\b(?:OFFICIAL(?:[ -]SENSITIVE)?|RESTRICTED|TOP SECRET|SECRET|CONFIDENTIAL)\b"
)
_NOT_A_MARKING = re.compile(
    r"(?:PRIVATE|STRICTLY|COMMERCIAL(?:LY)?|HIGHLY|NON|STAFF|MEDICAL|MANAGEMENT)(?: AND|[ &-])* ?"
    r"CONFIDENTIAL|CONFIDENTIAL (?:INFORMATION|REPORT|ADVICE)",
)
_LIST_ITEM = re.compile(
    r"^\s*(?:[•·▪‣◦*]\s|[-–—]\s|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]\s)(?!.*[-–—*]\s*$)"
)
_SPACED = re.compile(r"^[^\w]*(?:[A-Za-z][ ._-]{1,3}){5,}[A-Za-z][^\w]*$")
_COLLAPSED = re.compile(r"(?:UK|NATO|HMG)?(?P<level>TOPSECRET|SECRET|CONFIDENTIAL)(?:UKEYESONLY)?")
_CELLS = re.compile(r"\t|\s{3,}|\s*[|•·]\s*")
_CLASSIFYING_KEY = re.compile(
    r"classif|marking|label|sensitivity|protective|gsc|msip|security|caveat", re.IGNORECASE
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|as|marked|must|may|can|not|no|than|above|below|keep|kept)\b"
)
_LONGEST = 160


def highest_marking(
    text_lines: Iterable[str], headers: Iterable[str], properties: Mapping[str, str]
) -> Found | None:
    """The highest marking above OFFICIAL-SENSITIVE, if there is one."""
    found = [
        *_in_lines(text_lines, place=Place.BODY, where="in the text"),
        *_in_lines(headers, place=Place.MARGIN, where="at the top or bottom of a page"),
        *_in_properties(properties),
    ]
    return max(found, key=lambda each: each.level, default=None)


def refuse_marked(extracted: Extracted, *, name: str) -> None:
    """Raise FileRefused where the file is marked above what this portal may hold."""
    stem = PurePath(name.replace("\\", "/")).stem.replace("_", " ")
    found = highest_marking(
        extracted.text.splitlines(),
        extracted.lines_apart,
        {**extracted.properties, "file name": stem},
    )
    if found is None:
        return
    raise FileRefused(
        Refusal.MARKING,
        f"The file carries the marking {found.level.label} {found.where} (“{found.line[:80]}”). "
        "Nothing above OFFICIAL-SENSITIVE may be kept here, and the file was not kept. If it is "
        "truly marked so, tell your force's information security team now. If it is not, take "
        "that line out or put the word into a sentence, and upload it again.",
    )


def level_of(line: str, *, place: Place) -> Level | None:
    """The level that a single line marks, or None where it is no marking."""
    if not _may_hold_one(line):
        return None
    plain = _normalise(line)
    if len(plain) > _LONGEST:
        return None
    if place is Place.BODY and _LIST_ITEM.match(plain):
        return None
    cells = [plain, *(cell for cell in _CELLS.split(_normalise(line, keep_gaps=True)) if cell)]
    levels = [level for cell in cells if (level := _level_of_cell(cell.strip(), place)) is not None]
    return max(levels, default=None)


def _may_hold_one(line: str) -> bool:
    letters = re.sub(r"[^A-Z]", "", _capitals(unicodedata.normalize("NFKC", line)))
    return "SECRET" in letters or "CONFIDENTIAL" in letters


def _capitals(text: str) -> str:
    # str.upper() may change the length, and positions are compared with the original.
    return "".join(character.upper() if character.isascii() else character for character in text)


def _level_of_cell(cell: str, place: Place) -> Level | None:
    capitals = _capitals(cell)
    if _SPACED.match(cell):
        match = _COLLAPSED.fullmatch(re.sub(r"[^A-Z]", "", capitals))
        return _level(match["level"]) if match else None
    if _NOT_A_MARKING.search(capitals):
        return None
    match = _BANNER.fullmatch(capitals)
    if match and _is_said_loudly(match, cell, place):
        return _level(match["level"])
    if _mentions_several(capitals):
        return _highest_mentioned(cell) if place is not Place.BODY else None
    match = _CODE_WORDS.fullmatch(cell)
    if match:
        return _level(match["level"])
    return _at_one_end(cell) if place is not Place.BODY else None


def _is_said_loudly(match: re.Match[str], cell: str, place: Place) -> bool:
    """A level in capitals always counts; in small letters it takes a label or its place."""
    if cell[match.start("level") : match.end("level")].isupper():
        return True
    if match["label"] or match["origin"] or place is Place.LABELLED_PROPERTY:
        # “Confidential” as a sensitivity label is a commercial one, unless it is named a marking.
        return match["level"] != "CONFIDENTIAL" or bool(match["label"] or match["origin"])
    if match["level"] == "CONFIDENTIAL":
        return False
    has_caveat = bool(match["caveats"].strip(" .,;:-–—()[]"))
    return place is Place.MARGIN or has_caveat or match["level"] != "SECRET"


def _mentions_several(capitals: str) -> bool:
    return len({found[0] for found in _SEVERAL.finditer(capitals)}) > 1


def _highest_mentioned(cell: str) -> Level | None:
    names = {found[0] for found in _SEVERAL.finditer(cell)}
    if "SECRET ACT" in cell or not names:
        return None
    return max((level for level in Level if level.label in names), default=None)


def _at_one_end(cell: str) -> Level | None:
    """“SECRET Gang guidance v2”: a running header whose parts have run together."""
    match = _ONE_END.fullmatch(cell)
    if match is None:
        return None
    word = match["level"] or match["last"]
    rest = cell.replace(word, "", 1)
    # “SECRET GARDEN” is a name, “everything marked SECRET” the end of a sentence.
    if not any(character.islower() for character in rest) or _SENTENCE.search(rest):
        return None
    return _level(word)


def _level(words: str) -> Level:
    compact = words.replace(" ", "").replace("-", "")
    return Level.TOP_SECRET if compact == "TOPSECRET" else Level[compact]


def _normalise(line: str, *, keep_gaps: bool = False) -> str:
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", line))
    return plain.strip() if keep_gaps else " ".join(plain.split())


def _in_lines(lines: Iterable[str], *, place: Place, where: str) -> list[Found]:
    return [
        Found(level, " ".join(line.split()), where)
        for line in lines
        if (level := level_of(line, place=place)) is not None
    ]


def _in_properties(properties: Mapping[str, str]) -> list[Found]:
    found = []
    for key, value in properties.items():
        is_label = bool(_CLASSIFYING_KEY.search(key))
        place = Place.LABELLED_PROPERTY if is_label else Place.PROPERTY
        found += _in_lines(value.splitlines(), place=place, where="in its properties or name")
    return found
