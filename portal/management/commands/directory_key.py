"""`manage.py directory_key ORGANISATION`: the token with which a force's directory speaks SCIM."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from forces.models import Organisation
from forces.provisioning.directory import end_keys, new_key


class Command(BaseCommand):
    """The token is printed once and stored nowhere: hand it over by a way that you trust."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the organisation."""
        parser.add_argument("organisation", help="Its slug, such as kent.")
        parser.add_argument("--end", action="store_true", help="End its keys instead.")

    def handle(self, *, organisation: str, end: bool, **options: object) -> None:
        """Make a key, or end those there are."""
        found = Organisation.objects.filter(slug=organisation, ended_at=None).first()
        if found is None:
            raise CommandError(f"There is no organisation “{organisation}”.")
        if end:
            self.stdout.write(f"{end_keys(found, at=timezone.now())} ended.")
        else:
            self.stdout.write(new_key(found))
