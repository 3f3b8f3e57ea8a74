"""Requests for guidance: what somebody needed and the library does not have."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from forces.models import Organisation, User
from forces.models.people import opaque

REF_LENGTH = 10


def new_request_ref() -> str:
    """Names a request in forms, and says nothing of it."""
    return opaque(REF_LENGTH)


class GuidanceRequest(models.Model):
    """A question to the hub, open until a page answers it.

    The person who asked is kept to be told of the answer; the hub is shown the force.
    """

    ref = models.CharField(
        max_length=REF_LENGTH, unique=True, default=new_request_ref, editable=False
    )
    question = models.CharField(_("What did you look for?"), max_length=300)
    asked_by = models.ForeignKey(
        User, null=True, on_delete=models.SET_NULL, related_name="guidance_requests"
    )
    # Nobody's where searches of several forces became a request.
    force = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)
    # As text: it outlives its page, like every reference that is kept.
    answer_ref = models.CharField(max_length=12, blank=True)

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer_ref="")
                | (Q(answered_at__isnull=False) & ~Q(answer_ref="")),
                name="answered_by_a_page",
            )
        ]

    def __str__(self) -> str:
        return self.ref
