"""What an index stores of a document, and which documents count as known to everybody."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from access.vocabulary import Marking, State
from guidance.models import (
    Attachment,
    EvaluationPage,
    GuidancePage,
    LawReference,
    PlatformPage,
    StoredFile,
    Term,
)
from search.documents import _in_force, indexed_documents, is_in_baseline
from search.engines.base import Facet, IndexedDocument, IndexedFile
from tests.guidance.scene import Cast, draft
from tests.search.shelf import NOON, access


def _indexed(pk: int) -> IndexedDocument:
    (document,) = indexed_documents([pk], at=timezone.now())
    return document


@pytest.fixture
def page(cast: Cast) -> GuidancePage:
    """A draft of Kent with everything an index reads."""
    Term.objects.create(vocabulary="platform", slug="snapchat", label="Snapchat")
    found = draft(
        cast.kent_author,
        title="Preservation",
        audience=("national", "partner:riverside"),
        platforms=["snapchat"],
        content_types=["doxing"],
        tactics=["preservation"],
        nations=["scotland"],
        marking=Marking.OFFICIAL_SENSITIVE.value,
        last_verified_on_date=date(2026, 5, 1),
        body='[{"type": "heading", "value": "Ask first"}]',
    )
    law = LawReference.objects.create(
        slug="a", act="An Act", nation="united-kingdom", effect="None.", as_at_date=date(2026, 1, 1)
    )
    found.laws.set([law])
    found.save()
    file = StoredFile(title="Form", belongs_to=found.pk, text="Words of a form\fPage two ")
    file.file.save("form.txt", ContentFile(b"x"))
    Attachment.objects.create(document=found, file=file, label="The form", sort_order=0)
    return found


def test_texts_and_facts_are_read(cast: Cast, page: GuidancePage) -> None:
    found = _indexed(page.pk)
    file = StoredFile.objects.get()
    assert (found.pk, found.ref, found.title) == (page.pk, page.ref, "Preservation")
    assert "A summary." in found.body
    assert "Ask first" in found.body
    assert found.files == (IndexedFile(file.ref, "The form", ("Words of a form", "Page two")),)
    assert found.attachments_text == "The form. Words of a form Page two"
    assert found.keywords == "Snapchat"
    assert found.access.audience == {"national", "partner:riverside"}
    assert found.access.owner == "kent"
    assert found.access.author == cast.kent_author.public_id
    assert found.reviewed_on_date == date(2026, 5, 1)
    assert not found.in_baseline


def test_facets_are_read(page: GuidancePage) -> None:
    assert _indexed(page.pk).facets == {
        Facet.TYPE: ("guidance",),
        Facet.PLATFORM: ("snapchat",),
        Facet.HARM: ("doxing",),
        Facet.TACTIC: ("preservation",),
        Facet.FORCE: ("kent",),
        Facet.MARKING: ("official-sensitive",),
        Facet.EVIDENCE: (),
        Facet.NATION: ("scotland",),
        Facet.IN_FORCE: ("no",),
    }


@pytest.mark.parametrize(
    ("statuses", "state", "said"),
    [
        ([], State.PUBLISHED, ()),
        (["in-force"], State.PUBLISHED, ("yes",)),
        (["in-force", "repealed"], State.PUBLISHED, ("no",)),
        (["in-force"], State.WITHDRAWN, ("no",)),
    ],
)
def test_a_page_that_names_no_law_says_nothing_of_its_force(
    statuses: list[str], state: State, said: tuple[str, ...]
) -> None:
    """Neither found under "in force now" nor lifted above a page whose law somebody checked."""
    assert _in_force(GuidancePage(state=state), statuses) == said


def test_platforms_and_evaluations_bring_facets_of_their_own(db: None) -> None:
    from search.documents import _evidence, _platforms, _tactics

    platform = PlatformPage(platform_slug="tiktok", platforms=["tiktok", "x"])
    assert _platforms(platform) == ("tiktok", "x")
    evaluation = EvaluationPage(effect_rating=3, tactic="mediation", tactics=["mediation", "cbo"])
    assert _tactics(evaluation) == ("mediation", "cbo")
    assert _evidence(evaluation) == ("strong",)


def test_statements_do_not_grow_with_documents(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    pages = [draft(cast.kent_author, title=f"Page {number}").pk for number in range(4)]
    with django_assert_num_queries(10):
        list(indexed_documents(pages[:1], at=timezone.now()))
    with django_assert_num_queries(10):
        assert len(list(indexed_documents(pages, at=timezone.now()))) == 4


@pytest.mark.parametrize(
    ("facts", "counted"),
    [
        ({}, True),
        ({"audience": frozenset({"national", "partner:riverside"})}, True),
        ({"audience": frozenset({"region:ersou"})}, False),
        ({"marking": Marking.OFFICIAL_SENSITIVE}, False),
        ({"groups": frozenset({"op"})}, False),
        ({"state": State.DRAFT}, False),
        ({"state": State.WITHDRAWN}, False),
        ({"visible_from": NOON}, True),
        ({"visible_from": NOON + timedelta(microseconds=1)}, False),
        ({"visible_until": NOON + timedelta(days=900)}, False),
        ({"latest_phase": 2}, False),
    ],
)
def test_the_baseline_is_what_every_admitted_reader_may_see(
    facts: dict[str, object], counted: bool
) -> None:
    assert is_in_baseline(access(1, **facts), last_phase=3, at=NOON) is counted
