"""The admin confined: what another force's editor may not see is absent, by whatever address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.vocabulary import Marking, Role
from audit.models import Entry
from forces.models import User
from guidance import admin_policy, services
from guidance.files.binding import bind_files
from guidance.models import Attachment, ForceSection, GuidancePage
from tests.guidance.scene import Cast, approve_all, person, published
from tests.guidance.stored import stored_file, stored_picture
from tests.sign_in import client_of

# Stands in every text of what must not be seen.
TOKEN = "quillonvane"
OF_A_PAGE = (
    "edit/",
    "edit/preview/",
    "history/",
    "history/results/",
    "revisions/",
    "revisions/{revision}/view/",
    "revisions/{revision}/revert/",
    "revisions/compare/live...{revision}/",
    "revisions/compare/earliest...latest/",
    "view_draft/",
    "delete/",
    "copy/",
    "usage/",
    "workflow_history/",
    "workflow_history/detail/1/",
    "unpublish/",
    "lock/",
    "unlock/",
    "privacy/",
    "move/",
    "convert_alias/",
    "results/",
    "add_subpage/",
    "",
)
ELSEWHERE = (
    "pages/workflow/confirm_cancellation/{page}/",
    "pages/workflow/preview/{page}/1/",
    "pages/workflow/action/{page}/approve/1/",
    "pages/workflow/collect_action_data/{page}/approve/1/",
    "guidance/narrow/{page}/",
    "guidance/reach/{page}/",
    "guidance/withdraw/{page}/",
    "guidance/delete/{page}/",
    "choose-page/{page}/",
    "choose-page/chosen-multiple/?id={page}",
    "editing-sessions/ping/wagtailcore/page/{page}/1/",
    "images/chooser/chosen/{picture}/",
    "images/chooser/chosen-multiple/?id={picture}",
    "images/chooser/{picture}/select_format/",
    "images/{picture}/",
    "images/{picture}/preview/width-320/",
    "images/{picture}/generate_url/",
    "images/usage/{picture}/",
    "documents/chooser/chosen/{file}/",
    "documents/chooser/chosen-multiple/?id={file}",
    "documents/edit/{file}/",
    "documents/usage/{file}/",
)
# Of Wagtail's admin, for nobody here.
ABSENT = (
    "reports/site-history/",
    "reports/aging-pages/",
    "reports/locked/",
    "reports/page-types-usage/",
    "reports/workflow/",
    "reports/workflow_tasks/",
    "users/",
    "users/new/",
    "groups/",
    "sites/",
    "collections/",
    "collections/add/",
    "workflows/list/",
    "workflows/tasks/index/",
    "images/",
    "images/add/",
    "documents/",
    "documents/multiple/add/",
    "forms/",
    "embeds/chooser/",
    "bulk/wagtailcore/page/delete/?id=1",
    "api/main/pages/",
    "api/main/images/",
    "api/main/documents/",
    "pages/search/?q=a",
    "pages/usage/guidance/guidancepage/",
    "snippets/",
    "snippets/choose/guidance/term/",
    "tag-autocomplete/?term=a",
    "tag-autocomplete/guidance/storedimage/?term=a",
    "password_reset/",
    "failwhale/",
    "dismissibles/",
    "no-such-view/",
)


@dataclass
class Hidden:
    """A page of Kent with a file and a picture, all texts with the token."""

    page: GuidancePage
    file: Any
    picture: Any

    def addresses(self) -> list[str]:
        """Every address of the admin that can name it."""
        numbers = {
            "page": self.page.pk,
            "revision": self.page.latest_revision_id,
            "picture": self.picture.pk,
            "file": self.file.pk,
        }
        paths = [f"pages/{{page}}/{path}" for path in OF_A_PAGE] + list(ELSEWHERE)
        return [f"/admin/{path.format(**numbers)}" for path in paths]


def hide(author: User, *approvers: User, **fields: Any) -> Hidden:
    texts = {"summary": TOKEN, "purpose": f"<p>{TOKEN}</p>", "title": f"About {TOKEN}"}
    page = published(author, *approvers, **texts, **fields)
    file = stored_file(author, title=f"{TOKEN}.txt", text=TOKEN)
    picture = stored_picture(author, title=f"Picture {TOKEN}")
    page.attachments.add(Attachment(file=file, label=f"Label {TOKEN}"))
    page.body = [("picture", {"image": picture, "alternative": TOKEN})]
    bind_files(page)
    page.save_revision(user=author, clean=False)
    return Hidden(GuidancePage.objects.get(pk=page.pk), file, picture)


def lay_out(cast: Cast) -> Hidden:
    return hide(cast.kent_author, cast.kent_lead)


@pytest.fixture
def hidden(pages: Hidden) -> Hidden:
    return pages


def answer(client: Client, path: str) -> tuple[int, dict[str, str], bytes, int]:
    """Status, headers, body and the number of statements."""
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    return response.status_code, dict(response.items()), response.content, len(queries)


@pytest.mark.parametrize("who", ["essex author", "essex lead", "hub editor"])
def test_another_forces_page_is_absent_by_every_address(
    cast: Cast, hidden: Hidden, who: str
) -> None:
    people = {
        "essex author": person("essex", Role.AUTHOR),
        "essex lead": person("essex", Role.APPROVER),
        "hub editor": cast.hub_editor,
    }
    client = client_of(people[who])
    client.get("/admin/")
    for address in hidden.addresses():
        status, _, body, _ = answer(client, address)
        assert status in (404, 405), address
        assert TOKEN.encode() not in body, address
        assert hidden.page.ref.encode() not in body, address


def test_a_hidden_number_costs_what_an_absent_one_costs(cast: Cast, hidden: Hidden) -> None:
    client = client_of(person("essex", Role.AUTHOR))
    # What a process remembers after its first pages: the menu, and the forces named on a 404.
    client.get("/admin/")
    client.get("/no-such-page/")
    absent = Hidden(
        GuidancePage(pk=999_999, latest_revision_id=999_999),
        type(hidden.file)(pk=999_999),
        type(hidden.picture)(pk=999_999),
    )
    for one, other in zip(hidden.addresses(), absent.addresses(), strict=True):
        assert answer(client, one) == answer(client, other), one


def test_refusals_are_in_the_trail_without_a_title(cast: Cast, hidden: Hidden) -> None:
    client_of(person("essex", Role.AUTHOR)).get(f"/admin/pages/{hidden.page.pk}/edit/")
    entry = Entry.objects.get(event="refusal")
    assert (entry.action_object, entry.decision) == (hidden.page.ref, "no")
    assert TOKEN not in str(list(Entry.objects.values()))


def test_own_colleagues_reach_it(cast: Cast, hidden: Hidden) -> None:
    """Otherwise the tests above would pass in an admin that answers nobody."""
    client = client_of(cast.kent_lead)
    paths = [f"pages/{hidden.page.pk}/{path}" for path in ("edit/", "history/", "view_draft/")]
    paths += [
        f"pages/{hidden.page.pk}/revisions/compare/live...{hidden.page.latest_revision_id}/",
        f"pages/{hidden.page.pk}/revisions/compare/earliest...latest/",
        f"images/chooser/chosen-multiple/?id={hidden.picture.pk}",
        f"documents/chooser/chosen/{hidden.file.pk}/",
    ]
    for path in paths:
        response = client.get(f"/admin/{path}")
        assert (response.status_code, TOKEN in response.content.decode()) == (
            200,
            "history" not in path or TOKEN in response.content.decode(),
        ), path


@pytest.mark.parametrize("path", ABSENT)
def test_views_nobody_has_are_absent(cast: Cast, path: str) -> None:
    for user in (cast.kent_author, cast.hub_approver):
        assert client_of(user).get(f"/admin/{path}").status_code == 404


@pytest.mark.parametrize(
    "roles", [(Role.OFFICER,), (Role.INFORMATION_RIGHTS,), (Role.ADMINISTRATOR,)]
)
def test_who_does_not_edit_has_no_admin(cast: Cast, roles: tuple[Role, ...]) -> None:
    client = client_of(person("hub", *roles))
    assert client.get("/admin/").status_code == 404
    assert client.get(f"/admin/pages/{ForceSection.objects.first().pk}/").status_code == 404


def test_a_mover_loses_the_old_section_with_his_first_request(cast: Cast, hidden: Hidden) -> None:
    from django.utils import timezone

    from forces.models import Organisation
    from forces.services import move_person

    client = client_of(cast.kent_author)
    assert client.get(f"/admin/pages/{hidden.page.pk}/edit/").status_code == 200
    move_person(
        cast.kent_author,
        organisation=Organisation.objects.get(slug="essex"),
        roles=[Role.AUTHOR],
        ceiling=Marking.OFFICIAL_SENSITIVE,
        by="system",
        at=timezone.now(),
    )
    assert client.get(f"/admin/pages/{hidden.page.pk}/edit/").status_code == 404
    assert TOKEN not in client.get("/admin/").content.decode()


def test_the_policy_is_what_keeps_them_out(
    cast: Cast, hidden: Hidden, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seeded fault: without our look at the numbers, a chooser names another force's page."""
    monkeypatch.setattr(admin_policy, "_require_open_arguments", lambda *args: None)
    client = client_of(person("essex", Role.AUTHOR))
    response = client.get(f"/admin/choose-page/chosen-multiple/?id={hidden.page.pk}")
    assert TOKEN in response.content.decode()


def test_the_history_quotes_no_former_title(cast: Cast) -> None:
    """A weak session may open the page as it is now, and not the revision that was renamed."""
    people = (cast.kent_author, cast.kent_lead)
    page = published(*people, title=f"About {TOKEN}", marking=Marking.OFFICIAL_SENSITIVE)
    page.title, page.marking = "About nothing", Marking.OFFICIAL
    page.save_revision(user=cast.kent_author)
    services.submit(page, by=cast.kent_author)
    approve_all(page, cast.kent_lead)
    TOTP.activate(cast.kent_lead, "JBSWY3DPEHPK3PXP")  # pragma: allowlist secret
    client = client_of(cast.kent_lead, second_factor=False)
    history = client.get(f"/admin/pages/{page.pk}/history/").content.decode()
    assert "Renamed" in history
    assert TOKEN not in history
