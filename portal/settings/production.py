"""The real thing: every secret from the environment; a missing one stops the start."""

from django.core.exceptions import ImproperlyConfigured

from portal.settings.base import *  # noqa: F403
from portal.settings.base import SEARCH_ENGINE, env

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY")
MFA_SECRET_KEYS = env.list("MFA_SECRET_KEYS")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
WAGTAILADMIN_BASE_URL = env.str("BASE_URL")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.str("EMAIL_HOST")
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
# Empty where the server knows our hosts by their address.
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
DEFAULT_FROM_EMAIL = env.str("EMAIL_SENDER")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_USE_TLS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# By these names a browser takes them over https only, and from no other host of the domain.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
# Whoever asks is counted by the address that the outermost of our proxies saw; what stands before
# it in X-Forwarded-For was written by the asker. A wrong number counts everybody as one, or nobody.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES")
SECURE_SSL_REDIRECT = True
# A directory that asks by http is refused (forces.provisioning.views): led on without a word, it
# would go on to send its key in clear.
SECURE_REDIRECT_EXEMPT = [r"^scim/"]
# Tries are counted for all processes together (portal.counts); `prepare` makes the table.
CACHES = {"default": {"BACKEND": "portal.counts.SharedCounts", "LOCATION": "counts"}}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
if SEARCH_ENGINE == "elasticsearch":
    ELASTICSEARCH_URL = env.list("ELASTICSEARCH_URL")
    ELASTICSEARCH_API_KEY = env.str("ELASTICSEARCH_API_KEY")
    # The client always checks the certificate, and over http there is none to check.
    if not ELASTICSEARCH_URL or not all(url.startswith("https://") for url in ELASTICSEARCH_URL):
        raise ImproperlyConfigured("ELASTICSEARCH_URL must name https addresses only.")
# W019 asks for DENY, but the editor shows its preview in a frame of this site.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
