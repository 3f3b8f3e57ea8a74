"""Saved searches: kept, changed and given up by their owner alone."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from forces.models import User
from search.forms import SearchForm
from search.models import Rhythm, SavedSearch

MOST_OF_ONE_PERSON = 50
LONGEST = 2000
# Before the early shift reads its mail.
HOUR_OF_MAILS = time(6)

_signer = Signer(salt="search.unsubscribe")


def saved_of(user: User) -> QuerySet[SavedSearch]:
    """What this person has saved."""
    return SavedSearch.objects.filter(user=user)


def save_search(user: User, asked: str, *, at: datetime) -> SavedSearch:
    """Keep a search. Raises ValidationError for what is no search, and for one too many."""
    form = form_of(asked)
    if not form.is_valid():
        raise ValidationError(_("This search cannot be saved. Search again, then save it."))
    kept = _kept(asked)
    if len(kept) > LONGEST:
        raise ValidationError(_("This search is too long to be saved. Leave something out."))
    mine = saved_of(user)
    # The same search twice is a second press of the button.
    if (same := mine.filter(asked=kept).first()) is not None:
        return same
    if mine.count() >= MOST_OF_ONE_PERSON:
        raise ValidationError(_("You have saved 50 searches. Delete one first."))
    name = form.cleaned_data["q"][:80] or _("A search without words")
    return SavedSearch.objects.create(user=user, name=name, asked=kept, covered_until_at=at)


def form_of(asked: str) -> SearchForm:
    """The saved search as the form of the search page reads it."""
    return SearchForm(QueryDict(asked))


def _kept(asked: str) -> str:
    """The address without the page, and without whatever else was typed there."""
    kept, given = QueryDict(mutable=True), QueryDict(asked)
    for name in form_of(asked).fields:
        values = [value for value in given.getlist(name) if value]
        if values and name != "page":
            kept.setlist(name, values)
    return kept.urlencode()


def change_search(saved: SavedSearch, *, name: str, rhythm: Rhythm, at: datetime) -> None:
    """Rename it and choose how often to be told; news counts from when mails were turned on."""
    written = ["name", "rhythm", "due_at"]
    if rhythm != saved.rhythm:
        if saved.rhythm == Rhythm.NEVER:
            saved.covered_until_at = at
            # A digest that was on its way when mails were turned off is of another time.
            saved.reporting_until_at = saved.claimed_at = None
            written += ["covered_until_at", "reporting_until_at", "claimed_at"]
        saved.rhythm = rhythm
        saved.due_at = next_due(rhythm, at=at)
    saved.name = name
    # Nothing else: a worker may be writing down that it has sent this one.
    saved.save(update_fields=written)


def pause(saved: SavedSearch, *, is_paused: bool) -> None:
    """Keep still for a while; what came meanwhile is in the next digest."""
    saved.is_paused = is_paused
    saved.save(update_fields=["is_paused"])


def next_due(rhythm: str, *, at: datetime) -> datetime | None:
    """The next morning, or the next Monday morning, on the reader's clock."""
    if rhythm == Rhythm.NEVER:
        return None
    today = timezone.localdate(at)
    days = 1 if rhythm == Rhythm.DAILY else 7 - today.weekday()
    morning = datetime.combine(today + timedelta(days=days), HOUR_OF_MAILS)
    return timezone.make_aware(morning)


def token_of(saved: SavedSearch) -> str:
    """What stops the mails of one search without sign-in. It never lapses: old mails stay."""
    return _signer.sign(saved.ref)


def stop_mails(token: str) -> None:
    """Stop them; a token that is forged, used or of a deleted search changes nothing."""
    try:
        ref = _signer.unsign(token)
    except BadSignature:
        return
    SavedSearch.objects.filter(ref=ref).update(rhythm=Rhythm.NEVER, due_at=None)
