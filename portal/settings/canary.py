"""`manage.py canary_crawl`: a portal of its own in a temporary folder, whatever is set outside."""

from portal.settings.dev import *  # noqa: F403
from portal.settings.dev import DATA_DIR, STORAGES

DEBUG = False
# A crawl asks more in a minute than people do in a week.
LIMITS = {}
# Never the one of DATABASE_URL; and nobody needs it after a power cut.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(DATA_DIR / "canary.sqlite3"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;",
        },
    }
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
