"""Saved searches are their owner's alone, and their mails stop at one press."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from forces.models import User
from search import saved
from search.models import Rhythm, SavedSearch
from tests.guidance.scene import Cast
from tests.sign_in import client_of

SAVED = "/search/saved/"


def keep(user: User, asked: str = "q=knife&type=guidance") -> SavedSearch:
    return saved.save_search(user, asked, at=timezone.now())


def act(user: User, one: SavedSearch, action: str, **more: str) -> Any:
    return client_of(user).post(f"{SAVED}{one.ref}/", {"action": action, **more})


def test_the_results_page_saves_words_and_filters_and_nothing_else(cast: Cast) -> None:
    asked = "q=knife&type=guidance&type=lesson&page=3&nonsense=1&sort="
    client = client_of(cast.kent_officer)
    for _twice in range(2):
        html = client.post(SAVED, {"asked": asked}, follow=True).content.decode()
    one = SavedSearch.objects.get()
    assert (one.user, one.name) == (cast.kent_officer, "knife")
    assert sorted(one.asked.split("&")) == ["q=knife", "type=guidance", "type=lesson"]
    assert one.rhythm == Rhythm.NEVER
    assert "Saved." in html
    assert "?q=knife" in html


@pytest.mark.parametrize(
    "asked",
    ["type=a) OR (1", "published_from=yesterday", "q=" + "knife+" * 400],
    ids=["filter", "date", "long"],
)
def test_what_is_no_search_is_not_saved(cast: Cast, asked: str) -> None:
    answer = client_of(cast.kent_officer).post(SAVED, {"asked": asked}, follow=True)
    assert "search" in answer.content.decode()
    assert not SavedSearch.objects.exists()


def test_there_is_an_end_to_saving(cast: Cast) -> None:
    for number in range(saved.MOST_OF_ONE_PERSON):
        keep(cast.kent_officer, f"q=knife{number}")
    with pytest.raises(ValidationError, match="50"):
        keep(cast.kent_officer, "q=one+more")
    keep(cast.essex_officer)


def test_the_owner_renames_pauses_and_deletes(cast: Cast) -> None:
    one, owner = keep(cast.kent_officer), cast.kent_officer
    act(owner, one, "change", name="Blades", rhythm="weekly")
    one.refresh_from_db()
    assert (one.name, one.rhythm) == ("Blades", "weekly")
    assert one.due_at is not None
    act(owner, one, "pause")
    assert SavedSearch.objects.get().is_paused
    act(owner, one, "resume")
    assert not SavedSearch.objects.get().is_paused
    act(owner, one, "change", name="", rhythm="weekly")
    act(owner, one, "change", name="x", rhythm="hourly")
    assert SavedSearch.objects.get().name == "Blades"
    act(owner, one, "change", name="Blades", rhythm="never")
    assert SavedSearch.objects.get().due_at is None
    act(owner, one, "delete")
    assert not SavedSearch.objects.exists()


def test_for_everybody_else_it_is_as_absent_as_any(cast: Cast) -> None:
    one = keep(cast.kent_officer, "q=quillonvane")
    for other in (cast.kent_lead, cast.hub_approver, cast.essex_officer):
        assert "quillonvane" not in client_of(other).get(SAVED).content.decode()
        answers = {act(other, one, "delete").content, act(other, one, "pause").content}
        gone = client_of(other).post(f"{SAVED}ABCDEFGHJK/", {"action": "delete"})
        assert gone.status_code == 404
        assert answers == {gone.content}
    assert not SavedSearch.objects.get().is_paused


def test_digests_are_due_in_the_morning() -> None:
    late = datetime(2026, 11, 22, 23, tzinfo=UTC)
    assert saved.next_due(Rhythm.DAILY, at=late) == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert saved.next_due(Rhythm.WEEKLY, at=late) == datetime(2026, 11, 23, 6, tzinfo=UTC)
    monday = datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert saved.next_due(Rhythm.WEEKLY, at=monday) == datetime(2026, 11, 30, 6, tzinfo=UTC)
    in_summer = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert saved.next_due(Rhythm.DAILY, at=in_summer) == datetime(2026, 7, 2, 5, tzinfo=UTC)
    assert saved.next_due(Rhythm.NEVER, at=late) is None


def test_mails_stop_at_one_press_without_sign_in_and_looking_stops_nothing(cast: Cast) -> None:
    one = keep(cast.kent_officer, "q=quillonvane")
    saved.change_search(one, name="Mine", rhythm=Rhythm.DAILY, at=timezone.now())
    address = f"/search/stop/{saved.token_of(one)}/"
    # A mailbox has no cookie and no token of the form (RFC 8058).
    mailbox = Client(enforce_csrf_checks=True)
    looked = mailbox.get(address)
    assert looked.status_code == 200
    assert SavedSearch.objects.get().rhythm == Rhythm.DAILY
    for _twice in range(2):
        done = mailbox.post(address, {"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        one.refresh_from_db()
        assert (one.rhythm, one.due_at) == (Rhythm.NEVER, None)
    for answer in (looked, done):
        html = answer.content.decode()
        assert not [word for word in ("quillonvane", "Mine", "kent", one.ref) if word in html]


def test_a_forged_address_is_answered_alike_and_stops_nothing(cast: Cast) -> None:
    one = keep(cast.kent_officer)
    saved.change_search(one, name="Mine", rhythm=Rhythm.DAILY, at=timezone.now())
    true = saved.token_of(one)
    forged = f"/search/stop/{one.ref}:forged/"
    Client().post(forged)
    assert SavedSearch.objects.get().rhythm == Rhythm.DAILY
    assert Client().post(forged).content == Client().post(f"/search/stop/{true}/").content
    one.delete()
    assert Client().post(f"/search/stop/{true}/").status_code == 200
