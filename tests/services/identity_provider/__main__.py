"""The process: makes the database, adds the portal as a client, and answers on a port.

python -m tests.services.identity_provider PORT CLIENT_ID SECRET REDIRECT_URI ...
"""

import sys
from wsgiref.simple_server import make_server

import django


def main(port: str, client_id: str, secret: str, *redirects: str) -> None:
    """Say on standard output when it is ready, and serve until it is killed."""
    django.setup()
    from allauth.idp.oidc.models import Client
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    client = Client(id=client_id, name="The portal", skip_consent=True)
    client.scopes = "openid\nprofile\nemail"
    client.redirect_uris = "\n".join(redirects)
    client.set_secret(secret)
    client.save()
    with make_server("127.0.0.1", int(port), get_wsgi_application()) as server:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
