"""What Wagtail says about a page names it only while it is being looked at."""

from __future__ import annotations

from html import unescape

import pytest

from guidance.models import ForceSection, GuidancePage
from tests.guidance.editor_form import posted
from tests.guidance.scene import Cast, draft
from tests.sign_in import client_of

TITLE = "The 'lantern' line, and what's left of it"
WORD = "lantern"
NEW = "/admin/pages/add/guidance/guidancepage/{section}/"
DOORS = {
    "create": (NEW, {}, "Page created."),
    "submit": (NEW, {"action-submit": "1"}, "Page created and submitted for moderation."),
    "edit": ("/admin/pages/{page}/edit/", {}, "Page has been updated."),
    "copy": ("/admin/pages/{page}/copy/", {}, "Page copied."),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_message_that_waits_has_no_title(cast: Cast, door: str) -> None:
    """Who asks for the next page may have moved by then, or the document may be gone."""
    page = GuidancePage.objects.get(pk=draft(cast.kent_author).pk)
    section = ForceSection.objects.get(organisation="kent")
    path, extra, said = DOORS[door]
    form = {**posted(page, title=TITLE), "audience": ["own"], "nations": ["england-wales"], **extra}
    if door == "copy":
        form = {"new_title": TITLE, "new_slug": "copied", "new_parent_page": section.pk}
    client = client_of(cast.kent_author)
    answer = client.post(path.format(section=section.pk, page=page.pk), form)
    assert answer.status_code == 302, answer.content.decode()
    assert WORD not in client.session["_messages"]
    shown = client.get("/account/").content.decode()
    assert said in shown
    assert WORD not in unescape(shown)
