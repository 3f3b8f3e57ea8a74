"""Each night the lists of forces that have no SCIM: who is not on the list any more is out."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone

from access.vocabulary import Role
from audit.events import Event
from audit.record import record
from forces.models import DirectoryPerson, PeopleList, User
from forces.provisioning import directory, scim
from forces.provisioning.directory import Entry
from forces.querysets import addresses_of
from forces.services import SYSTEM

log = structlog.get_logger("forces.people_lists")

EVERY = timedelta(hours=24)
TIMEOUT_SECONDS = 20
LARGEST = 5 * 1024 * 1024
# A list that ends more than this is a broken list rather than a purge: somebody has to look.
GONE_AT_MOST = 10
SHARE_GONE_AT_MOST = 0.2
# So few may go at once from a force of any size.
FEW = 2


class Outcome(StrEnum):
    """How the reading of a list ended; the trail's word for it."""

    READ = "read"
    INSECURE = "not-https"
    UNREACHABLE = "unreachable"
    GARBLED = "garbled"
    TOO_MANY_GONE = "too-many-gone"


class ListError(Exception):
    """A list that is not taken over; nothing of it has been."""

    def __init__(self, outcome: Outcome) -> None:
        """Keep the word for the trail."""
        super().__init__(outcome.value)
        self.outcome = outcome


def read_due_lists() -> int:
    """Read the lists that were not read since yesterday; how many that was."""
    now = timezone.now()
    due = PeopleList.objects.filter(
        Q(read_at=None) | Q(read_at__lte=now - EVERY), organisation__ended_at=None
    )
    lists = list(due.select_related("organisation"))
    for one in lists:
        read_list(one, at=now)
    return len(lists)


def read_list(source: PeopleList, *, at: datetime) -> Outcome:
    """Fetch one list and take it over as a whole, or nothing of it."""
    try:
        entries = entries_in(_fetched(source))
        with transaction.atomic():
            _take_over(source, entries, at=at)
        outcome = Outcome.READ
    except ListError as error:
        outcome = error.outcome
        log.warning("people list refused", outcome=outcome.value, source=source.pk)
    is_news = outcome is not Outcome.READ and outcome.value != source.outcome
    source.read_at, source.outcome = at, outcome.value
    source.save(update_fields=["read_at", "outcome"])
    record(
        Event.DIRECTORY,
        actor=SYSTEM,
        action_object=source.organisation.slug[:40],
        decision="list",
        reason=outcome.value,
    )
    if is_news:
        _tell_the_hub(at=at)
    return outcome


def _tell_the_hub(*, at: datetime) -> None:
    """A list that is not read ends nobody: somebody has to look at it with the force."""
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    told = {"service": settings.WAGTAIL_SITE_NAME, "link": f"{base}/admin/people_lists/"}
    text = render_to_string("forces/mail/list_refused.txt", told)
    for address in addresses_of(Role.HUB_APPROVER, at=at):
        send_mail(f"A list of people was not read: {told['service']}", text, None, [address])


def _fetched(source: PeopleList) -> bytes:
    if urlsplit(source.address).scheme != "https" and not settings.SSO_INSECURE_ISSUERS:
        raise ListError(Outcome.INSECURE)
    key = settings.PEOPLE_LIST_KEYS.get(source.organisation.slug, "")
    try:
        with requests.get(
            source.address,
            headers={"Authorization": f"Bearer {key}"},
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code != requests.codes.ok:
                raise ListError(Outcome.UNREACHABLE)
            content = answer.raw.read(LARGEST + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise ListError(Outcome.UNREACHABLE) from error
    if len(content) > LARGEST:
        raise ListError(Outcome.GARBLED)
    return bytes(content)


def entries_in(content: bytes) -> list[Entry]:
    """The entries of a list: SCIM's ListResponse with all people in one page. Raises ListError."""
    try:
        people: Any = json.loads(content)["Resources"]
        # An empty object instead of a list would else be a list of nobody.
        if not isinstance(people, list):
            raise ListError(Outcome.GARBLED)
        entries = [scim.entry_in(one) for one in people]
    except (ValueError, RecursionError, LookupError, TypeError, scim.ScimError) as error:
        raise ListError(Outcome.GARBLED) from error
    if len({entry.user_name for entry in entries}) != len(entries):
        raise ListError(Outcome.GARBLED)
    return entries


def _take_over(source: PeopleList, entries: list[Entry], *, at: datetime) -> None:
    organisation = source.organisation
    people = list(DirectoryPerson.objects.filter(organisation=organisation))
    pairs = _matched(people, entries)
    staying = [(person, entry) for person, entry in pairs if entry.active]
    kept = {person.pk for person, _ in staying if person}
    members = directory.members_of(organisation, at=at)
    leaving = _leaving(members, staying)
    active = [person for person in people if person.active]
    _require_plausible(of=len(active), gone=sum(person.pk not in kept for person in active))
    _require_plausible(of=len(members), gone=len(leaving))
    # People are few beside entries, and losing access is worse: most of a force never leaves.
    if leaving and (not staying or len(leaving) > max(FEW, len(members) / 2)):
        raise ListError(Outcome.TOO_MANY_GONE)
    try:
        for person, entry in pairs:
            if person is None:
                directory.add(organisation, entry, at=at)
            elif scim.entry_of(person) != entry:
                directory.change(person, entry, at=at)
    except ValidationError as error:
        raise ListError(Outcome.GARBLED) from error
    listed = {person.pk for person, _ in pairs if person}
    for person in people:
        if person.pk not in listed:
            directory.remove(person, at=at)
    for user in leaving:
        directory.leave_unlisted(user, organisation=organisation, at=at)


Pair = tuple[DirectoryPerson | None, Entry]


def _matched(people: list[DirectoryPerson], entries: list[Entry]) -> list[Pair]:
    """Whom we know of each entry: by the directory's own id where it tells one, else by address.

    Somebody whose address was changed is no leaver and no joiner.
    """
    by_id = {one.external_id: one for one in people if one.external_id}
    by_name = {one.user_name: one for one in people}
    pairs = [
        (by_id.get(entry.external_id) or by_name.get(entry.user_name), entry) for entry in entries
    ]
    found = [person.pk for person, _ in pairs if person]
    if len(set(found)) != len(found):
        raise ListError(Outcome.GARBLED)
    return pairs


def _leaving(members: list[User], staying: list[Pair]) -> list[User]:
    """Members whom the list does not name, whether it ever did or not."""
    names = {entry.user_name for _, entry in staying}
    # By the address as it was, too: it may be a new one in the list.
    names |= {person.user_name for person, _ in staying if person}
    known = {person.user_id for person, _ in staying if person}
    return [one for one in members if one.email not in names and one.pk not in known]


def _require_plausible(*, of: int, gone: int) -> None:
    if gone > max(GONE_AT_MOST, SHARE_GONE_AT_MOST * of):
        raise ListError(Outcome.TOO_MANY_GONE)
