"""What a digest says, to whom, and that it is neither lost nor doubled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import timezone

from access.vocabulary import OWN, Marking, Role
from audit.models import Entry
from forces.models import Membership, Organisation, RolloutPhase, User
from forces.services import end_membership, move_person
from guidance import services
from guidance.facts import audience_facts
from guidance.models import GuidancePage
from search import alerts, saved
from search.engines.base import Engine
from search.indexing import drain, rebuild
from search.models import Rhythm, SavedSearch
from tests.guidance.scene import LONG_AGO, Cast, published, seen_by
from tests.guidance.test_editions import republished

NATIONAL = ("national",)
WORD = "quillonvane"


def subscribed(user: User, asked: str = f"q={WORD}") -> SavedSearch:
    """A daily search, made yesterday and due now."""
    now = timezone.now()
    one = saved.save_search(user, asked, at=now)
    saved.change_search(one, name="Mine", rhythm=Rhythm.DAILY, at=now)
    SavedSearch.objects.filter(pk=one.pk).update(
        covered_until_at=now - timedelta(days=1), due_at=now
    )
    one.refresh_from_db()
    return one


def digests() -> list[EmailMessage]:
    """Without the mails of the workflow."""
    return [one for one in mail.outbox if "List-Unsubscribe" in one.extra_headers]


def due_again(one: SavedSearch) -> None:
    SavedSearch.objects.filter(pk=one.pk).update(due_at=timezone.now())


def an_hour_old(*pages: GuidancePage, first: datetime | None = None) -> None:
    """As if published an hour ago: what is minutes old is left to the next digest."""
    published_at = timezone.now() - timedelta(hours=1)
    for page in pages:
        page.__class__._default_manager.filter(pk=page.pk).update(
            first_published_at=first or published_at, last_published_at=published_at
        )
    rebuild()
    while drain():
        pass


def a_month_old(page: GuidancePage) -> None:
    """As if its only edition were of last month."""
    then = timezone.now() - timedelta(days=30)
    (edition,) = page.editions or []
    GuidancePage.objects.filter(pk=page.pk).update(
        first_published_at=then,
        last_published_at=then,
        editions=[{**edition, "published_at": then.isoformat()}],
    )
    page.refresh_from_db()


def national(cast: Cast, title: str = WORD, **fields: Any) -> GuidancePage:
    page = published(
        cast.kent_author,
        cast.kent_lead,
        cast.hub_approver,
        title=title,
        audience=NATIONAL,
        **fields,
    )
    an_hour_old(page)
    return page


def text_of(message: EmailMessage) -> str:
    return message.message().as_string()


def test_a_digest_names_references_and_nothing_else(cast: Cast, index: Engine) -> None:
    page = national(cast)
    one = subscribed(cast.essex_officer)
    assert alerts.send_digests() == 1
    (sent,) = digests()
    assert sent.to == [cast.essex_officer.email]
    assert f"/{page.ref}/" in str(sent.body)
    told = text_of(sent).lower()
    assert not [word for word in (WORD, "mine", "kent", "essex officer") if word in told]
    stop = f"/search/stop/{saved.token_of(one)}/"
    assert str(sent.extra_headers["List-Unsubscribe"]).endswith(f"{stop}>")
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    row = Entry.objects.get(reason="digest")
    assert (row.actor, row.action_object) == ("system", cast.essex_officer.public_id)
    assert row.detail == {"total": 1}


def test_only_what_is_new_since_the_last_one_and_found_by_the_search(
    cast: Cast, index: Engine
) -> None:
    national(cast)
    one = subscribed(cast.essex_officer)
    alerts.send_digests()
    assert alerts.send_digests() == 0, "not due"
    due_again(one)
    assert alerts.send_digests() == 1
    assert len(digests()) == 1, "nothing new, so no mail"
    SavedSearch.objects.update(covered_until_at=timezone.now() - timedelta(days=1))
    other = national(cast, "Something else")
    GuidancePage.objects.filter(title=WORD).update(first_published_at=LONG_AGO)
    due_again(one)
    alerts.send_digests()
    assert len(digests()) == 1
    SavedSearch.objects.update(
        asked="type=guidance", covered_until_at=timezone.now() - timedelta(days=1)
    )
    due_again(one)
    alerts.send_digests()
    assert f"/{other.ref}/" in str(digests()[-1].body)
    assert str(digests()[-1].body).count("/GD-") == 1


def test_an_embargo_that_ended_is_news(cast: Cast, index: Engine) -> None:
    page = national(cast, visible_from=timezone.now() + timedelta(hours=1))
    one = subscribed(cast.essex_officer)
    alerts.send_digests()
    assert not digests()
    GuidancePage.objects.filter(pk=page.pk).update(
        visible_from=timezone.now() - timedelta(hours=1), first_published_at=LONG_AGO
    )
    SavedSearch.objects.update(covered_until_at=timezone.now() - timedelta(days=1))
    rebuild()
    due_again(one)
    alerts.send_digests()
    assert f"/{page.ref}/" in str(digests()[0].body)


def test_a_page_that_opens_wider_is_news_to_whom_it_opens(cast: Cast, index: Engine) -> None:
    """Kent's own page becomes national; Kent's officers have read it before."""
    page = published(cast.kent_author, cast.kent_lead, title=WORD)
    a_month_old(page)
    at_kent, elsewhere = subscribed(cast.kent_officer), subscribed(cast.essex_officer)
    republished(cast, page, audience=NATIONAL)
    an_hour_old(page, first=LONG_AGO)
    assert alerts.send_digests() == 2
    (sent,) = digests()
    assert sent.to == [cast.essex_officer.email]
    assert f"/{page.ref}/" in str(sent.body)
    for one in (at_kent, elsewhere):
        due_again(one)
    alerts.send_digests()
    assert len(digests()) == 1, "it is news once"


def test_another_version_for_the_same_readers_is_no_news(cast: Cast, index: Engine) -> None:
    page = published(cast.kent_author, cast.kent_lead, title=WORD)
    a_month_old(page)
    subscribed(cast.kent_officer)
    republished(cast, page, version="1.1")
    an_hour_old(page, first=LONG_AGO)
    alerts.send_digests()
    assert digests() == []


def _leave(cast: Cast) -> None:
    end_membership(cast.essex_officer, by=cast.hub_approver.public_id, at=timezone.now())


def _move(cast: Cast) -> None:
    elsewhere = Organisation.objects.get(slug="metropolitan")
    move_person(
        cast.essex_officer,
        organisation=elsewhere,
        roles=(Role.OFFICER,),
        ceiling=Marking.OFFICIAL_SENSITIVE,
        by=cast.hub_approver.public_id,
        at=timezone.now(),
    )


def _lose_the_role(cast: Cast) -> None:
    Membership.objects.filter(user=cast.essex_officer).update(roles=[])


def _close_the_phase(cast: Cast) -> None:
    RolloutPhase.objects.update(opens_at=timezone.now() + timedelta(days=1))


def _narrow(cast: Cast) -> None:
    page = GuidancePage.objects.get(title=WORD)
    to = replace(audience_facts(page), audience=frozenset({OWN}))
    services.narrow(page, to=to, by=cast.kent_lead, reason="A reason.")


LOST: list[Callable[[Cast], None]] = [_leave, _move, _lose_the_role, _close_the_phase, _narrow]


@pytest.mark.parametrize("lose", LOST)
def test_permission_is_asked_for_at_the_moment_of_sending(
    cast: Cast, index: Engine, lose: Callable[[Cast], None]
) -> None:
    approvers = (cast.kent_lead, cast.hub_approver)
    page = published(cast.kent_author, *approvers, title=WORD, audience=("force:essex",))
    an_hour_old(page)
    subscribed(cast.essex_officer)
    lose(cast)
    alerts.send_digests()
    assert not digests()


def test_a_mail_is_no_place_for_the_higher_marking(cast: Cast, index: Engine) -> None:
    national(cast, marking=Marking.OFFICIAL_SENSITIVE.value)
    assert seen_by(cast.essex_officer).effective_ceiling == Marking.OFFICIAL_SENSITIVE
    subscribed(cast.essex_officer)
    alerts.send_digests()
    assert not digests()


def test_paused_stopped_and_left_get_nothing_and_who_left_is_forgotten(
    cast: Cast, index: Engine
) -> None:
    national(cast)
    paused, stopped = subscribed(cast.essex_officer), subscribed(cast.met_officer)
    saved.pause(paused, is_paused=True)
    saved.stop_mails(saved.token_of(stopped))
    assert alerts.send_digests() == 0
    saved.pause(paused, is_paused=False)
    assert alerts.send_digests() == 1
    assert [one.to[0] for one in digests()] == [cast.essex_officer.email]
    User.objects.filter(pk=cast.met_officer.pk).update(is_active=False)
    alerts.send_digests()
    assert [one.user for one in SavedSearch.objects.select_related("user")] == [cast.essex_officer]


def test_hidden_documents_leave_a_digest_as_it_was(cast: Cast, index: Engine) -> None:
    """Two worlds: the second has pages that the reader may not see, full of the words."""
    national(cast)
    one = subscribed(cast.essex_officer)
    before = SavedSearch.objects.filter(pk=one.pk).values().get()
    alerts.send_digests()
    for number in range(5):
        an_hour_old(published(cast.kent_author, cast.kent_lead, title=f"{WORD} {number} " + WORD))
    SavedSearch.objects.filter(pk=one.pk).update(**before)
    alerts.send_digests()
    first, second = ((one.subject, one.body, one.to, dict(one.extra_headers)) for one in digests())
    assert first == second


class Killed(BaseException):
    """What no handler of ours catches, as little as kill -9."""


def test_killed_before_it_was_sent_it_is_sent_later(
    cast: Cast, index: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    national(cast)
    subscribed(cast.essex_officer)
    with monkeypatch.context() as broken:
        broken.setattr(alerts, "_mail", _die)
        with pytest.raises(Killed):
            alerts.send_digests()
    assert alerts.send_digests() == 0, "another worker may have it in its hands"
    _let_the_claim_lapse()
    assert alerts.send_digests() == 1
    assert len(digests()) == 1


def test_killed_after_it_was_sent_the_second_has_the_same_name_and_span(
    cast: Cast, index: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    national(cast)
    subscribed(cast.essex_officer)
    with monkeypatch.context() as broken:
        broken.setattr(alerts, "record", _die)
        with pytest.raises(Killed):
            alerts.send_digests()
    until = SavedSearch.objects.get().reporting_until_at
    assert until is not None
    late = national(cast, f"{WORD} again")
    late.__class__._default_manager.filter(pk=late.pk).update(
        first_published_at=until + timedelta(microseconds=1)
    )
    _let_the_claim_lapse()
    alerts.send_digests()
    first, second = digests()
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.body == second.body
    assert SavedSearch.objects.get().covered_until_at == until, "what came between is still news"


def _die(*_: Any, **__: Any) -> None:
    raise Killed


def _let_the_claim_lapse() -> None:
    lapsed = timezone.now() - alerts.CLAIM_LASTS - timedelta(seconds=1)
    SavedSearch.objects.update(claimed_at=lapsed)
