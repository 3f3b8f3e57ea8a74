"""Reading a draft, an earlier revision or a picture counts by the marking of what is shown."""

from __future__ import annotations

import pytest
from django.test import Client

from access.vocabulary import Marking
from audit.events import Event
from audit.models import Entry
from guidance import services
from guidance.files.binding import bind_files
from guidance.models import GuidancePage
from tests.guidance.scene import Cast, approve_all, published
from tests.guidance.stored import stored_picture
from tests.sign_in import client_of

SENSITIVE, OFFICIAL = Marking.OFFICIAL_SENSITIVE, Marking.OFFICIAL


def marked(cast: Cast, *, live: Marking, draft: Marking) -> GuidancePage:
    """A page whose newest draft has another marking than its live row."""
    page: GuidancePage = published(cast.kent_author, cast.kent_lead, marking=live)
    page.marking = draft
    page.save_revision(user=cast.kent_author, clean=False)
    page.refresh_from_db()
    return page


def address(page: GuidancePage, path: str) -> str:
    """An address of the admin, with the first and the newest revision filled in."""
    first = page.revisions.order_by("pk").first()
    assert first is not None
    numbers = {"page": page.pk, "first": first.pk, "newest": page.latest_revision_id}
    return f"/admin/{path.format(**numbers)}"


def is_noted(client: Client, page: GuidancePage, path: str) -> bool:
    """Whether a reading is in the trail and the session ends sooner; never one of the two."""
    rows = Entry.objects.filter(action_object=page.ref, event=Event.SENSITIVE_READING)
    before = rows.count()
    assert client.get(address(page, path)).status_code == 200
    recorded = rows.count() - before
    assert recorded in (0, 1)
    assert bool(client.session.get("has_read_sensitive")) == bool(recorded), path
    return bool(recorded)


OF_THE_DRAFT = (
    "pages/{page}/edit/",
    "pages/{page}/view_draft/",
    "pages/{page}/revisions/{newest}/view/",
    "pages/{page}/revisions/{newest}/revert/",
    "pages/{page}/revisions/compare/earliest...latest/",
    "pages/{page}/revisions/compare/live...{newest}/",
    "pages/{page}/history/",
)
OF_THE_ROW = (
    "pages/{page}/revisions/{first}/view/",
    "pages/{page}/revisions/{first}/revert/",
    "pages/{page}/revisions/compare/live...{first}/",
    "guidance/narrow/{page}/",
    "guidance/withdraw/{page}/",
)


@pytest.mark.parametrize("path", OF_THE_DRAFT)
def test_a_sensitive_draft_of_an_official_page_is_recorded(cast: Cast, path: str) -> None:
    page = marked(cast, live=OFFICIAL, draft=SENSITIVE)
    assert is_noted(client_of(cast.kent_lead), page, path)


@pytest.mark.parametrize("path", OF_THE_ROW)
def test_what_shows_the_official_text_beside_it_is_not(cast: Cast, path: str) -> None:
    page = marked(cast, live=OFFICIAL, draft=SENSITIVE)
    assert not is_noted(client_of(cast.kent_lead), page, path)


@pytest.mark.parametrize("path", [*OF_THE_ROW, "pages/{page}/revisions/compare/live...{newest}/"])
def test_the_sensitive_row_of_an_official_draft_is_recorded(cast: Cast, path: str) -> None:
    page = marked(cast, live=SENSITIVE, draft=OFFICIAL)
    assert is_noted(client_of(cast.kent_lead), page, path)


def test_the_official_draft_of_a_sensitive_row_is_not(cast: Cast) -> None:
    page = marked(cast, live=SENSITIVE, draft=OFFICIAL)
    assert not is_noted(client_of(cast.kent_lead), page, "pages/{page}/view_draft/")


def test_what_a_step_previews_is_the_revision_sent_in(cast: Cast) -> None:
    page = marked(cast, live=OFFICIAL, draft=SENSITIVE)
    services.submit(page, by=cast.kent_author)
    page = GuidancePage.objects.get(pk=page.pk)
    task = page.current_workflow_task
    assert task is not None
    assert is_noted(client_of(cast.kent_lead), page, f"pages/workflow/preview/{{page}}/{task.pk}/")


def test_a_picture_of_a_sensitive_page_is_a_reading(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead, marking=SENSITIVE)
    picture = stored_picture(cast.kent_author, title="A map")
    page.body = [("picture", {"image": picture, "alternative": "A map"})]
    bind_files(page)
    page.save_revision(user=cast.kent_author, clean=False)
    services.submit(page, by=cast.kent_author)
    approve_all(page, cast.kent_lead)
    client = client_of(cast.kent_officer)
    shown = client.get(f"/{page.ref}/images/{picture.ref}/320/")
    assert shown.status_code == 200
    assert client.session.get("has_read_sensitive")
    assert Entry.objects.filter(action_object=page.ref, event=Event.SENSITIVE_READING).count() == 1
