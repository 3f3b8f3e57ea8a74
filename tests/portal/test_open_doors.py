"""What somebody has open when their access ends: every kept address is shut at the next request."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from access.vocabulary import Marking, Role
from forces.models import Membership, NeedToKnowGroup, Organisation, RolloutPhase, User
from forces.services import end_membership, join_group, leave_group, move_person
from guidance.models import Document, LessonPage, StoredFile, StoredImage
from portal.canary.documents import Canary, publish, write
from search.indexing import drain
from tests.guidance.scene import LONG_AGO, Cast, in_future, need_to_know, person
from tests.sign_in import client_of

OF_A_PAGE = 20
SENSITIVE = Marking.OFFICIAL_SENSITIVE.value


@pytest.fixture
def cast(cast: Cast, settings: Settings, tmp_path: Path) -> Cast:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    return cast


@pytest.fixture
def group(cast: Cast) -> NeedToKnowGroup:
    return need_to_know("inner")


@pytest.fixture
def reader(cast: Cast, group: NeedToKnowGroup) -> User:
    """An author of Kent's, so that previews are open as well; who wrote none of it."""
    reader = person("kent", Role.AUTHOR, name="reader")
    for one in (reader, cast.kent_author, cast.kent_lead):
        join_group(one, group, by="system", at=LONG_AGO)
    return reader


@pytest.fixture
def canary(cast: Cast, reader: User, group: NeedToKnowGroup) -> Canary:
    """OFFICIAL-SENSITIVE, for Kent's group alone."""
    secret = write("own", LessonPage, by=cast.kent_author, group=group, marking=SENSITIVE)
    return publish(secret, cast.kent_lead, by=cast.kent_author)


@pytest.fixture
def kept(cast: Cast, canary: Canary, group: NeedToKnowGroup, reader: User) -> list[str]:
    """The addresses that stand in tabs, mails and bookmarks; the last result is on page 2."""
    for number in range(OF_A_PAGE):
        another = write(
            f"other{number}", LessonPage, by=cast.kent_author, group=group, marking=SENSITIVE
        )
        page = another.document.get_latest_revision_as_object()
        page.title = f"{canary.words[0]} {canary.words[0]} {number}"
        page.save_revision(user=cast.kent_author, clean=False)
        publish(another, cast.kent_lead, by=cast.kent_author)
    while drain():
        pass
    file = StoredFile.objects.get(belongs_to=canary.pk)
    image = StoredImage.objects.get(belongs_to=canary.pk)
    return [
        f"/{canary.ref}/",
        f"/{canary.ref}/files/{file.ref}/",
        f"/{canary.ref}/images/{image.ref}/320/",
        f"/{canary.ref}/preview/",
        f"/admin/pages/{canary.pk}/edit/",
        f"/search/?q={canary.words[0]}&page=2",
        "/lessons/",
        "/forces/kent/",
    ]


def told(client: Client, address: str, canary: Canary) -> bool:
    """Whether an address still tells of the document, by its words or its bytes."""
    answer = client.get(address)
    if answer.status_code != 200:
        return False
    content = answer.getvalue() if answer.streaming else answer.content
    is_bytes = not answer.headers["Content-Type"].startswith("text/html")
    # Every document here is for the group alone; a word may come back with the query.
    refs = Document.objects.values_list("ref", flat=True)
    return is_bytes or any(one.encode() in content for one in (canary.words[1], *refs))


def leaves(user: User, group: NeedToKnowGroup) -> None:
    end_membership(user, by="system", at=timezone.now())


def is_disabled(user: User, group: NeedToKnowGroup) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def moves(user: User, group: NeedToKnowGroup) -> None:
    move_person(
        user,
        organisation=Organisation.objects.get(slug="essex"),
        roles=[Role.AUTHOR],
        ceiling=Marking.OFFICIAL_SENSITIVE,
        by="system",
        at=timezone.now(),
    )


def leaves_the_group(user: User, group: NeedToKnowGroup) -> None:
    leave_group(user, group, by="system", at=timezone.now())


def group_ends(user: User, group: NeedToKnowGroup) -> None:
    NeedToKnowGroup.objects.filter(pk=group.pk).update(ends_at=timezone.now())


def ceiling_is_lowered(user: User, group: NeedToKnowGroup) -> None:
    Membership.objects.filter(user=user).update(marking_ceiling=Marking.OFFICIAL.value)


def membership_runs_out(user: User, group: NeedToKnowGroup) -> None:
    Membership.objects.filter(user=user).update(ends_at=timezone.now())


def force_is_held_back(user: User, group: NeedToKnowGroup) -> None:
    RolloutPhase.objects.update(opens_at=in_future(days=1))


CHANGES = (
    leaves,
    is_disabled,
    moves,
    leaves_the_group,
    group_ends,
    ceiling_is_lowered,
    membership_runs_out,
    force_is_held_back,
)


def test_every_kept_address_is_shut_at_the_next_request(
    reader: User, group: NeedToKnowGroup, canary: Canary, kept: list[str]
) -> None:
    for change in CHANGES:
        person_now = User.objects.get(pk=reader.pk)
        browser = client_of(person_now)
        shut = [address for address in kept if not told(browser, address, canary)]
        assert shut == [], "nothing has changed yet"
        with transaction.atomic():
            change(person_now, group)
            still_open = [address for address in kept if told(browser, address, canary)]
            transaction.set_rollback(True)
        assert still_open == [], change.__name__
