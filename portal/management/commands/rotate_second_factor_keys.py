"""`manage.py rotate_second_factor_keys`: after a new first key in MFA_SECRET_KEYS."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from forces.second_factor_keys import rotate


class Command(BaseCommand):
    """Says when the old key may go."""

    help = "Write every second-factor secret anew under the first key of MFA_SECRET_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate all or none."""
        try:
            count = rotate()
        except InvalidToken as error:
            raise CommandError(
                "A secret was written under a key that is not in MFA_SECRET_KEYS. Put that key "
                "back at the end of the list. Nothing was changed."
            ) from error
        self.stdout.write(f"{count} secrets are written under the first key. The others may go.")
