"""Changes that one person proposes and another confirms."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from access.vocabulary import Marking
from forces.models.people import ROLE_LABELS, Organisation, User, opaque

VALID_FOR = timedelta(days=14)


def new_proposal_ref() -> str:
    """An id that is in no sequence: it stands in the trail and in addresses."""
    return f"C-{opaque(6)}"


class Proposal(models.Model):
    """A change of who may do what, or of a door, that counts once a second person says so."""

    class Kind(models.TextChoices):
        """What it changes."""

        ADDED = "add", "Add a person"
        MOVED = "move", "Move a person"
        DOMAIN = "emaildomain", "E-mail domain"
        PROVIDER = "identityprovider", "Identity provider"

    class State(models.TextChoices):
        """What has become of it."""

        WAITING = "waiting", "Waits for a second person"
        CONFIRMED = "confirmed", "Confirmed"
        DECLINED = "declined", "Declined or withdrawn"

    ref = models.CharField(max_length=12, unique=True, default=new_proposal_ref, editable=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    # Who moves; nobody yet where somebody is added.
    subject = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # What will be: the words of the form, and of a door also what was there before.
    facts = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="confirmed")
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="a_second_person_confirms",
            ),
            models.CheckConstraint(
                condition=Q(subject__isnull=True)
                | ~Q(subject=F("proposed_by"))
                & (~Q(state="confirmed") | ~Q(subject=F("decided_by"))),
                name="nobody_gains_by_ones_own_word",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def is_open(self, *, at: datetime) -> bool:
        """Whether it can still be confirmed."""
        return self.state == self.State.WAITING and at < self.made_at + VALID_FOR

    @property
    def is_about_a_person(self) -> bool:
        """Whether it gives somebody a place; otherwise it changes a door."""
        return self.kind in (self.Kind.ADDED, self.Kind.MOVED)

    @property
    def role_labels(self) -> list[str]:
        """What people call the roles that it gives."""
        return [label for role, label in ROLE_LABELS.items() if role in self.facts["roles"]]

    @property
    def marking(self) -> str:
        """The marking up to which it lets somebody read, as it is written."""
        return Marking(self.facts["ceiling"]).name.replace("_", "-")
