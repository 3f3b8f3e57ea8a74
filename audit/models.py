"""The rows of the trail: written once, sealed once, never changed after that."""

from django.db import models
from django.utils import timezone

from audit.events import Event


class Entry(models.Model):
    """One thing that somebody did. References are text: the row outlives its object.

    `sequence`, `previous_hash` and `hash` are empty until the worker seals the row into the
    chain. Triggers in the database refuse every other change, and every deletion.
    """

    recorded_at = models.DateTimeField(default=timezone.now)
    event = models.CharField(max_length=24, choices=Event.choices)
    actor = models.CharField(max_length=20, blank=True)
    action_object = models.CharField(max_length=40, blank=True)
    decision = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    policy_version = models.CharField(max_length=8)
    request_id = models.CharField(max_length=36, blank=True)
    detail = models.JSONField(default=dict)
    sequence = models.BigIntegerField(null=True, unique=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.event} {self.action_object}"


class Finding(models.Model):
    """The last verdict about a part of the portal. No part of the trail: each replaces the last."""

    class Subject(models.TextChoices):
        """What was looked at."""

        INDEX = "index", "Search index"
        TRAIL = "trail", "Trail"
        WORKER = "worker", "Worker"

    subject = models.CharField(max_length=10, choices=Subject.choices, unique=True)
    is_sound = models.BooleanField()
    found_at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.subject
