"""The pages of Wagtail's admin that the portal's people use: what axe finds is Wagtail's alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.accessibility import faults_of
from tests.journeys.visitors import ADMINISTRATOR, HUB_EDITOR, PATIENCE_MS, SessionKeys, Visitors
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
    "/admin/images/",
    "/admin/images/add/",
    "/admin/documents/",
    "/admin/documents/add/",
    "/admin/best_bets/",
    "/admin/best_bets/new/",
    "/admin/snippets/guidance/term/",
    "/admin/snippets/guidance/term/add/",
    "/admin/snippets/guidance/lawreference/",
    "/admin/snippets/guidance/lawreference/add/",
)
ADMINISTRATORS = (
    "/admin/organisations/",
    "/admin/organisations/new/",
    "/admin/regions/",
    "/admin/phases/new/",
    "/admin/need_to_know/",
    "/admin/need_to_know/new/",
    "/admin/identity_providers/new/",
    "/admin/people_lists/new/",
)
ALL = [*((HUB_EDITOR, one) for one in EDITORS), *((ADMINISTRATOR, one) for one in ADMINISTRATORS)]
# What Wagtail 7.4 brings by itself, by rule and place.
WAGTAILS: dict[str, re.Pattern[str]] = {}
_FIND = """
from guidance.models import Document, ForceSection
page = Document.objects.get(title__startswith="Referring gang-related music")
print(page.pk, ForceSection.objects.get(organisation_id="hub").pk)
"""


@pytest.fixture(scope="module")
def editors(browser: Browser, portal: RunningPortal, session_keys: SessionKeys) -> Visitors:
    expect.set_options(timeout=PATIENCE_MS)
    return Visitors(browser, portal, session_keys)


@pytest.fixture(scope="module")
def numbers(portal: RunningPortal) -> dict[str, str]:
    printed = portal.manage("shell", "--no-imports", "-c", _FIND).split()
    return dict(zip(("page", "section"), printed[-2:], strict=True))


@pytest.mark.parametrize(("email", "address"), ALL)
def test_what_is_ours_has_no_violation(
    editors: Visitors, numbers: dict[str, str], email: str, address: str
) -> None:
    page = editors.tab(email)
    answer = page.goto(address.format_map(numbers))
    assert answer is not None and answer.ok, address
    page.wait_for_load_state("networkidle")
    faults = faults_of(page)
    assert faults == [], "\n".join(faults)
