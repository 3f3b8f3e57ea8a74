"""What a page names: all of it that its reader may see, however much it is, in one statement."""

from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from guidance.linking import linked_to
from guidance.models import Document, GuidancePage
from tests.guidance.scene import Cast, published, seen_by


def test_any_number_of_names_takes_one_statement(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    viewer, at = seen_by(cast.kent_officer), timezone.now()
    seen = sorted(published(cast.kent_author, cast.kent_lead).ref for _ in range(4))
    hidden = published(cast.hub_editor, cast.hub_approver, audience=("hub",)).ref
    ids = dict(Document.objects.values_list("ref", "pk"))
    for refs in range(4):
        for links in range(4):
            named, linked = seen[:refs], seen[4 - links :]
            text = "".join(f'<a linktype="page" id="{ids[ref]}">x</a>' for ref in linked)
            page = GuidancePage(
                ref="GD-22222",
                purpose=text,
                evidence_links=[{"ref": ref, "version": "1.0"} for ref in [*named, hidden]],
            )
            assert page.linked_page_ids() == {ids[ref] for ref in linked}
            with django_assert_num_queries(1):
                found = [one.ref for one in linked_to(page, viewer, at=at)]
            assert sorted(found) == sorted({*named, *linked})
