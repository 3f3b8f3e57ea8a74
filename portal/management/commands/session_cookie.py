"""`manage.py session_cookie EMAIL [--second-factor]`: a session for demos and measurements."""

from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from forces.models import User
from forces.sessions import begin
from forces.strength import add_password, add_second_factor


class Command(BaseCommand):
    """Prints sessionid=VALUE; refuses outside demo and test settings."""

    help = "Print a session cookie of a person (demo and test settings only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose session, and how strong."""
        parser.add_argument("email")
        parser.add_argument("--second-factor", action="store_true")

    def handle(self, *args: Any, email: str, second_factor: bool, **options: Any) -> None:
        """Make the session and print its cookie."""
        if not settings.DEMO:
            raise CommandError("Sessions are printed in demo and test settings only.")
        user = User.objects.filter(email=email.lower()).first()
        if user is None:
            raise CommandError(f"There is no person with the address {email}.")
        at = timezone.now().timestamp()
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        begin(session, user_agent="", now=timezone.now())
        add_password(session, user, at=at)
        if second_factor:
            add_second_factor(session, user, at=at)
        session.create()
        self.stdout.write(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
