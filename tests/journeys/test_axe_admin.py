"""The pages of the admin that people use: seen, heard, by keyboard, and within their policy."""

from __future__ import annotations

import re

import pytest

from tests.journeys.accessibility import faults_of
from tests.journeys.visitors import HUB_APPROVER, HUB_EDITOR, Visitors, wait_for_icons
from tests.services.running_portal import RunningPortal

EDITORS = (
    "/admin/",
    "/admin/pages/{section}/",
    "/admin/pages/{page}/edit/",
    "/admin/pages/{page}/history/",
    "/admin/pages/add/guidance/guidancepage/{section}/",
    "/admin/pages/add/guidance/lessonpage/{section}/",
    "/admin/pages/add/guidance/evaluationpage/{section}/",
    "/admin/pages/add/guidance/platformpage/{section}/",
    "/admin/best_bets/",
    "/admin/best_bets/new/",
    "/admin/snippets/guidance/term/",
    "/admin/snippets/guidance/term/add/",
    "/admin/snippets/guidance/lawreference/",
    "/admin/snippets/guidance/lawreference/add/",
)
APPROVERS = (
    "/admin/organisations/",
    "/admin/organisations/new/",
    "/admin/regions/",
    "/admin/phases/edit/{phase}/",
    "/admin/need_to_know/",
    "/admin/need_to_know/new/",
    "/admin/identity_providers/new/",
    "/admin/people_lists/new/",
)
ALL = [*((HUB_EDITOR, one) for one in EDITORS), *((HUB_APPROVER, one) for one in APPROVERS)]
# Pale in the dark theme, which is Wagtail 7.4's own: its side panel, and its buttons.
WAGTAILS = re.compile(r"dark: color-contrast: .*(page-status-tag|w-whitespace-nowrap|w-minimap)")
_FIND = """
from forces.models import RolloutPhase
from guidance.models import Document, ForceSection
page = Document.objects.get(title__startswith="Referring gang-related music")
section = ForceSection.objects.get(organisation_id="hub")
print(page.pk, section.pk, RolloutPhase.objects.earliest("opens_at").pk)
"""


@pytest.fixture(scope="module")
def numbers(portal: RunningPortal) -> dict[str, str]:
    """A page of the hub's, its section, and the first phase, as the admin addresses them."""
    printed = portal.manage("shell", "--no-imports", "-c", _FIND).split()
    return dict(zip(("page", "section", "phase"), printed[-3:], strict=True))


@pytest.mark.parametrize(("email", "address"), ALL)
def test_no_page_of_the_admin_has_a_violation_but_wagtails_own(
    everybody: Visitors, numbers: dict[str, str], email: str, address: str
) -> None:
    page = everybody.tab(email)
    answer = page.goto(address.format_map(numbers))
    assert answer is not None
    assert answer.ok
    assert answer.request.redirected_from is None
    wait_for_icons(page)
    assert [fault for fault in faults_of(page) if not WAGTAILS.match(fault)] == []
