"""What changes the words that everybody may know, without a change of any document."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from forces.models import RolloutPhase
from guidance.models import Change, Document


@receiver([post_save, post_delete], sender=RolloutPhase)
def phases_changed(**kwargs: Any) -> None:
    """Forces of a new phase may not see what ends before it: it must teach them no word."""
    pks = Document.visible.values_list("pk", flat=True)
    Change.objects.bulk_create(Change(document_pk=pk) for pk in pks)
