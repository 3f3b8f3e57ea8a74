"""`make run`: the demo library on this machine, SQLite unless DATABASE_URL says otherwise."""

from portal.settings.base import *  # noqa: F403
from portal.settings.base import STORAGES, env

DEBUG = env.bool("DEBUG", default=False)
DEMO = True
# On http://localhost a browser offers passkeys, which it does not on an address of numbers.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
SECRET_KEY = "for-this-machine-only-the-demo-library-holds-nothing-real"  # noqa: S105
MFA_SECRET_KEYS = ["ZGVtby1vbmx5LWtleS1mb3ItdGhlLWRlbW8tbGlicmE="]
# Compressed as well, they would make the first start ten seconds longer and no page faster here.
STORAGES = {
    **STORAGES,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage",
    },
}
# For a provider on this machine, which has no certificate.
SSO_INSECURE_ISSUERS = env.bool("SSO_INSECURE_ISSUERS", default=False)
