"""A page is in the language that it says it is in, whatever the browser asks for."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import to_locale

from guidance.models import LessonPage
from tests.guidance.scene import Cast
from tests.portal.publishing import publish
from tests.sign_in import client_of

SIGN_IN = "/accounts/login/"


@pytest.mark.parametrize("asked", ["cy", "cy-GB,cy;q=0.9", "fr", "en-US"])
def test_a_browser_set_to_another_language_gets_english_that_says_so(
    db: None, client: Client, asked: str
) -> None:
    """A screen reader would read English aloud by the rules of Welsh (WCAG 3.1.1)."""
    answer = client.get(SIGN_IN, headers={"Accept-Language": asked})
    assert '<html lang="en-gb"' in answer.content.decode()
    assert answer["Content-Language"] == "en-gb"


def test_neither_a_cookie_nor_a_refused_form_brings_the_other_language_in(
    db: None, client: Client
) -> None:
    """Django has its own catalogue of Welsh, and answers in it wherever it is let."""
    client.cookies["django_language"] = "cy"
    answer = client.post(SIGN_IN, {"login": "no address"}, headers={"Accept-Language": "cy"})
    html = answer.content.decode()
    assert '<html lang="en-gb"' in html
    assert "Enter a valid email address." in html


def test_dates_are_in_the_language_of_the_page(cast: Cast) -> None:
    """A month's name is the first thing that another language changes."""
    page = publish(LessonPage, cast, review_by_date="2027-03-01")
    answer = client_of(cast.kent_officer).get(page.address, headers={"Accept-Language": "cy"})
    assert "1 March 2027" in answer.content.decode()


def test_every_language_that_is_offered_has_a_catalogue() -> None:
    """English is what the strings themselves are in."""
    for code, _name in settings.LANGUAGES:
        if not code.startswith("en"):
            made = Path("LC_MESSAGES", "django.mo")
            found = [path / to_locale(code) / made for path in settings.LOCALE_PATHS]
            assert any(path.is_file() for path in found), code
