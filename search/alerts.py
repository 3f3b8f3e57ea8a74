"""Digests: what is new for a saved search, for whoever its owner is at the moment of sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from access.policy import Viewer
from audit.events import Event
from audit.record import record
from forces.viewers import viewer_for
from guidance.changes import waiting_for
from guidance.editions import opened_wider
from guidance.models import Document
from search.engines import current_engine
from search.engines.base import Sort
from search.level import index_in_use
from search.models import SavedSearch
from search.query import NothingToSearchError, QueryTooLongError
from search.saved import form_of, next_due, token_of
from search.services import Request, find

AT_ONCE = 50
# A worker that was killed with a digest in its hands had it for so long.
CLAIM_LASTS = timedelta(minutes=15)
# A publication that is being committed this minute is in the next digest, and not in none.
SETTLING = timedelta(minutes=5)
# A change that the index cannot take for longer than this holds back no digest.
LAG_WAITED_FOR = timedelta(days=1)
MOST_PAGES = 20
MOST_NAMED = 30


def send_digests() -> int:
    """Send what is due; how many searches were dealt with. Forget those of people who left.

    No mail server can be part of a transaction, so a digest is claimed, sent, and written down as
    sent. Killed before it was sent, the claim lapses and the same digest is made again: not lost.
    Killed between sending and writing down, it is sent again with the same span and the same
    Message-ID, by which the mailbox drops the second: not doubled for its reader. A failure leaves
    the claim, too, and so holds up no other digest.
    """
    now = timezone.now()
    SavedSearch.objects.filter(user__is_active=False).delete()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM_LASTS)
    due = SavedSearch.objects.filter(free, due_at__lte=now, is_paused=False)
    count = 0
    for pk in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:AT_ONCE]):
        # One statement decides between two workers, on every database.
        if due.filter(pk=pk).update(claimed_at=now):
            count += 1
            # Gone, if its owner deleted it in this very moment.
            for saved in SavedSearch.objects.filter(pk=pk).select_related("user"):
                _deal_with(saved, at=now)
    return count


def _deal_with(saved: SavedSearch, *, at: datetime) -> None:
    if saved.reporting_until_at is None:
        # Written down before the mail goes: what is sent again under one Message-ID must be
        # about the same span, or the second would be dropped with news in it.
        saved.reporting_until_at = max(saved.covered_until_at, _settled(at=at))
        saved.save(update_fields=["reporting_until_at"])
    # The mail is a place without a second factor, so no OFFICIAL-SENSITIVE page is named in it.
    viewer = viewer_for(saved.user, second_factor=False, at=at)
    refs = _news(saved, viewer, at=at)
    if refs:
        _mail(saved, refs)
        record(
            Event.SEARCH,
            actor="system",
            action_object=saved.user.public_id,
            reason="digest",
            detail={"total": len(refs)},
        )
    sent = SavedSearch.objects.filter(pk=saved.pk)
    sent.update(covered_until_at=saved.reporting_until_at, reporting_until_at=None, claimed_at=None)
    # Not if the owner has turned mails off, or over, meanwhile.
    following = next_due(saved.rhythm, at=at)
    sent.filter(rhythm=saved.rhythm, due_at=saved.due_at).update(due_at=following)


def _settled(*, at: datetime) -> datetime:
    """Up to when the index surely holds what was published."""
    waiting = waiting_for(index_in_use(current_engine())).order_by("queued_at")
    waiting = waiting.filter(queued_at__gt=at - LAG_WAITED_FOR)
    oldest = waiting.values_list("queued_at", flat=True).first()
    settled = at - SETTLING
    return min(settled, oldest) if oldest else settled


def _news(saved: SavedSearch, viewer: Viewer, *, at: datetime) -> list[str]:
    """References of what this viewer may read now, and could not before."""
    since, until = saved.covered_until_at, saved.reporting_until_at
    published = Q(first_published_at__gt=since, first_published_at__lte=until)
    opened = Q(visible_from__gt=since, visible_from__lte=until)
    again = Q(last_published_at__gt=since, last_published_at__lte=until)
    visible = Document.visible.published_to(viewer, at=at)
    new = visible.filter(published | opened).only("pk", "ref", "last_published_at")
    fresh = {row.pk: row for row in new}
    changed = visible.filter(again).exclude(pk__in=fresh).prefetch_related("audience", "groups")
    fresh |= {row.pk: row for row in changed if opened_wider(row, viewer, since=since, at=at)}
    form = form_of(saved.asked)
    if not fresh or not form.is_valid():
        return []
    first = min(timezone.localdate(row.last_published_at) for row in fresh.values())
    request = form.as_request()
    earliest = max(first, request.published_from_date or first)
    found = _found(viewer, replace(request, published_from_date=earliest), at=at)
    return [fresh[pk].ref for pk in found if pk in fresh]


def _found(viewer: Viewer, request: Request, *, at: datetime) -> list[int]:
    """All documents of a search, newest first."""
    found: list[int] = []
    for page in range(1, MOST_PAGES + 1):
        try:
            results = find(viewer, replace(request, page=page, sort=Sort.NEWEST), at=at)
        except (NothingToSearchError, QueryTooLongError):
            # A word that search has stopped taking; its owner reads so on the page.
            break
        found += [result.document.pk for result in results.results]
        if page >= results.last_page:
            break
    return found


def _mail(saved: SavedSearch, refs: list[str]) -> None:
    """References only: neither titles nor the words nor the name that the owner gave."""
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    stop = f"{base}{reverse('stop_mails', args=[token_of(saved)])}"
    told = {
        "service": settings.WAGTAIL_SITE_NAME,
        "links": [f"{base}/{ref}/" for ref in refs[:MOST_NAMED]],
        "has_more": len(refs) > MOST_NAMED,
        "saved": f"{base}{reverse('saved_searches')}",
        "stop": stop,
    }
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2]
    span = int(saved.covered_until_at.timestamp())
    EmailMessage(
        f"New pages in the {settings.WAGTAIL_SITE_NAME}",
        render_to_string("search/mail/digest.txt", told),
        to=[saved.user.email],
        headers={
            "Message-ID": f"<digest-{saved.ref}-{span}@{sender}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    ).send()
