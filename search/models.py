"""What search keeps: saved searches, best bets, searches in vain, what documents mean."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from forces.models import User
from forces.models.people import opaque

REF_LENGTH = 10


def new_ref() -> str:
    """Names a saved search in addresses and mails, and says nothing of it."""
    return opaque(REF_LENGTH)


class Rhythm(models.TextChoices):
    """How often news of a saved search is mailed."""

    NEVER = "never", _("No e-mail")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")


class SavedSearch(models.Model):
    """A search that its owner can run again, and be told of new documents for.

    The words are content: nobody but the owner sees them, and no mail, log or trail holds them.
    """

    ref = models.CharField(max_length=REF_LENGTH, unique=True, default=new_ref, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("Name"), max_length=80)
    # The search as its address has it, without the page.
    asked = models.CharField(max_length=2000, editable=False)
    rhythm = models.CharField(
        _("E-mail about new documents"),
        max_length=6,
        choices=Rhythm.choices,
        default=Rhythm.NEVER,
    )
    is_paused = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(null=True, editable=False)
    # What became readable until then has been reported, or was there when the search was saved.
    covered_until_at = models.DateTimeField(editable=False)
    # A digest on its way: who took it when, and up to which moment it reports.
    claimed_at = models.DateTimeField(null=True, editable=False)
    reporting_until_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ("name", "pk")
        indexes = [models.Index(fields=["due_at"], name="saved_search_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at=None) | ~Q(rhythm=Rhythm.NEVER), name="nothing_due_of_never"
            )
        ]

    def __str__(self) -> str:
        return self.ref


class BestBet(models.Model):
    """A page that the hub has chosen for certain words, until a day.

    It opens nothing: it is shown to those who may read the page, and to nobody else.
    """

    words = models.CharField(
        _("Words of the search"),
        max_length=200,
        help_text=_("All of them, in any order and form, and no others: “cover letter”."),
    )
    # What searches are compared with: see search.best_bets.
    stems = models.CharField(max_length=400, editable=False, db_index=True)
    # As text: it outlives its page, like every reference that is kept.
    ref = models.CharField(
        _("Reference of the page"), max_length=12, help_text=_("Such as GD-7F3K2.")
    )
    reason = models.CharField(
        _("Why this page"),
        max_length=200,
        help_text=_("Readers see it above the page. Name no person and no case."),
    )
    until_date = models.DateField(
        _("Until"), help_text=_("The last day. To end it sooner, enter a day that has passed.")
    )
    set_by = models.ForeignKey(
        User, null=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ("-until_date", "words", "pk")

    def __str__(self) -> str:
        return self.words


class Vain(models.TextChoices):
    """In which way a search was in vain."""

    EMPTY = "empty", _("found nothing")
    UNOPENED = "unopened", _("opened nothing of what was found")


class Unanswered(models.Model):
    """That a force searched for something in vain on a day: neither who, nor how often.

    `key` is a keyed hash of the words, from which nobody reads them back. The words themselves
    stand only in rows that were written when enough forces had looked for them.
    """

    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=8, choices=Vain.choices, db_default=Vain.EMPTY)
    words = models.CharField(max_length=300, blank=True)
    organisation = models.CharField(max_length=50)
    day = models.DateField()
    # Until then the search may still be answered by opening a page. Emptied after that: with the
    # trail beside it, the minute would name the person.
    open_until_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "organisation", "day"], name="once_a_day_for_each_force"
            )
        ]
        indexes = [models.Index(fields=["day"], name="unanswered_day")]

    def __str__(self) -> str:
        return self.key


class Meaning(models.Model):
    """The vectors of one document's passages; made from it, and changed only with the index.

    They lie in the database so that they change in the transaction that takes a change off the
    list, and so that every web host has them. `document_pk` is no foreign key, because the row
    outlives a deleted document, empty, to tell of it.
    """

    document_pk = models.BigIntegerField(primary_key=True)
    ref = models.CharField(max_length=8)
    # The facts that the access rule compares, as JSON; empty for what is gone.
    facts = models.TextField(blank=True)
    # Digests of the model and of the passages: what has not changed is not embedded again.
    model = models.CharField(max_length=16)
    made_of = models.CharField(max_length=16)
    # The number of its first passage. No number is ever given twice.
    start = models.BigIntegerField()
    passages = models.PositiveIntegerField()
    vectors = models.BinaryField()
    # Counts the transactions that wrote here, so that readers can ask for what is new.
    sequence = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return self.ref
