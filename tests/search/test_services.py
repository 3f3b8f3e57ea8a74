"""The portal's own search: the engine proposes, the database decides."""

from datetime import timedelta

import pytest
from django.utils import timezone
from structlog.testing import capture_logs

from access.policy import Viewer
from access.vocabulary import Marking, Role
from forces.models import User
from guidance import services as guidance_services
from guidance.changes import exclude_until_indexed
from guidance.models import Document, GuidancePage
from search.engines.base import Engine, EngineUnavailableError, Facet
from search.indexing import drain, rebuild
from search.services import Request, Results, find
from tests.guidance.scene import Cast, draft, person, published, seen_by


def _find(user: User, words: str = "", **asked: object) -> Results:
    now = timezone.now()
    request = Request(words=words, **asked)  # type: ignore[arg-type]
    return find(seen_by(user), request, at=now)


def _refs(results: Results) -> list[str]:
    return [result.document.ref for result in results.results]


@pytest.fixture
def national(cast: Cast, index: Engine) -> GuidancePage:
    """A national page of Kent, indexed."""
    page = published(
        cast.kent_author,
        cast.kent_lead,
        cast.hub_approver,
        title="Quarrel posts",
        audience=("national",),
        purpose="<p>Ask for preservation before removal.</p>",
    )
    rebuild()
    return page


def test_everybody_finds_what_is_for_everybody(cast: Cast, national: GuidancePage) -> None:
    for user in (cast.kent_officer, cast.essex_officer, cast.hub_editor):
        results = _find(user, "quarrel")
        assert (_refs(results), results.total) == ([national.ref], 1)
        assert results.facets[Facet.FORCE] == {"kent": 1}


def test_another_force_finds_nothing_of_an_own_force_page(cast: Cast, index: Engine) -> None:
    page = published(cast.kent_author, cast.kent_lead, title="Quarrel posts")
    rebuild()
    assert _refs(_find(cast.kent_officer, "quarrel")) == [page.ref]
    for words in ("quarrel", page.ref, "", "qarrel", '"quarrel posts"'):
        results = _find(cast.essex_officer, words)
        assert (results.total, results.results) == (0, ())
        assert not any(results.facets.values())


def test_a_hidden_reference_answers_like_an_absent_one(cast: Cast, index: Engine) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    rebuild()
    hidden, absent = (_find(cast.essex_officer, ref) for ref in (page.ref, "GD-ZZZZZ"))
    assert (hidden.total, hidden.facets) == (absent.total, absent.facets)
    assert hidden.analysis.corrections == absent.analysis.corrections == ()


@pytest.mark.parametrize("form", ["{}", " {} ", "/{}/"])
def test_a_reference_leads_to_its_document(cast: Cast, national: GuidancePage, form: str) -> None:
    for typed in (national.ref, national.ref.lower(), national.ref.replace("-", "")):
        assert _refs(_find(cast.essex_officer, form.format(typed))) == [national.ref]


def test_drafts_are_found_by_the_editors_of_their_force_only(cast: Cast, index: Engine) -> None:
    page = draft(cast.kent_author, title="Quarrel posts", audience=("national",))
    rebuild()
    assert _refs(_find(cast.kent_author, "quarrel")) == [page.ref]
    assert _refs(_find(cast.kent_officer, "quarrel")) == []


def test_a_review_opens_a_revision_and_no_hit(cast: Cast, index: Engine) -> None:
    page = draft(cast.kent_author, title="Quarrel posts", audience=("national",))
    guidance_services.submit(page, by=cast.kent_author)
    rebuild()
    assert _find(cast.hub_approver, "quarrel").total == 0


def test_a_narrowed_page_is_gone_at_the_next_search(cast: Cast, national: GuidancePage) -> None:
    """The index still holds the wider facts; nothing has been drained."""
    Document.visible.filter(pk=national.pk).update(marking=Marking.OFFICIAL_SENSITIVE.value)
    exclude_until_indexed(national.pk, access_version=99)
    with capture_logs() as logged:
        results = _find(cast.essex_officer, "quarrel")
    assert (results.total, results.results) == (0, ())
    assert not logged, "left out by the query itself, not dropped after it"


def test_the_database_has_the_last_word_and_says_that_it_was_needed(
    cast: Cast, national: GuidancePage
) -> None:
    """A stale index without a pending row: the fault that the re-check is there for."""
    others = [
        published(
            cast.kent_author,
            cast.kent_lead,
            cast.hub_approver,
            title=f"Quarrel {number}",
            audience=("national",),
        )
        for number in range(3)
    ]
    rebuild()
    Document.visible.filter(pk=others[0].pk).update(visible_until=timezone.now() - timedelta(1))
    with capture_logs() as logged:
        results = _find(cast.essex_officer, "quarrel")
    assert results.total == len(results.results) == 3
    assert others[0].ref not in _refs(results)
    assert results.facets[Facet.FORCE] == {"kent": 3}
    (event,) = logged
    assert (event["event_name"], event["dropped"]) == ("search.hit_dropped", 1)


def test_dropped_hits_are_refilled_from_the_next_page(cast: Cast, index: Engine) -> None:
    pages = [draft(cast.kent_author, title=f"Quarrel {number}") for number in range(23)]
    rebuild()
    first = _refs(_find(cast.kent_author, "quarrel"))
    gone = [page.pk for page in pages if page.ref in first[:2]]
    Document.visible.filter(pk__in=gone).update(owner_org_id="essex", author_ref="")
    results = _find(cast.kent_author, "quarrel")
    assert results.total == 21
    assert len(results.results) == 20
    assert _refs(results)[:18] == first[2:]


def test_without_an_index_search_says_so(cast: Cast, index: Engine) -> None:
    with pytest.raises(EngineUnavailableError):
        _find(cast.kent_officer, "quarrel")


def test_a_phrase_that_nothing_has_falls_back_to_its_words(
    cast: Cast, national: GuidancePage
) -> None:
    exact = _find(cast.kent_officer, '"quarrel posts"')
    assert (exact.total, exact.without_phrases) == (1, False)
    loose = _find(cast.kent_officer, '"posts quarrel"')
    assert (loose.total, loose.without_phrases) == (1, True)


def test_filters_that_leave_nothing_say_what_there_is_without_them(
    cast: Cast, national: GuidancePage
) -> None:
    results = _find(cast.kent_officer, "quarrel", filters={Facet.TYPE: frozenset({"lesson"})})
    assert (results.total, results.without_filters) == (0, 1)


def test_a_partner_learns_nothing_from_documents_of_the_police(
    cast: Cast, national: GuidancePage
) -> None:
    """Neither spelling nor rarity may come from what the partner cannot see."""
    partner = person("riverside", Role.PARTNER)
    assert dict(_find(cast.kent_officer, "qarrel").analysis.corrections) == {"qarrel": "quarrel"}
    assert _find(partner, "qarrel").analysis.corrections == ()
    assert _find(partner, "quarrel").total == 0


def test_who_may_see_nothing_finds_nothing(cast: Cast, national: GuidancePage) -> None:
    auditor = person("oversight", Role.AUDITOR)
    viewer: Viewer = seen_by(auditor)
    assert not viewer.audience_terms
    assert _find(auditor, "").total == 0


def test_publication_is_found_after_one_drain(cast: Cast, national: GuidancePage) -> None:
    page = published(cast.kent_author, cast.kent_lead, title="Brandnew")
    assert _find(cast.kent_officer, "brandnew").total == 0
    while drain():
        pass
    assert _refs(_find(cast.kent_officer, "brandnew")) == [page.ref]
