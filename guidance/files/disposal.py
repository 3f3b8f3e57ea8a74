"""Removes the files of deleted documents from the database and from the disk."""

from guidance.models.files import StoredFile, StoredImage


def remove_files_of(document_pk: int) -> None:
    """Delete every file and picture of a document that is gone, with all its sizes."""
    for model in (StoredFile, StoredImage):
        for row in model.objects.filter(belongs_to=document_pk):
            row.delete()
