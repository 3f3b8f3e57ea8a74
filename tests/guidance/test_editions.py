"""A page's history: what was published when, told to whom it was published."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from access.vocabulary import Marking
from forces.models import User
from guidance import services
from guidance.editions import Edition, editions_of
from guidance.facts import facts_of
from guidance.models import AudienceTerm, Document, GuidancePage
from tests.guidance.scene import Cast, approve_all, draft, published, seen_by


def republished(cast: Cast, page: GuidancePage, **fields: Any) -> GuidancePage:
    """Another version of a page of Kent, through every approval."""
    audience = fields.pop("audience", None)
    held = page.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(held, name, value)
    if audience is not None:
        held.audience.set(AudienceTerm.objects.filter(pk__in=audience))
    held.save_revision(user=cast.kent_author, clean=False)
    services.submit(page, by=cast.kent_author)
    approve_all(page, cast.kent_lead)
    if GuidancePage.objects.get(pk=page.pk).has_unpublished_changes:
        approve_all(page, cast.hub_approver)
    fresh: GuidancePage = GuidancePage.objects.get(pk=page.pk)
    return fresh


def told(page: Document, reader: User) -> list[tuple[str, str]]:
    """Versions and notes, as a reader is told of them."""
    found = editions_of(page, facts_of(page), seen_by(reader), at=timezone.now())
    return [(one.version, one.note) for one in found]


def test_each_publication_is_told_newest_first(cast: Cast) -> None:
    """With its own note and time; a draft that nobody published is told to nobody."""
    page = published(cast.kent_author, cast.kent_lead, version="1.0", change_note="First.")
    page = republished(cast, page, version="1.1", change_note="Step 3 is clearer.")
    held = page.get_latest_revision_as_object()
    held.change_note = "Not yet."
    held.save_revision(user=cast.kent_author, clean=False)
    page = GuidancePage.objects.get(pk=page.pk)
    assert told(page, cast.kent_officer) == [("1.1", "Step 3 is clearer."), ("1.0", "First.")]
    newest, first = editions_of(page, facts_of(page), seen_by(cast.kent_officer), at=timezone.now())
    assert newest.published_at > first.published_at


def test_a_note_for_the_own_force_is_not_told_to_all_once_the_page_is(cast: Cast) -> None:
    """Each note was written for those who could read it then."""
    page = published(cast.kent_author, cast.kent_lead, version="1.0", change_note="For Kent.")
    page = republished(cast, page, version="2.0", change_note="For all.", audience=("national",))
    assert told(page, cast.essex_officer) == [("2.0", "For all.")]
    assert told(page, cast.kent_officer) == [("2.0", "For all."), ("1.0", "For Kent.")]


def test_a_note_of_a_sensitive_version_needs_a_second_factor(cast: Cast) -> None:
    """Also once the page is OFFICIAL."""
    page = published(
        cast.kent_author, cast.kent_lead, marking=Marking.OFFICIAL_SENSITIVE, change_note="Quiet."
    )
    page = republished(cast, page, marking=Marking.OFFICIAL, version="1.1", change_note="Open.")
    weak = seen_by(cast.kent_officer, second_factor=False)
    found = editions_of(page, facts_of(page), weak, at=timezone.now())
    assert [one.note for one in found] == ["Open."]
    assert len(told(page, cast.kent_officer)) == 2


def test_a_copy_begins_without_a_history(cast: Cast) -> None:
    """It is another document."""
    page = published(cast.kent_author, cast.kent_lead)
    copied = page.copy(update_attrs={"slug": "copied"}, user=cast.kent_author)
    assert page.editions
    assert not GuidancePage.objects.get(pk=copied.pk).editions


def test_only_a_whole_number_is_a_major_version() -> None:
    """2.1 puts right what 2.0 says."""
    now = timezone.now()
    assert [Edition(version, "", now).is_major for version in ("2.0", "3", "2.1", "1.10")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_draft_has_no_history(cast: Cast) -> None:
    """Nothing was published."""
    assert told(draft(cast.kent_author), cast.kent_author) == []
