"""Who takes part in the journeys, and what they leave behind when one goes wrong."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.kents_own_page import Addresses, published_in
from tests.journeys.visitors import PATIENCE_MS, PERSONAS, SessionKeys, Visitors
from tests.services.running_portal import RunningPortal

_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Note a failure, so that the browsers can be looked at before they close."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or call.excinfo is not None
    return report


@pytest.fixture(scope="session")
def session_keys(portal: RunningPortal) -> SessionKeys:
    """A strong session for each persona."""
    return SessionKeys(portal, PERSONAS)


@pytest.fixture(scope="session")
def kents(portal: RunningPortal) -> Addresses:
    """A page of Kent's for Kent alone, published while the portal is being served."""
    return published_in(portal)


@pytest.fixture
def visitors(
    request: pytest.FixtureRequest,
    browser: Browser,
    portal: RunningPortal,
    session_keys: SessionKeys,
) -> Iterator[Visitors]:
    """Browsers for as many people as a journey needs; no console may have complained."""
    expect.set_options(timeout=PATIENCE_MS)
    visitors = Visitors(browser, portal, session_keys)
    yield visitors
    if request.node.stash.get(_FAILED, False):
        visitors.take_pictures(request.node.name)
    visitors.leave()
    assert not visitors.complaints


@pytest.fixture(scope="module")
def everybody(
    browser: Browser, portal: RunningPortal, session_keys: SessionKeys
) -> Iterator[Visitors]:
    """One tab for each person: a new browser for each page would take most of the time."""
    expect.set_options(timeout=PATIENCE_MS)
    visitors = Visitors(browser, portal, session_keys)
    yield visitors
    visitors.leave()
    assert not visitors.complaints
