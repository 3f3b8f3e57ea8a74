"""Opaque references (GD-7F3K2): the address of a document or file, never reused."""

import secrets

from django.db import IntegrityError, models, transaction

# Without 0/O, 1/I/L: officers read references out over the radio.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 5


class Reference(models.Model):
    """A reference that was given out once. The row stays when its object is deleted."""

    ref = models.CharField(max_length=12, primary_key=True)
    issued_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.ref


def issue_reference(prefix: str) -> str:
    """Give out a reference that was never given before, such as GD-7F3K2 for prefix GD."""
    while True:
        ref = f"{prefix}-" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        try:
            with transaction.atomic():
                Reference.objects.create(ref=ref)
        except IntegrityError:
            continue
        return ref
