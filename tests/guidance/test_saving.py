"""Two editors at once: nobody's text is written over unseen, and nothing is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from access.vocabulary import Role
from audit.models import Entry
from guidance import services
from guidance.models import (
    Document,
    EvaluationPage,
    GuidancePage,
    LessonPage,
    PlatformPage,
)
from portal.canary.documents import write
from tests.guidance.editor_form import posted
from tests.guidance.scene import Cast, draft, person
from tests.sign_in import client_of

TOLD = "Somebody saved this page after you had opened it."


@pytest.fixture
def page(cast: Cast) -> GuidancePage:
    found: GuidancePage = GuidancePage.objects.get(pk=draft(cast.kent_author).pk)
    return found


@pytest.fixture
def colleague(cast: Cast) -> Client:
    return client_of(person("kent", Role.AUTHOR, name="second"))


def titles(page: GuidancePage) -> list[str]:
    return [revision.content["title"] for revision in page.revisions.order_by("pk")]


def save(client: Client, page: GuidancePage, data: dict[str, Any]) -> Any:
    return client.post(f"/admin/pages/{page.pk}/edit/", data, follow=True)


def test_the_second_is_told_and_both_texts_stay(
    cast: Cast, page: GuidancePage, colleague: Client
) -> None:
    first, second = posted(page, title="From A"), posted(page, title="From B")
    save(client_of(cast.kent_author), page, first)
    answer = save(colleague, page, second)
    assert answer.status_code == 409
    assert TOLD in answer.content.decode()
    assert "From B" in answer.content.decode()
    assert titles(page) == ["A page", "From A"]

    again = {**second, **_hidden(answer)}
    assert TOLD not in save(colleague, page, again).content.decode()
    assert titles(page) == ["A page", "From A", "From B"]


def test_a_refused_form_is_the_callers_error_and_keeps_what_was_written(
    cast: Cast, page: GuidancePage
) -> None:
    answer = save(
        client_of(cast.kent_author), page, posted(page, title="Kept", review_by_date="1066-10-14")
    )
    assert answer.status_code == 400
    assert "Enter a year between 2000 and 2100." in answer.content.decode()
    assert 'value="Kept"' in answer.content.decode()
    assert titles(page) == ["A page"]


def test_whoever_saves_twice_is_not_asked(cast: Cast, page: GuidancePage) -> None:
    client = client_of(cast.kent_author)
    answer = save(client, page, posted(page, title="Once"))
    answer = save(client, page, {**posted(page, title="Twice"), **_hidden(answer)})
    assert TOLD not in answer.content.decode()
    assert titles(page) == ["A page", "Once", "Twice"]


def test_submitting_an_old_text_is_refused_too(
    cast: Cast, page: GuidancePage, colleague: Client
) -> None:
    """Otherwise the review would be of a text that its author had already replaced."""
    old = {**posted(page, title="From B"), "action-submit": "1"}
    save(client_of(cast.kent_author), page, posted(page, title="From A"))
    assert TOLD in save(colleague, page, old).content.decode()
    page.refresh_from_db()
    assert page.current_workflow_state is None


def test_autosave_does_not_write_over_a_newer_text(
    cast: Cast, page: GuidancePage, colleague: Client
) -> None:
    old = posted(page, title="From B")
    save(client_of(cast.kent_author), page, posted(page, title="From A"))
    answer = colleague.post(
        f"/admin/pages/{page.pk}/edit/", old, headers={"accept": "application/json"}
    )
    assert answer.status_code == 400
    assert titles(page) == ["A page", "From A"]


def test_after_an_autosave_the_button_is_not_asked(cast: Cast, page: GuidancePage) -> None:
    """The open form is told what it has saved by itself, so that it is nobody else's."""
    client, form = client_of(cast.kent_author), posted(page, title="By itself")
    answer = client.post(
        f"/admin/pages/{page.pk}/edit/", form, headers={"accept": "application/json"}
    )
    form.update(answer.json()["field_updates"])
    answer = save(client, page, {**form, "title": "By the button"})
    assert TOLD not in answer.content.decode()
    assert titles(page) == ["A page", "By itself", "By the button"]


@pytest.mark.parametrize("cancelled", [True, False], ids=["cancelled", "taken"])
def test_a_step_that_is_over_is_not_taken(cast: Cast, page: GuidancePage, cancelled: bool) -> None:
    """The approver is told, becomes nobody's last editor, and keeps what was written."""
    services.submit(page, by=cast.kent_author)
    opened = {**posted(page, title="Approved with a change"), "workflow-action-name": "approve"}
    if cancelled:
        page.current_workflow_state.cancel(user=cast.kent_author)
    else:
        state = page.current_workflow_task_state
        state.task.specific.on_action(state, person("kent", Role.APPROVER, name="other"), "approve")
    lead = client_of(cast.kent_lead)
    answer = save(lead, page, {**opened, "action-workflow-action": "true"})
    assert answer.status_code == 409
    assert "This step does not wait for you any more" in answer.content.decode()
    assert 'value="Approved with a change"' in answer.content.decode()
    assert titles(page) == ["A page"]


def _hidden(answer: Any) -> dict[str, str]:
    """What the editor that is shown now says it has loaded."""
    written = answer.content.decode()
    names = ("loaded_revision_id", "loaded_revision_created_at")
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', written) for name in names}
    return {name: match[1] for name, match in found.items() if match}


def test_the_button_leaves_a_row_in_the_trail(cast: Cast, page: GuidancePage) -> None:
    """Wagtail's button starts the workflow by itself; the row must not hang on our service."""
    filled = {**posted(page), "nations": ["england-wales"], "audience": ["own"]}
    save(client_of(cast.kent_author), page, {**filled, "action-submit": "1"})
    row = Entry.objects.get(event="submission")
    assert (row.actor, row.action_object) == (cast.kent_author.public_id, page.ref)


def test_a_form_of_which_a_part_is_missing_is_refused_and_changes_nothing(
    cast: Cast, page: GuidancePage
) -> None:
    """Whichever hidden part it is, at each of the addresses that read the form."""
    client, whole = client_of(cast.kent_author), posted(page)
    before = [*page.revisions.values_list("pk", "content")]
    parts = [name for name in whole if re.search(r"-(count|TOTAL_FORMS|INITIAL_FORMS)$", name)]
    assert "body-count" in parts
    for name in parts:
        without = {key: value for key, value in whole.items() if key != name}
        for sent in (without, {**whole, name: "many"}):
            for suffix in ("edit/", "edit/preview/", f"revisions/{before[0][0]}/revert/"):
                answer = client.post(f"/admin/pages/{page.pk}/{suffix}", sent)
                assert answer.status_code == 400 or suffix == "edit/preview/", (name, suffix)
                assert answer.status_code < 500, (name, suffix)
    assert [*page.revisions.values_list("pk", "content")] == before


@pytest.mark.parametrize(
    ("kind", "part"), [(EvaluationPage, "estimates"), (PlatformPage, "routes"), (LessonPage, "")]
)
def test_no_kind_of_page_breaks_where_a_part_of_its_form_is_missing(
    cast: Cast, kind: type[Document], part: str
) -> None:
    page = write("own", kind, by=cast.kent_author).document
    for sent in ({}, {"body-count": "0", "title": part}):
        answer = client_of(cast.kent_author).post(f"/admin/pages/{page.pk}/edit/", sent)
        assert answer.status_code == 400
    if part:
        assert "go back and send it again" in answer.content.decode()
