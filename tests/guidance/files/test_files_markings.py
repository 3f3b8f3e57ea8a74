"""A marking above OFFICIAL-SENSITIVE is found; the word in a sentence is not a marking."""

import time

import pytest

from guidance.files.kinds import Extracted, FileRefused, Refusal
from guidance.files.markings import Level, Place, highest_marking, level_of, refuse_marked

MARKINGS_ANYWHERE = [
    ("SECRET", Level.SECRET),
    ("  SECRET  ", Level.SECRET),
    ("TOP SECRET", Level.TOP_SECRET),
    ("Top Secret", Level.TOP_SECRET),
    ("TOP-SECRET", Level.TOP_SECRET),
    ("UK SECRET", Level.SECRET),
    ("UK Secret", Level.SECRET),
    ("UK TOP SECRET STRAP 2", Level.TOP_SECRET),
    ("TOP SECRET STRAP1 UK EYES ONLY", Level.TOP_SECRET),
    ("S E C R E T", Level.SECRET),
    ("T O P  S E C R E T", Level.TOP_SECRET),
    ("S.E.C.R.E.T.", Level.SECRET),
    ("U K   S E C R E T", Level.SECRET),
    ("C O N F I D E N T I A L", Level.CONFIDENTIAL),
    ("*** SECRET ***", Level.SECRET),
    ("- SECRET -", Level.SECRET),
    ("— SECRET —", Level.SECRET),
    ("[SECRET]", Level.SECRET),
    ("**SECRET**", Level.SECRET),
    ("SECRET SECRET", Level.SECRET),
    ("SECRET\t\tSECRET", Level.SECRET),
    ("SECRET.", Level.SECRET),
    ("ＳＥＣＲＥＴ", Level.SECRET),
    ("SEC\u200bRET", Level.SECRET),
    ("SE\u00adCRET", Level.SECRET),
    ("SECRET UK EYES ONLY", Level.SECRET),
    ("SECRET - UK EYES ONLY", Level.SECRET),
    ("SECRET//NOFORN", Level.SECRET),
    ("SECRET//REL TO GBR, USA", Level.SECRET),
    ("SECRET // UMBRA", Level.SECRET),
    ("SECRET – PERSONAL DATA", Level.SECRET),
    ("SECRET: LEGAL PROFESSIONAL PRIVILEGE", Level.SECRET),
    ("SECRET (when complete)", Level.SECRET),
    ("SECRET WHEN FILLED IN", Level.SECRET),
    ("SECRET UNTIL 1 JUNE 2031", Level.SECRET),
    ("SECRET - RECIPIENTS ONLY", Level.SECRET),
    ("SECRET - METROPOLITAN POLICE USE ONLY", Level.SECRET),
    ("SECRET - OPERATION HEDGEROW", Level.SECRET),
    ("SECRET COPY NO 3 OF 7", Level.SECRET),
    ("SECRET Page 3 of 9", Level.SECRET),
    ("Page 3 of 9 | SECRET", Level.SECRET),
    ("SECRET 3", Level.SECRET),
    ("NATO SECRET", Level.SECRET),
    ("NATO CONFIDENTIAL", Level.CONFIDENTIAL),
    ("COSMIC TOP SECRET", Level.TOP_SECRET),
    ("Classification: SECRET", Level.SECRET),
    ("Classification: Secret", Level.SECRET),
    ("Protective marking: TOP SECRET", Level.TOP_SECRET),
    ("Government Security Classification: SECRET", Level.SECRET),
    ("GSC: SECRET", Level.SECRET),
    ("Marking - SECRET", Level.SECRET),
    ("This document is classified SECRET.", Level.SECRET),
    ("THIS PAGE IS SECRET", Level.SECRET),
    ("CONFIDENTIAL", Level.CONFIDENTIAL),
    ("CONFIDENTIAL - PERSONAL", Level.CONFIDENTIAL),
    ("UK CONFIDENTIAL", Level.CONFIDENTIAL),
    ("Protective marking: Confidential", Level.CONFIDENTIAL),
]

NO_MARKINGS_IN_THE_BODY = [
    "the secret is to act early",
    "The secret is to act early.",
    "SECRET TO SUCCESS",
    "Secret Garden",
    "SECRET GARDEN",
    "The Secret Garden",
    "TOP SECRET AMERICA",
    "Secret",
    "secret",
    "Secret ballot",
    "SECRET SERVICE",
    "Secret data",
    "Official Secrets Act 1989",
    "OFFICIAL SECRETS ACT",
    "Keep it secret",
    "Documents marked SECRET must not be uploaded.",
    "Nothing marked SECRET or above may be shared here",
    "OFFICIAL, SECRET and TOP SECRET",
    "OFFICIAL / SECRET / TOP SECRET",
    "The levels are OFFICIAL, SECRET and TOP SECRET.",
    "• SECRET",
    "1. SECRET",
    "a) SECRET",
    "Secret recordings of young people",
    "Top secret recipe for a good debrief",
    "secretary",
    "SECRETARY",
    "SECRETARIAT",
    "THE SECRETARY OF STATE",
    "Secrets and lies",
    "Private and confidential",
    "PRIVATE AND CONFIDENTIAL",
    "STRICTLY CONFIDENTIAL",
    "COMMERCIAL - CONFIDENTIAL",
    "Confidential",
    "Confidentiality",
    "CONFIDENTIALITY",
    "Non-confidential facts and advice to the Deputy Mayor",
    "Confidential sources",
    "OFFICIAL",
    "OFFICIAL-SENSITIVE",
    "OFFICIAL-SENSITIVE COMMERCIAL",
    "NOT PROTECTIVELY MARKED",
    "RESTRICTED",
    "",
    "S E C T I O N",
    "Victoria’s Secret",
    "He said: secret.",
    "In secret",
]

MARKINGS_IN_THE_MARGIN = [
    ("Secret", Level.SECRET),
    ("SECRET Gang guidance v2", Level.SECRET),
    ("Gang guidance v2 SECRET", Level.SECRET),
    ("Gang guidance\tSECRET\tPage 2", Level.SECRET),
    ("Gang guidance | SECRET | Page 2", Level.SECRET),
    ("OFFICIAL / SECRET", Level.SECRET),
]

NO_MARKINGS_IN_THE_MARGIN = [
    "The Secret Garden",
    "SECRET GARDEN PROJECT",
    "everything above this is marked SECRET",
    "OFFICIAL-SENSITIVE",
    "Guidance on secret recordings",
    "Confidential",
    "Office of the Secretary",
]


@pytest.mark.parametrize(("line", "level"), MARKINGS_ANYWHERE)
@pytest.mark.parametrize("place", [Place.BODY, Place.MARGIN])
def test_a_marking_line_is_found(line: str, level: Level, place: Place) -> None:
    assert level_of(line, place=place) is level


@pytest.mark.parametrize("line", NO_MARKINGS_IN_THE_BODY)
def test_the_word_in_a_sentence_or_name_is_no_marking(line: str) -> None:
    assert level_of(line, place=Place.BODY) is None


@pytest.mark.parametrize(("line", "level"), MARKINGS_IN_THE_MARGIN)
def test_a_running_header_takes_less_to_be_a_marking(line: str, level: Level) -> None:
    assert level_of(line, place=Place.MARGIN) is level


@pytest.mark.parametrize("line", NO_MARKINGS_IN_THE_MARGIN)
def test_not_every_word_in_a_running_header_is_a_marking(line: str) -> None:
    assert level_of(line, place=Place.MARGIN) is None


@pytest.mark.parametrize(
    ("key", "value", "level"),
    [
        ("Classification", "secret", Level.SECRET),
        ("MSIP_Label_7f3_Name", "Secret", Level.SECRET),
        ("MSIP_Label_7f3_Name", "Confidential", None),
        ("ProtectiveMarking", "UK TOP SECRET", Level.TOP_SECRET),
        ("title", "Secret", None),
        ("title", "SECRET", Level.SECRET),
        ("title", "The secret is to act early", None),
        ("keywords", "SECRET", Level.SECRET),
        ("keywords", "gangs, secret, youth", None),
        ("subject", "SECRET Gang guidance", Level.SECRET),
    ],
)
def test_properties(key: str, value: str, level: Level | None) -> None:
    found = highest_marking([], [], {key: value})
    assert (found.level if found else None) is level


def test_the_highest_of_several_counts() -> None:
    found = highest_marking(["SECRET", "text"], ["UK TOP SECRET"], {"title": "CONFIDENTIAL"})
    assert found is not None
    assert found.level is Level.TOP_SECRET
    assert found.where == "at the top or bottom of a page"


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(FileRefused, match=r"SECRET in the text.*information security") as caught:
        refuse_marked(Extracted(text="One line\nUK SECRET\nanother"), name="plan.txt")
    assert caught.value.reason is Refusal.MARKING


@pytest.mark.parametrize("name", ["SECRET.pdf", "SECRET - plan.docx", "UK_SECRET.txt"])
def test_the_name_counts_too(name: str) -> None:
    with pytest.raises(FileRefused):
        refuse_marked(Extracted(text="words"), name=name)


@pytest.mark.parametrize("name", ["secret.txt", "secret-garden.pdf", "secrets.docx"])
def test_a_name_may_hold_the_word(name: str) -> None:
    refuse_marked(Extracted(text="words"), name=name)


@pytest.mark.parametrize(
    "line",
    [
        "SECRET " + "A " * 90,
        "SECRET " + "-" * 190,
        "SECRET " + "UK " * 60,
        "SECRET " * 28,
        "SECRET " + "REL TO AAA, " * 12 + "!",
        "1 " * 90 + "SECRET",
        "S E C R E T " * 16 + "!",
    ],
)
def test_no_line_takes_long(line: str) -> None:
    started = time.perf_counter()
    for place in Place:
        level_of(line, place=place)
    assert time.perf_counter() - started < 0.2
