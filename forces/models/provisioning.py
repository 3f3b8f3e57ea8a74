"""What a force's own directory tells us: by whose key, about whom."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from forces.models.people import Organisation, User, opaque


def new_directory_ref() -> str:
    """An id that is in no sequence: the directory keeps it."""
    return f"D-{opaque(10)}"


class DirectoryKey(models.Model):
    """A bearer token with which one organisation's directory speaks to us (RFC 6750).

    The token itself is told once, when it is made.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="directory_keys"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"key {self.pk}"


class DirectoryPerson(models.Model):
    """Somebody as a force's directory knows them; `user` once they are a person here.

    An account of the directory gives no role: it asks for access, as people do themselves.
    """

    ref = models.CharField(max_length=16, unique=True, default=new_directory_ref, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="directory_people"
    )
    external_id = models.CharField(max_length=120, blank=True)
    user_name = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    active = models.BooleanField(default=True)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=("organisation", "user_name"), name="once_in_a_directory"
            ),
            models.CheckConstraint(
                condition=Q(user_name=Lower("user_name")), name="user_name_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class PeopleList(models.Model):
    """Where a force that has no SCIM publishes its list, which we read each night."""

    organisation = models.OneToOneField(
        Organisation, on_delete=models.PROTECT, related_name="people_list"
    )
    address = models.CharField(
        max_length=300, help_text="An https address; the key for it comes from the environment."
    )
    read_at = models.DateTimeField(null=True, editable=False)
    # The last word of the trail about it: what went wrong, or "read".
    outcome = models.CharField(max_length=24, blank=True, editable=False)

    def __str__(self) -> str:
        return f"list of {self.organisation}"
