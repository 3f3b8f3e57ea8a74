"""`manage.py create_person EMAIL --name … --organisation … --role …`: the first people.

The bootstrap, for whoever runs the portal: it asks neither for a second person nor for the domain,
since at first there is neither. The trail says “system”; later people come by the people page.
"""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from access.vocabulary import Marking, Role
from forces.forms import end_of
from forces.models import Organisation
from forces.services import THEY_CHOOSE_A_PASSWORD, create_person


class Command(BaseCommand):
    """Adds a person without a password; they set one through a reset link."""

    help = "Add a person with a first membership."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Who, where, in which roles."""
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--organisation", required=True, help="its slug, such as kent or hub")
        parser.add_argument(
            "--role", action="append", required=True, choices=[role.value for role in Role]
        )
        parser.add_argument("--until", metavar="YYYY-MM-DD", help="last day; partners need one")
        parser.add_argument("--official-sensitive", action="store_true")
        parser.add_argument("--print-reset-link", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Add the person, or say what is wrong."""
        organisation = Organisation.objects.filter(slug=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"There is no organisation {options['organisation']}.")
        sensitive, until = options["official_sensitive"], options["until"]
        try:
            user = create_person(
                email=options["email"],
                name=options["name"],
                organisation=organisation,
                roles=[Role(role) for role in options["role"]],
                ceiling=Marking.OFFICIAL_SENSITIVE if sensitive else Marking.OFFICIAL,
                ends_at=end_of(date.fromisoformat(until)) if until else None,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except ValueError as error:
            raise CommandError("--until takes a day such as 2026-12-31.") from error
        self.stdout.write(f"Added {user.public_id}. {THEY_CHOOSE_A_PASSWORD}")
        if options["print_reset_link"]:
            key = default_token_generator.make_token(user)
            link = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(user), key])
            self.stdout.write(f"Or, once, at {link}")
