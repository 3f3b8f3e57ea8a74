"""Narrowing holds at once and stays; only an approved widening lets more people in."""

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from access.vocabulary import Marking
from guidance import services
from guidance.facts import audience_facts
from guidance.models import AudienceTerm, Change, Document, GuidancePage, Pending
from tests.guidance.scene import (
    Cast,
    approve_all,
    draft,
    in_future,
    need_to_know,
    published,
    seen_by,
)


def readers(page: Document, cast: Cast) -> set[str]:
    """Which of the officers of three forces may read the live row."""
    officers = {"kent": cast.kent_officer, "essex": cast.essex_officer, "met": cast.met_officer}
    now = timezone.now()
    return {
        name
        for name, user in officers.items()
        if Document.visible.to(seen_by(user), at=now).filter(pk=page.pk).exists()
    }


def set_audience(page: GuidancePage, *terms: str) -> None:
    page.audience.set(AudienceTerm.objects.filter(pk__in=terms))


def national(cast: Cast) -> GuidancePage:
    approvers = (cast.kent_lead, cast.hub_approver)
    return published(cast.kent_author, *approvers, audience=("national",))


def narrow_to_region(page: GuidancePage, cast: Cast) -> None:
    to = replace(audience_facts(page), audience=frozenset({"region:ersou"}))
    services.narrow(page, to=to, by=cast.kent_lead, reason="Under review by counsel")


def test_narrowing_changes_the_live_row_the_draft_and_the_access_version(cast: Cast) -> None:
    page = national(cast)
    page.summary = "A draft that nobody approved."
    page.save_revision(user=cast.kent_author)
    before = page.access_version
    narrow_to_region(page, cast)
    live = GuidancePage.objects.get(pk=page.pk)
    assert readers(live, cast) == {"kent", "essex"}
    assert live.summary == "A summary.", "narrowing must not publish the draft"
    assert live.access_version == before + 1
    newest = live.get_latest_revision_as_object()
    assert audience_facts(newest).audience == {"region:ersou"}
    assert newest.summary == "A draft that nobody approved."


def test_narrowing_keeps_the_page_out_of_search_at_once(cast: Cast) -> None:
    page = national(cast)
    Change.objects.all().delete()
    narrow_to_region(page, cast)
    assert Pending.objects.filter(document_pk=page.pk).exists()
    assert Change.objects.filter(document_pk=page.pk).exists()


def test_a_wider_choice_in_the_narrow_form_is_ignored(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    to = replace(audience_facts(page), audience=frozenset({"national"}))
    services.narrow(page, to=to, by=cast.kent_lead, reason="Trying to widen")
    assert readers(page, cast) == {"kent"}


def test_publishing_an_old_wider_revision_keeps_the_narrow_audience(cast: Cast) -> None:
    page = national(cast)
    wide = page.get_latest_revision()
    narrow_to_region(page, cast)
    page = GuidancePage.objects.get(pk=page.pk)
    wide.refresh_from_db()
    reverted = wide.as_object()
    set_audience(reverted, "national")
    reverted.save_revision(user=cast.kent_author, previous_revision=wide)
    page.refresh_from_db()
    services.submit(page, by=cast.kent_author)
    narrow_to_region(page, cast)
    approve_all(page, cast.kent_lead, cast.hub_approver)
    assert readers(GuidancePage.objects.get(pk=page.pk), cast) == {"kent", "essex"}


def test_an_approved_widening_widens(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    set_audience(page, "national")
    page.save_revision(user=cast.kent_author)
    services.submit(page, by=cast.kent_author)
    approve_all(page, cast.kent_lead)
    assert readers(page, cast) == {"kent"}
    approve_all(page, cast.hub_approver)
    assert readers(page, cast) == {"kent", "essex", "met"}


def test_an_approval_given_before_a_narrowing_no_longer_widens(cast: Cast) -> None:
    page = national(cast)
    narrow_to_region(page, cast)
    page = GuidancePage.objects.get(pk=page.pk)
    set_audience(page, "national")
    page.save_revision(user=cast.kent_author)
    services.submit(page, by=cast.kent_author)
    approve_all(page, cast.kent_lead)
    to = replace(audience_facts(GuidancePage.objects.get(pk=page.pk)), audience=frozenset({"own"}))
    services.narrow(page, to=to, by=cast.kent_lead, reason="Something came up")
    approve_all(page, cast.hub_approver)
    assert readers(page, cast) == {"kent"}


def test_groups_without_a_common_one_are_refused(cast: Cast) -> None:
    first, second = map(need_to_know, ("one", "two"))
    page = draft(cast.kent_author)
    page.groups.set([first])
    page.save()
    to = replace(audience_facts(page), groups=frozenset({second.slug}))
    with pytest.raises(ValidationError):
        services.narrow(page, to=to, by=cast.kent_lead, reason="Another group")


def test_an_emptied_audience_stays_empty(cast: Cast) -> None:
    page = published(cast.hub_editor, cast.hub_approver, audience=("region:london",))
    to = replace(audience_facts(page), audience=frozenset({"region:ersou"}))
    services.narrow(page, to=to, by=cast.hub_editor, reason="No reader is in both")
    page = GuidancePage.objects.get(pk=page.pk)
    page.save()
    assert audience_facts(page).audience == frozenset()
    assert readers(page, cast) == set()


def test_marking_and_end_date_narrow_too(cast: Cast) -> None:
    page = national(cast)
    to = replace(
        audience_facts(page), marking=Marking.OFFICIAL_SENSITIVE, visible_until=in_future(days=1)
    )
    services.narrow(page, to=to, by=cast.kent_lead, reason="Contains tactics")
    page = GuidancePage.objects.get(pk=page.pk)
    weak = seen_by(cast.essex_officer, second_factor=False)
    assert not Document.visible.to(weak, at=timezone.now()).exists()
    strong = seen_by(cast.essex_officer)
    assert Document.visible.to(strong, at=timezone.now()).exists()
    assert not Document.visible.to(strong, at=in_future(days=2)).exists()


def test_withdrawn_pages_stay_readable_to_their_old_audience(cast: Cast) -> None:
    page = national(cast)
    services.withdraw(page, by=cast.kent_lead, reason="The law changed in spring.")
    page.refresh_from_db()
    assert page.state == "withdrawn"
    assert readers(page, cast) == {"kent", "essex", "met"}


def test_a_withdrawal_needs_a_reason_and_a_published_page(cast: Cast) -> None:
    with pytest.raises(ValidationError):
        services.withdraw(national(cast), by=cast.kent_lead, reason="old")
    with pytest.raises(ValidationError):
        services.withdraw(draft(cast.kent_author), by=cast.kent_lead, reason="Never published.")
