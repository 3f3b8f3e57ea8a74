"""The net under the services: what Wagtail changes by itself still reaches the search index."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished, post_page_move, task_cancelled

from forces.organisations import organisation_saved
from guidance import deletion
from guidance.changes import record_change
from guidance.files.disposal import remove_files_of
from guidance.models import Document, LawReference, Term
from guidance.seeding import lay_out_library
from guidance.workflow import close_reviews

TERMS_OF_A_PAGE: dict[str, str] = {
    Term.Vocabulary.PLATFORM: "platforms",
    Term.Vocabulary.CONTENT_TYPE: "content_types",
    Term.Vocabulary.TACTIC: "tactics",
}


@receiver([page_published, page_unpublished, post_page_move])
def page_changed(instance: Any, **kwargs: Any) -> None:
    """Whatever moved or changed a page, search reads it again."""
    if isinstance(instance, Document):
        record_change(instance.pk)


@receiver(organisation_saved)
def organisation_came(**kwargs: Any) -> None:
    """A new organisation can be shared with, and a force can write, from this moment."""
    lay_out_library()


@receiver(pre_delete)
def page_is_to_be_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    """Asked of every row, whether a view, a command or a queryset deletes it."""
    if sender is Document:
        deletion.refuse_side_door(instance.pk)


@receiver(post_delete)
def page_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    """A deleted document leaves the index, and its files leave the disk after the commit."""
    if sender is Document:
        record_change(instance.pk)
        document_pk = instance.pk
        transaction.on_commit(lambda: remove_files_of(document_pk))


@receiver(post_save, sender=LawReference)
def law_changed(instance: LawReference, **kwargs: Any) -> None:
    """A provision that came into force, or ended, changes what "in force now" finds."""
    for pk in Document.visible.filter(laws=instance).values_list("pk", flat=True):
        record_change(pk)


@receiver(pre_delete, sender=LawReference)
def law_deleted(instance: LawReference, **kwargs: Any) -> None:
    """Asked before it goes: afterwards no page names it any more."""
    law_changed(instance)


@receiver([post_save, post_delete], sender=Term)
def term_changed(instance: Term, **kwargs: Any) -> None:
    """A page is found by the names of its terms, too."""
    field = TERMS_OF_A_PAGE.get(instance.vocabulary)
    if field is None:
        return
    # Not every database can ask what stands in a list.
    for pk, slugs in Document.visible.values_list("pk", field):
        if instance.slug in slugs:
            record_change(pk)


@receiver(task_cancelled)
def review_cancelled(instance: Any, **kwargs: Any) -> None:
    """A withdrawn submission can no longer be read by those who were to review it."""
    close_reviews(instance.revision.content_object.pk)
