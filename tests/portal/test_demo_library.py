"""The demo library loaded: by the ordinary doors, once, and each persona sees what it shows."""

import time
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.management import CommandError, call_command
from django.db.models import Max
from django.utils import timezone
from pytest_django import Settings

from access.policy import Viewer
from access.vocabulary import Marking
from forces.models import Organisation, RolloutPhase, User
from forces.viewers import viewer_for
from guidance.models import Approval, Document, EvaluationPage, LawReference, StoredFile, Term
from portal.demo.library import read_documents, read_people
from portal.demo.loading import load_demo, reference_of
from portal.demo.people import DEMO_PASSWORD, DEMO_TOTP_SECRET
from search.indexing import drain
from search.services import Request, find
from tests.guidance.scene import delete

# One load for the module: it takes seconds.
pytestmark = pytest.mark.xdist_group("demo-library")

DOCUMENTS = read_documents()
BY_KEY = {document.key: document for document in DOCUMENTS}
PERSONS = {row["email"]: row for row in read_people()["person"]}
NOW = timezone.now()


@pytest.fixture(scope="module")
def _library(kept_for_the_file: None) -> None:
    load_demo(at=NOW)
    while drain():
        pass


@pytest.fixture
def library(_library: None, db: None) -> None:
    """The loaded library; what a test changes is undone after it."""


# ---------------------------------------------------------------------------------- the loading


def _page(key: str) -> Document:
    page: Document = Document.objects.get(ref=reference_of(BY_KEY[key])).specific
    return page


@pytest.mark.usefixtures("library")
def test_everything_stands_as_its_file_says() -> None:
    """Owner, author, state, marking, audience, links, files."""
    pages = {page.ref: page for page in Document.objects.all()}
    assert len(pages) == len(DOCUMENTS)
    for document in DOCUMENTS:
        page = pages[reference_of(document)]
        told = document.fields
        assert page.owner_org_id == document.owner
        assert page.author_ref == User.objects.get(email=document.author).public_id
        assert page.state == ("draft" if document.state == "in-review" else document.state)
        assert page.live == (document.state not in {"draft", "in-review"})
        assert {term.pk for term in page.audience.all()} == set(told["audience"])
        assert page.title == told["title"]
    assert _page("ev-removal-speed").successor_ref == _page("ev-platform-referral").ref
    assert _page("gd-genre-form").successor_ref == _page("gd-music-video").ref
    assert _page("gd-preservation").linked_page_ids() >= {
        _page(key).pk for key in ("gd-capture", "ls-wrong-account", "pl-snapchat")
    }


@pytest.mark.usefixtures("library")
def test_nobody_approved_what_they_edited() -> None:
    """Each published page passed the ordinary door, the hub's where its audience is wider."""
    assert Approval.objects.count() > len(DOCUMENTS)
    for document in DOCUMENTS:
        stages = set(
            Approval.objects.filter(document_ref=reference_of(document))
            .exclude(approver__email=document.author)
            .values_list("stage", flat=True)
        )
        if document.state == "in-review":
            assert stages == {"force"}
        elif document.state == "draft":
            assert stages == set()
        elif document.is_the_hubs:
            assert stages == {"hub"}
        else:
            assert stages == (
                {"force"} if document.fields["audience"] == ["own"] else {"force", "hub"}
            )


@pytest.mark.usefixtures("library")
def test_every_figure_and_list_can_be_shown() -> None:
    """Stream fields hold values that their blocks understand."""
    for page in EvaluationPage.objects.all():
        told = BY_KEY[next(key for key in BY_KEY if reference_of(BY_KEY[key]) == page.ref)].fields
        shown = [block.value["estimate"] for block in page.estimates]
        assert shown == [row["estimate"] for row in told.get("estimates", ())]
        assert len(page.emmie()) == 5
    snapchat: Any = _page("pl-snapchat")
    routes = [block.value for block in snapchat.routes]
    assert [one["purpose"] for one in routes[:2]] == ["preservation", "emergency-disclosure"]
    assert next(iter(routes[0]["needs"])) == "Username"
    steps = [
        block.value["title"] for block in _page("gd-music-video").body if block.block_type == "step"
    ]
    assert len(steps) == 6


@pytest.mark.usefixtures("library")
def test_handouts_are_word_pdf_and_text_with_their_words() -> None:
    """So that search finds them."""
    files = {file.title: file for file in StoredFile.objects.all()}
    assert {str(file.file.name).rpartition(".")[2] for file in files.values()} == {
        "docx",
        "pdf",
        "txt",
    }
    leaflet = files["Leaflet for people affected"]
    assert leaflet.belongs_to == _page("gd-challenge").pk


@pytest.mark.usefixtures("library")
def test_a_second_load_adds_nothing_and_keeps_what_people_did() -> None:
    """An edited page stays edited, a deleted one stays away, a changed word stays changed."""
    edited, deleted = _page("gd-capture"), _page("ev-age-restriction")
    Document.objects.filter(pk=edited.pk).update(summary="Edited by a person.")
    delete(deleted)
    Term.objects.filter(slug="snapchat").update(label="Snap chat")
    LawReference.objects.filter(slug="cpa-21").update(status="in-force")
    again = load_demo(at=NOW)
    assert (again.people, again.documents) == (0, 0)
    assert _page("gd-capture").summary == "Edited by a person."
    assert not Document.objects.filter(pk=deleted.pk).exists()
    assert Term.objects.get(vocabulary="platform", slug="snapchat").label == "Snap chat"
    assert LawReference.objects.get(slug="cpa-21").may_be_relied_on


def test_no_demo_on_a_real_portal(settings: Settings) -> None:
    """The command refuses where DEMO is off."""
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO is off"):
        call_command("load_demo")


# ----------------------------------------------------------------------------------- the people


def _viewer(email: str) -> Viewer:
    user = User.objects.get(email=email)
    strong = PERSONS[email].get("second_factor", True)
    return viewer_for(user, second_factor=strong, at=timezone.now())


@pytest.mark.usefixtures("library")
def test_personas_can_sign_in_with_the_demo_password_and_secret() -> None:
    """All but the leaver; the second factor is stored encrypted and accepts today's code."""
    for email, row in PERSONS.items():
        user = User.objects.get(email=email)
        assert user.check_password(DEMO_PASSWORD)
        assert user.is_active == (email != "leaver@kent.police.example")
        factors = Authenticator.objects.filter(user=user)
        assert factors.exists() == row.get("second_factor", True)
    one = Authenticator.objects.get(user__email="officer@metropolitan.police.example")
    assert DEMO_TOTP_SECRET not in str(one.data)
    code = format_hotp_value(hotp_value(DEMO_TOTP_SECRET, int(time.time()) // 30))
    assert TOTP(one).validate_code(code)


@pytest.mark.usefixtures("library")
def test_awkward_people_are_as_awkward_as_they_say() -> None:
    """Mover, leaver, partner, special force, ceiling, force that waits."""
    mover = User.objects.get(email="mover@essex.police.example")
    assert [one.organisation.slug for one in mover.memberships.all()] == ["essex", "kent"]
    assert _viewer("mover@essex.police.example").region == "ersou"
    assert _viewer("officer@btp.police.example").region is None
    assert _viewer("officer@north-wales.police.example").region == "nwrocu"
    assert _viewer("officer@merseyside.police.example").effective_ceiling is Marking.OFFICIAL
    assert not _viewer("officer@cnc.police.example").admitted
    assert not _viewer("leaver@kent.police.example").active
    partner = User.objects.get(email="worker@riverside-youth-trust.example").memberships.get()
    assert partner.ends_at is not None
    assert partner.ends_at > NOW


# Read by every admitted officer: national, OFFICIAL, of any phase.
COMMON = {"gd-challenge", "gd-genre-form", "ev-removal-speed", "gd-music-video", "pl-snapchat"}
SENSITIVE = {"gd-emergency-disclosure", "pl-whatsapp"}
# Everything with something awkward about it; the table says who reads which.
SPECIAL = {
    "gd-livestream",
    "gd-exposure",
    "ls-wrong-account",
    "ls-school-lead",
    "ls-named-by-removal",
    "ls-one-genre",
    "ev-online-conditions",
    "gd-stations",
    "gd-open-source-scotland",
    "gd-bramblewick",
    "gd-quartzlight",
    "ls-joint-desk-weekend",
    "ls-welsh-reader",
    "ls-anniversary",
    "ev-age-restriction",
}
READERS: dict[str, set[str]] = {
    "officer@metropolitan.police.example": SENSITIVE | {"ls-one-genre", "gd-stations"},
    "protection@metropolitan.police.example": SENSITIVE
    | {"ls-one-genre", "gd-stations", "ls-named-by-removal"},
    "officer@city-of-london.police.example": SENSITIVE | {"ls-one-genre", "gd-stations"},
    "officer@west-midlands.police.example": SENSITIVE
    | {"gd-livestream", "ev-online-conditions", "gd-stations"},
    "officer@staffordshire.police.example": SENSITIVE | {"gd-livestream"},
    "officer@merseyside.police.example": {"ev-online-conditions"},
    "officer@greater-manchester.police.example": set(),
    "officer@north-wales.police.example": SENSITIVE | {"gd-exposure", "ls-welsh-reader"},
    "officer@south-wales.police.example": SENSITIVE | {"ls-school-lead"},
    "officer@kent.police.example": SENSITIVE
    | {"ls-wrong-account", "gd-stations", "gd-bramblewick"},
    "mover@essex.police.example": SENSITIVE | {"ls-wrong-account"},
    "officer@surrey.police.example": SENSITIVE | {"ls-wrong-account"},
    "officer@police-scotland.police.example": SENSITIVE | {"gd-open-source-scotland"},
    "officer@btp.police.example": SENSITIVE | {"gd-stations", "gd-open-source-scotland"},
    "information-rights@hub.police.example": SENSITIVE
    | {"ls-one-genre", "gd-stations", "gd-open-source-scotland", "ls-welsh-reader"},
}
READ_NOTHING = {
    "leaver@kent.police.example",
    "officer@cnc.police.example",
    "administrator@hub.police.example",
    "auditor@oversight.police.example",
}


def _keys_read_by(email: str, *, at: datetime) -> set[str]:
    keys = {reference_of(document): document.key for document in DOCUMENTS}
    rows = Document.visible.published_to(_viewer(email), at=at)
    return {keys[ref] for ref in rows.values_list("ref", flat=True)}


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("email", sorted(READERS))
def test_each_reader_sees_their_own_and_no_more(email: str) -> None:
    """The traps of regions, phases, ceilings, groups, grants, embargo and expiry."""
    read = _keys_read_by(email, at=timezone.now())
    assert read & (SPECIAL | SENSITIVE) == READERS[email]
    assert read >= COMMON


@pytest.mark.usefixtures("library")
def test_those_without_reading_rights_read_nothing_and_a_partner_one_page() -> None:
    """Waiting, gone, administering, overseeing."""
    for email in READ_NOTHING:
        assert _keys_read_by(email, at=timezone.now()) == set(), email
    assert _keys_read_by("worker@riverside-youth-trust.example", at=timezone.now()) == {
        "gd-challenge"
    }
    told = set(READERS) | READ_NOTHING | {"worker@riverside-youth-trust.example"}
    writers = {email for email, row in PERSONS.items() if not _only_reads(row)}
    assert told | writers == set(PERSONS)


def _only_reads(row: dict[str, Any]) -> bool:
    editing = {"author", "approver", "hub-editor", "hub-approver"}
    return not editing & set(row["roles"])


@pytest.mark.usefixtures("library")
def test_the_paused_phase_hides_no_page_from_anybody_else() -> None:
    """Search weighs words by what the last phase sees: that must stay the national one."""
    paused = Organisation.objects.filter(phase__opens_at__gt=NOW)
    assert [one.slug for one in paused] == ["cnc"]
    assert RolloutPhase.objects.aggregate(last=Max("number"))["last"] == 3


# --------------------------------------------------------------------------- what officers type

WEST_MIDLANDS = "officer@west-midlands.police.example"
# The questions of the content design whose kind of page exists, and the page each must find.
QUESTIONS = {
    "drill vid takedown": "gd-music-video",
    "cbo social media conditions": "gd-online-conditions",
    "gangbo conditions": "gd-online-conditions",
    "snapchat preservation request": "gd-preservation",
    "snap presevation letter": "gd-preservation",
    "edr threat to life": "gd-emergency-disclosure",
    "county linez ads on stories": "gd-county-lines-stories",
    "zombie knives insta seller remove": "gd-removal-notice",
    "crn knife post 48 hrs": "gd-removal-notice",
    "what to do ig live stabbing threat": "gd-livestream",
    "evidence before take down lesson": "ls-takedown-before-capture",
    "does taking videos down work eval": "ev-platform-referral",
    "counter speech what works": "ev-counter-narrative",
    "platform contact list out of date": "ls-three-contact-lists",
    "nrm kid posting drug menu": "gd-county-lines-stories",
    "ocg mlat letter of request data": "gd-preservation",
    "reupload after removal": "ev-platform-referral",
}


def _found(words: str, *, email: str) -> list[str]:
    keys = {reference_of(document): document.key for document in DOCUMENTS}
    results = find(_viewer(email), Request(words=words), at=timezone.now())
    return [keys[result.document.ref] for result in results.results]


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("words", QUESTIONS)
def test_what_officers_type_finds_the_page_among_the_first(words: str) -> None:
    """Abbreviations, slips of the finger and half sentences, on a phone's first screen."""
    assert QUESTIONS[words] in _found(words, email=WEST_MIDLANDS)[:3]


@pytest.mark.usefixtures("library")
def test_the_two_canaries_are_found_by_nobody_who_may_not_read_them() -> None:
    """They would rank first: one is embargoed, the other is Kent's own."""
    assert _found("quartzlight", email="officer@metropolitan.police.example") == []
    assert _found("bramblewick", email=WEST_MIDLANDS) == []
    assert _found("bramblewick", email="mover@essex.police.example") == []
    assert _found("bramblewick", email="officer@kent.police.example") == ["gd-bramblewick"]
