"""What forces looked for in vain, and how it becomes a request and an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.vocabulary import Role
from forces.models import RolloutPhase, User
from guidance.models import GuidanceRequest
from search import unanswered
from search.engines.base import Engine
from search.indexing import rebuild
from search.models import Unanswered
from tests.guidance.scene import Cast, person, published
from tests.sign_in import client_of

WORDS = "Quillonvane at school"
QUEUE, ASKED = "/search/unanswered/", "/search/asked/"
MOST_STATEMENTS = 9


@pytest.fixture(autouse=True)
def _indexed(index: Engine, cast: Cast) -> None:
    rebuild()


def look(*people: User, words: str = WORDS, **more: str) -> None:
    for one in people:
        client_of(one).get("/search/", {"q": words, **more})


def kept() -> str:
    return str(list(Unanswered.objects.values())).lower()


def shown(user: User) -> str:
    return client_of(user).get(QUEUE).content.decode()


def test_words_are_in_clear_only_once_three_forces_used_them(cast: Cast) -> None:
    look(cast.kent_officer, cast.kent_lead, cast.kent_author, cast.essex_officer)
    assert "quillonvane" not in kept()
    assert "quillonvane" not in shown(cast.hub_editor)
    assert Unanswered.objects.count() == 2, "once a day for each force, whoever and how often"
    look(cast.met_officer, words="quillonvane AT  School?")
    html = shown(cast.hub_editor)
    assert "quillonvane at school" in html
    assert "3 forces" in html
    assert not [slug for slug in ("essex", "metropolitan") if slug in html.lower()]
    everybody = {cast.kent_officer, cast.kent_lead, cast.essex_officer, cast.met_officer}
    told = kept()
    assert not [one for one in everybody if one.public_id.lower() in told or one.email in told]


def test_only_the_hubs_writers_see_the_queue(cast: Cast) -> None:
    for nobody in (cast.kent_lead, cast.kent_officer, person("hub", Role.ADMINISTRATOR)):
        assert client_of(nobody).get(QUEUE).status_code == 404
        assert client_of(nobody).post(QUEUE, {"take": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("words", "more"),
    [("knife " * 13, {}), ("quillonvane", {"page": "2"}), ("", {"type": "lesson"})],
    ids=["a description", "a later page", "no words"],
)
def test_what_is_not_counted(cast: Cast, words: str, more: dict[str, str]) -> None:
    look(cast.kent_officer, words=words, **more)
    assert not Unanswered.objects.exists()


def test_counting_keeps_the_page_within_its_statements(
    cast: Cast, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    look(cast.kent_officer, cast.essex_officer)
    client = client_of(cast.met_officer)
    client.get("/search/")
    with django_assert_max_num_queries(MOST_STATEMENTS):
        client.get("/search/", {"q": WORDS})
    assert len(unanswered.queue()) == 1


def test_a_term_becomes_a_request_of_several_forces_in_one_step(cast: Cast) -> None:
    look(cast.kent_officer, cast.essex_officer, cast.met_officer)
    (term,) = unanswered.queue()
    for _twice in range(2):
        client_of(cast.hub_editor).post(QUEUE, {"take": term.key})
    one = GuidanceRequest.objects.get()
    assert (one.question, one.force, one.asked_by) == ("quillonvane at school", None, None)
    assert one.owner == cast.hub_editor
    assert unanswered.queue() == []
    assert "Several forces" in shown(cast.hub_editor)


def test_it_is_all_forgotten_after_three_months(cast: Cast) -> None:
    look(cast.kent_officer, cast.essex_officer, cast.met_officer)
    assert unanswered.forget_unanswered() == 0
    Unanswered.objects.update(day=timezone.localdate() - unanswered.KEPT_FOR - timedelta(days=1))
    assert unanswered.forget_unanswered() == 3
    assert not Unanswered.objects.exists()


def test_only_admitted_forces_are_counted(cast: Cast) -> None:
    """Partners, auditors and the hub see another library, or next to none."""
    partner, auditor = person("riverside", Role.PARTNER), person("oversight", Role.AUDITOR)
    look(partner, auditor, cast.hub_editor, person("btp", Role.OFFICER))
    assert not Unanswered.objects.exists()
    RolloutPhase.objects.update(opens_at=timezone.now() + timedelta(days=1))
    look(cast.kent_officer)
    assert not Unanswered.objects.exists()


FOUND = "quillonvane letters"
SEARCHED = f"http://testserver/search/?q={FOUND.replace(' ', '+')}"


@pytest.fixture
def found(cast: Cast) -> str:
    """The address of a national page that the words find."""
    page = published(
        cast.kent_author,
        cast.kent_lead,
        cast.hub_approver,
        title="Letters",
        audience=("national",),
    )
    rebuild()
    return f"/{page.ref}/"


def look_from_here(*people: User, came_from: str = "http://testserver/") -> None:
    for one in people:
        client_of(one).get("/search/", {"q": FOUND}, headers={"Referer": came_from})


def go_by(*, minutes: int = 31) -> int:
    """As if so much time had passed since the searches."""
    later = F("open_until_at") - timedelta(minutes=minutes)
    Unanswered.objects.exclude(open_until_at=None).update(open_until_at=later)
    return unanswered.settle_unopened()


def test_what_was_found_and_not_opened_comes_to_the_queue_after_half_an_hour(
    cast: Cast, found: str
) -> None:
    three = (cast.kent_officer, cast.essex_officer, cast.met_officer)
    look_from_here(*three)
    assert go_by(minutes=29) == 0
    assert go_by(minutes=2) == 3
    assert not Unanswered.objects.exclude(open_until_at=None).exists(), "the minute is forgotten"
    assert "quillonvane" not in kept(), "each of the three could have been answered"
    Unanswered.objects.update(day=timezone.localdate() - timedelta(days=1))
    look_from_here(cast.kent_officer)
    assert unanswered.queue() == [], "not while it may be answered"
    assert go_by() == 1
    html = shown(cast.hub_editor)
    assert "quillonvane letters" in html
    assert "3 forces opened nothing of what was found" in html


@pytest.mark.parametrize("address", ["{found}", "{found}?printed=1"])
def test_a_page_opened_from_the_results_answers(cast: Cast, found: str, address: str) -> None:
    look_from_here(cast.kent_officer, cast.essex_officer)
    path, headers = address.format(found=found), {"Referer": f"{SEARCHED}&page=2"}
    assert client_of(cast.kent_lead).get(path, headers=headers).status_code == 200
    assert [row.organisation for row in Unanswered.objects.all()] == ["essex"]


@pytest.mark.parametrize(
    ("path", "came_from"),
    [
        ("{found}", ""),
        ("{found}", "http://testserver/guidance/"),
        ("{found}", "http://testserver/search/?q=letters"),
        ("{found}", SEARCHED.replace("testserver", "elsewhere.example")),
        ("/GD-22222/", SEARCHED),
        ("/guidance/", SEARCHED),
    ],
    ids=["by its address", "from a list", "other words", "another site", "absent", "a list"],
)
def test_what_answers_nothing_and_writes_nothing(
    cast: Cast, found: str, path: str, came_from: str
) -> None:
    look_from_here(cast.kent_officer)
    before = list(Unanswered.objects.values())
    client_of(cast.kent_lead).get(path.format(found=found), headers={"Referer": came_from})
    assert list(Unanswered.objects.values()) == before


def test_opened_after_half_an_hour_is_too_late(cast: Cast, found: str) -> None:
    look_from_here(cast.kent_officer)
    go_by()
    client_of(cast.kent_lead).get(found, headers={"Referer": SEARCHED})
    assert Unanswered.objects.count() == 1


def test_a_browser_that_tells_nothing_is_not_counted(cast: Cast, found: str) -> None:
    """It could not say that a page was opened, either."""
    look(cast.kent_officer, words=FOUND)
    look_from_here(cast.kent_officer, came_from="http://elsewhere.example/")
    assert not Unanswered.objects.exists()


def test_opening_costs_two_statements_and_the_results_keep_theirs(
    cast: Cast, found: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_of(cast.kent_officer)
    for warm in ("/search/", found):
        client.get(warm)
    with django_assert_max_num_queries(MOST_STATEMENTS):
        client.get("/search/", {"q": FOUND}, headers={"Referer": "http://testserver/"})
    assert Unanswered.objects.count() == 1
    with CaptureQueriesContext(connection) as plain:
        client.get(found)
    with CaptureQueriesContext(connection) as opened:
        client.get(found, headers={"Referer": SEARCHED})
    assert len(opened) == len(plain) + 2


def ask(user: User, question: str = "Quillonvane?") -> GuidanceRequest:
    client_of(user).post(ASKED, {"question": question})
    return GuidanceRequest.objects.latest("pk")


def test_the_empty_page_asks_with_the_words_filled_in(cast: Cast) -> None:
    html = client_of(cast.kent_officer).get("/search/", {"q": 'a "quillonvane'}).content.decode()
    assert f'action="{ASKED}"' in html
    assert 'value="a &quot;quillonvane"' in html
    one = ask(cast.kent_officer)
    assert (one.force and one.force.slug, one.asked_by) == ("kent", cast.kent_officer)
    hub = shown(cast.hub_editor)
    assert "Quillonvane?" in hub
    assert cast.kent_officer.name not in hub
    assert "open" in client_of(cast.kent_officer).get(ASKED).content.decode()
    for other in (cast.kent_lead, cast.essex_officer):
        assert "Quillonvane" not in client_of(other).get(ASKED).content.decode()


def test_an_open_request_is_taken_on_before_it_is_answered(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    one = ask(cast.kent_officer)
    assert "nobody sees to it yet" in shown(cast.hub_editor)
    for editor in (cast.hub_editor, cast.hub_approver):
        client_of(editor).post(QUEUE, {"own": one.ref})
        one.refresh_from_db()
        assert one.owner == editor
        assert f"seen to by {editor.name}" in shown(cast.hub_editor)
    assert client_of(cast.kent_lead).post(QUEUE, {"own": one.ref}).status_code == 404
    page = published(cast.hub_editor, cast.hub_approver, audience=("national",))
    answered(cast, one, page.ref, django_capture_on_commit_callbacks)
    client_of(cast.hub_approver).post(QUEUE, {"own": one.ref})
    one.refresh_from_db()
    assert one.owner == cast.hub_editor, "who answered stays"


def test_no_question_and_one_too_many_are_refused(cast: Cast) -> None:
    client = client_of(cast.kent_officer)
    client.post(ASKED, {"question": "  "})
    client.post(ASKED, {"question": "x" * 301})
    assert not GuidanceRequest.objects.exists()
    for number in range(21):
        client.post(ASKED, {"question": f"Question {number}"})
    assert GuidanceRequest.objects.count() == 20


def answered(cast: Cast, one: GuidanceRequest, ref: str, capture: Any) -> list[Any]:
    mail.outbox.clear()
    with capture(execute=True):
        client_of(cast.hub_editor).post(QUEUE, {"answer": one.ref, "page": ref})
    return mail.outbox


def test_an_answer_links_the_page_and_tells_who_asked_its_reference(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    page = published(
        cast.kent_author,
        cast.kent_lead,
        cast.hub_approver,
        title="Quillonvane",
        audience=("national",),
    )
    one = ask(cast.essex_officer)
    assert not answered(cast, one, "GD-22222", django_capture_on_commit_callbacks)
    (sent,) = answered(cast, one, page.ref.lower(), django_capture_on_commit_callbacks)
    assert sent.to == [cast.essex_officer.email]
    assert sent.body.endswith(f"/{page.ref}/")
    assert "quillonvane" not in str(sent.message()).lower()
    assert not answered(cast, one, page.ref, django_capture_on_commit_callbacks), "only once"
    assert f'href="/{page.ref}/"' in client_of(cast.essex_officer).get(ASKED).content.decode()
    assert "Quillonvane?" not in shown(cast.hub_editor)


def test_who_may_not_read_the_answer_hears_of_no_page(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    page = published(cast.hub_editor, cast.hub_approver, audience=("own",))
    one = ask(cast.essex_officer)
    assert not answered(cast, one, page.ref, django_capture_on_commit_callbacks)
    one.refresh_from_db()
    assert one.answer_ref == page.ref
    html = client_of(cast.essex_officer).get(ASKED).content.decode()
    assert page.ref not in html
    assert "closed" in html
