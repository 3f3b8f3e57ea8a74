"""What the passages of documents mean, kept beside the documents themselves."""

from django.db import models


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
