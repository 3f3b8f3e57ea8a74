"""pytest: quick password hashing, everything written under a folder of its own."""

import os
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="portal-test-"))

from portal.settings.dev import *  # noqa: F403
from portal.settings.dev import DATA_DIR, STORAGES

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SEARCH_INDEX_DIR = DATA_DIR / "index"
# A test that needs the model asks for it by its fixture.
SEARCH_MODEL_DIR = DATA_DIR / "model"
SEARCH_VECTORS_DIR = DATA_DIR / "vectors"
# A machine that tests keep busy is slow, and no fault of the server.
ELASTICSEARCH_SECONDS_TO_ANSWER = 20.0
# The provider that tests start beside the portal has no certificate.
SSO_INSECURE_ISSUERS = True
