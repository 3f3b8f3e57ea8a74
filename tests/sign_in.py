"""Signs people in for tests: by a session, as strong as wanted, without the forms."""

import time

from django.test import Client

from forces.models import User
from forces.strength import add_password, add_second_factor

BACKEND = "forces.backends.PersonBackend"


def client_of(user: User, *, second_factor: bool = True) -> Client:
    """A browser that is signed in as somebody."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    session = client.session
    add_password(session, user, at=time.time())
    if second_factor:
        add_second_factor(session, user, at=time.time())
    session.save()
    return client
