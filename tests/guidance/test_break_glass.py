"""Break-glass: by another person's word, for a time, told to the owner, each reading recorded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from access.vocabulary import Marking, Role
from audit.models import Entry
from forces.models import BreakGlassGrant, User
from guidance import break_glass
from guidance.break_glass_notices import tell_of_break_glass
from guidance.models import BreakGlassRequest, GuidancePage
from guidance.serving import Refused, open_document
from tests.guidance.scene import Cast, draft, in_future, person, published, seen_by

REASON = "An offender in case 12 is named in it, I am told."
DAY = timedelta(days=1)


def asked(user: User, ref: str) -> BreakGlassRequest:
    return break_glass.ask(user, seen_by(user), document_ref=ref, reason=REASON)


def granted(user: User, ref: str, *, by: User) -> BreakGlassRequest:
    request = asked(user, ref)
    viewer = seen_by(by)
    break_glass.grant(request, by=by, viewer=viewer, lasts=DAY, at=timezone.now())
    request.refresh_from_db()
    return request


def reads(user: User, ref: str, *, later: timedelta = timedelta(0)) -> bool:
    now = timezone.now() + later
    try:
        open_document(seen_by(user, at=now), ref, at=now, request_id="r")
    except Refused:
        return False
    return True


def told() -> list[tuple[str, str]]:
    """Who was mailed what, and the mailbox emptied."""
    found = [(one.to[0], str(one.body)) for one in mail.outbox]
    mail.outbox.clear()
    return found


def test_an_officer_reads_what_was_granted_until_it_ends_by_itself(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    other = published(cast.kent_author, cast.kent_lead)
    assert not reads(cast.essex_officer, page.ref)
    granted(cast.essex_officer, page.ref, by=cast.hub_approver)
    assert reads(cast.essex_officer, page.ref)
    assert not reads(cast.essex_officer, other.ref)
    assert not reads(cast.essex_officer, page.ref, later=DAY + timedelta(seconds=1))
    rows = Entry.objects.filter(event="grant-reading", action_object=page.ref)
    assert [row.actor for row in rows] == [cast.essex_officer.public_id]


@pytest.mark.parametrize("what", ["draft", "embargo", "marking"])
def test_it_widens_the_audience_and_nothing_else(cast: Cast, what: str) -> None:
    reader = person("essex", Role.OFFICER, ceiling=Marking.OFFICIAL, name="low")
    if what == "draft":
        page = draft(cast.kent_author)
    elif what == "embargo":
        page = published(cast.kent_author, cast.kent_lead, visible_from=in_future(days=1))
    else:
        page = published(cast.kent_author, cast.kent_lead, marking=Marking.OFFICIAL_SENSITIVE)
    granted(reader, page.ref, by=cast.hub_approver)
    assert not reads(reader, page.ref)


def test_nobody_decides_for_oneself(cast: Cast) -> None:
    request = asked(cast.hub_approver, "GD-22222")
    viewer, now = seen_by(cast.hub_approver), timezone.now()
    assert request not in break_glass.open_requests(viewer)
    with pytest.raises(PermissionDenied):
        break_glass.grant(request, by=cast.hub_approver, viewer=viewer, lasts=DAY, at=now)
    with pytest.raises(PermissionDenied):
        break_glass.decline(request, by=cast.hub_approver, viewer=viewer, at=now)
    request.decided_by, request.decided_at = cast.hub_approver, now
    with pytest.raises(IntegrityError), transaction.atomic():
        request.save()


def test_only_information_rights_and_hub_approvers_decide(cast: Cast) -> None:
    request = asked(cast.essex_officer, "GD-22222")
    for user in (cast.kent_lead, cast.kent_officer, cast.hub_editor):
        with pytest.raises(PermissionDenied):
            break_glass.grant(request, by=user, viewer=seen_by(user), lasts=DAY, at=timezone.now())
    weak = seen_by(cast.hub_approver, second_factor=False)
    with pytest.raises(PermissionDenied):
        break_glass.grant(request, by=cast.hub_approver, viewer=weak, lasts=DAY, at=timezone.now())
    assert not BreakGlassGrant.objects.exists()


def test_asking_and_granting_cost_the_same_for_hidden_and_absent(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    costs = []
    for ref in (page.ref, "GD-22222"):
        with CaptureQueriesContext(connection) as queries:
            granted(cast.essex_officer, ref, by=cast.hub_approver)
        costs.append([query["sql"].split(" ")[0] for query in queries])
    assert costs[0] == costs[1]


def test_the_owner_and_the_auditors_are_told_by_reference(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead, title="About quillonvane")
    auditor = person("oversight", Role.AUDITOR)
    told()
    asked(cast.essex_officer, page.ref)
    tell_of_break_glass()
    mails = told()
    assert cast.hub_approver.email in {to for to, _ in mails}
    assert not any(page.ref in text for _, text in mails)
    granted(cast.essex_officer, page.ref, by=cast.hub_approver)
    tell_of_break_glass()
    mails = told()
    assert {to for to, text in mails if page.ref in text} == {cast.kent_lead.email, auditor.email}
    assert cast.essex_officer.email in {to for to, _ in mails}
    assert reads(cast.essex_officer, page.ref)
    tell_of_break_glass()
    mails = told()
    assert {to for to, _ in mails} == {cast.kent_lead.email, auditor.email}
    assert not any("quillonvane" in text for _, text in mails)
    assert (tell_of_break_glass(), told()) == (0, [])


def test_whoever_is_no_longer_lead_when_it_is_sent_is_not_told(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    granted(cast.essex_officer, page.ref, by=cast.hub_approver)
    told()
    cast.kent_lead.memberships.update(roles=[Role.OFFICER.value])
    tell_of_break_glass()
    assert cast.kent_lead.email not in {to for to, _ in told()}


@pytest.mark.parametrize("who", ["kent_lead", "hub_approver", "essex_officer"])
def test_owner_granter_and_reader_end_it_early(cast: Cast, who: str) -> None:
    page: GuidancePage = published(cast.kent_author, cast.kent_lead)
    request = granted(cast.essex_officer, page.ref, by=cast.hub_approver)
    with pytest.raises(PermissionDenied):
        break_glass.end(request, viewer=seen_by(cast.kent_officer), at=timezone.now())
    break_glass.end(request, viewer=seen_by(getattr(cast, who)), at=timezone.now())
    assert not reads(cast.essex_officer, page.ref)
    decisions = Entry.objects.filter(event="grant", action_object=page.ref).order_by("pk")
    assert [row.decision for row in decisions] == ["asked", "granted", "ended"]


def test_an_auditor_reads_text_through_a_grant_only(cast: Cast) -> None:
    page = published(cast.kent_author, cast.kent_lead)
    auditor = person("oversight", Role.AUDITOR)
    assert not reads(auditor, page.ref)
    granted(auditor, page.ref, by=cast.hub_approver)
    assert reads(auditor, page.ref)


def test_partners_and_weak_sessions_do_not_ask(cast: Cast) -> None:
    weak = seen_by(cast.essex_officer, second_factor=False)
    partner = seen_by(person("riverside", Role.PARTNER))
    assert not break_glass.may_ask(weak)
    assert not break_glass.may_ask(partner)
