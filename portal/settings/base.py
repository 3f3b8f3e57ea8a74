"""What every environment shares. Each setting of our own says what reads it."""

import os
from pathlib import Path

import environ

from portal import logs

# Comparing vectors takes one processor (search.meaning.matrix): the linear algebra would else wait
# on the other, in a loop, for what searches there meanwhile. It reads this when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent

# Where this installation keeps what it writes: database, index, uploaded files, mails.
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)

INSTALLED_APPS = [
    "portal",
    "search",
    "guidance",
    "forces",
    "audit",
    "wagtail.contrib.forms",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.embeds",
    "wagtail.search",
    "wagtail.users",
    "wagtail.admin",
    "wagtail.sites",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    # Outside all that answer themselves: static files and refusals of the host.
    "portal.headers.HeadersMiddleware",
    "portal.headers.ContentPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside all that answer themselves: refused hosts, added slashes, 404 and sign-in.
    "forces.middleware.NoStoreMiddleware",
    "forces.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "forces.middleware.ViewerMiddleware",
    "forces.middleware.SessionClockMiddleware",
    "forces.middleware.EnrolmentMiddleware",
    "portal.limits.LimitMiddleware",
    "portal.limits.BodySizeMiddleware",
    "guidance.admin_policy.AdminPolicyMiddleware",
    "search.middleware.OpenedMiddleware",
    "guidance.refused_forms.RefusedFormMiddleware",
]

ROOT_URLCONF = "portal.urls"
CSRF_FAILURE_VIEW = "portal.home.views.expired_form"
WSGI_APPLICATION = "portal.wsgi.application"
FORM_RENDERER = "portal.forms.GovukRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "portal.frame.frame",
            ],
        },
    },
]

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: a transaction that reads first and writes later would otherwise fail at once
    # with "database is locked" instead of waiting for its turn.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    # The server keeps the plan of a statement it has seen often: planning the joins of a page
    # costs it more than running them.
    DATABASES["default"]["OPTIONS"] = {"server_side_binding": True, "prepare_threshold": 5}
# Rows of the trail must outlive the 404 of the request that they record.
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "forces.User"
AUTHENTICATION_BACKENDS = [
    "forces.backends.PersonBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "forces.passwords.WordsOfTheField"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "forces.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_MAX_EMAIL_ADDRESSES = 1
# allauth's own reads the addresses of a person and adds a missing one: work that a link for nobody
# (forces.reset) would not do.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class
ALLAUTH_TRUSTED_PROXY_COUNT = 0
SOCIALACCOUNT_ADAPTER = "forces.single_sign_on.adapters.ForceAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
MFA_ADAPTER = "forces.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "add_webauthn": "forces.passkeys.AddPasskeyForm",
    "edit_webauthn": "forces.passkeys.RenamePasskeyForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
# The device asks for finger, face or PIN, so a passkey alone is two factors.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 0
MFA_TOTP_ISSUER = "Disruption Knowledge Portal"
MFA_TRUST_ENABLED = False

SESSION_ENGINE = "forces.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# A message ends with the session, and a cookie would not.
MESSAGE_STORAGE = "guidance.messages.UntitledMessages"
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

LANGUAGE_CODE = "en-gb"
# Only languages whose catalogue is in portal/locale: a browser that asks for another would get
# English words under that language's name, with its dates and Django's own messages in it.
LANGUAGES = [("en-gb", "English")]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
TIME_ZONE = "Europe/London"
# With one language, looking every word up in catalogues that lack it takes a tenth of each page.
USE_I18N = len(LANGUAGES) > 1
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    # Uploaded bytes lie outside anything a web server could serve by address: only the gate
    # (guidance.serving) opens them.
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "files"), "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "files"
# A 200 MB file is refused while it arrives, not after it has filled the disk.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "guidance.files.uploads.CappedUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
# Who mails say they come from; production must name an address of its own.
DEFAULT_FROM_EMAIL = "portal@hub.police.example"

WAGTAIL_SITE_NAME = "Disruption Knowledge Portal"
WAGTAILADMIN_BASE_URL = env.str("BASE_URL", default="http://127.0.0.1:8000")
WAGTAILDOCS_DOCUMENT_MODEL = "guidance.StoredFile"
WAGTAILIMAGES_IMAGE_MODEL = "guidance.StoredImage"
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "guidance.files.forms.StoredFileForm"
WAGTAILIMAGES_IMAGE_FORM_BASE = "guidance.files.forms.StoredImageForm"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "txt"]
WAGTAILIMAGES_EXTENSIONS = ["png", "jpg", "jpeg", "webp"]
WAGTAIL_FINISH_WORKFLOW_ACTION = "guidance.workflow.publish_approved"
WAGTAIL_WORKFLOW_CANCEL_ON_PUBLISH = True
# An approval is of one revision: what the hub sent back needs the lead again, not only the hub.
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILADMIN_COMMENTS_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_AUTO_UPDATE_PREVIEW = True
WAGTAIL_I18N_ENABLED = False
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAILEMBEDS_FINDERS: list[dict[str, str]] = []
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TAGGIT_CASE_INSENSITIVE = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}

# The same for the admin (portal.headers).
ADMIN_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "img-src": ["'self'", "data:", "blob:"],
    # The editor and the tips of Wagtail 7.4 write styles where they stand.
    "style-src": ["'self'", "'unsafe-inline'"],
    # The editor's preview is a frame of this site.
    "frame-ancestors": ["'self'"],
}

LOGGING = logs.LOGGING

# Encrypts second-factor secrets at rest; the first key writes, all of them read
# (forces.adapters).
MFA_SECRET_KEYS: list[str] = env.list("MFA_SECRET_KEYS", default=[])

# Client secrets of the forces' identity providers, as JSON: {"kent": "..."}
# (forces.single_sign_on.adapters).
SSO_CLIENT_SECRETS: dict[str, str] = env.json("SSO_CLIENT_SECRETS", default={})

# Keys to the lists of people that forces without SCIM publish, as JSON: {"kent": "..."}
# (forces.provisioning.people_lists).
PEOPLE_LIST_KEYS: dict[str, str] = env.json("PEOPLE_LIST_KEYS", default={})

# Whether an identity provider may be spoken to without TLS: in tests, where it runs on this
# machine. Never in production (forces.checks refuses it).
SSO_INSECURE_ISSUERS = False

# Renders a document in the editor's preview (guidance.models.document).
DOCUMENT_PREVIEW = "portal.reading.views.editor_preview"

# What one person may ask for how often, by the name of the view (portal.limits). Sign-in, reset and
# requests for access have limits of their own (allauth, forces.invitation_views).
LIMITS = {
    "search": (("GET", "HEAD"), "120/m"),
    "similar_pages": (("GET", "HEAD"), "120/m"),
    "search_suggest": (("GET", "HEAD"), "300/m"),
    "search_export": (("GET", "HEAD"), "20/h"),
    "trail_export": (("GET",), "20/h"),
    "trail_verification": (("GET",), "20/h"),
    "estimates": (("GET", "HEAD"), "60/h"),
    "own_data": (("GET", "HEAD"), "20/h"),
    "wagtailimages_chooser:create": (("POST",), "60/10m"),
    "wagtaildocs_chooser:create": (("POST",), "60/10m"),
    "guidance_import": (("POST",), "60/10m"),
}

# The largest upload in bytes (guidance.files.forms).
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
# A request that says it is larger is refused unread; up to here a form says what is too large
# (portal.limits).
MAX_REQUEST_BYTES = 5 * MAX_UPLOAD_BYTES

# ClamAV as a path or host:port; empty where there is none (guidance.files.viruses).
CLAMAV_SOCKET = env.str("CLAMAV_SOCKET", default="")

# A line a day with the head of the trail's chain (audit.heads); in production a place that the
# database's owner cannot write.
TRAIL_HEADS = env.str("TRAIL_HEADS", default=str(DATA_DIR / "heads.txt"))

# Which engine stands behind search: "tantivy", embedded, or "elasticsearch", a server for more than
# one web host (search.engines).
SEARCH_ENGINE = env.str("SEARCH_ENGINE", default="tantivy")

# Elasticsearch's nodes, with a comma between them (search.engines).
ELASTICSEARCH_URL: list[str] = env.list("ELASTICSEARCH_URL", default=[])

# The key by which the portal signs in there, as the server encodes it (search.engines).
ELASTICSEARCH_API_KEY = env.str("ELASTICSEARCH_API_KEY", default="")

# The file of the authority that signed its certificate; empty for a public one (search.engines).
ELASTICSEARCH_CA_CERTS = env.str("ELASTICSEARCH_CA_CERTS", default="")
# How long a search waits for the server before it says that search is down; writing may take a
# minute, since no reader waits for it.
ELASTICSEARCH_SECONDS_TO_ANSWER = env.float("ELASTICSEARCH_SECONDS_TO_ANSWER", default=2.0)

# How the names of its indexes and aliases begin, where portals share a server (search.engines).
ELASTICSEARCH_INDEX = env.str("ELASTICSEARCH_INDEX", default="portal")

# Where the embedded search index lies, and the lock of its one writer (search.engines).
SEARCH_INDEX_DIR = DATA_DIR / "index"

# Where `fetch_model` puts the language model (search.meaning); without it search goes by words.
SEARCH_MODEL_DIR = Path(env.str("SEARCH_MODEL_DIR", default=str(DATA_DIR / "model")))

# Where each web host lays out the vectors of passages, to be shared by its workers
# (search.meaning.matrix).
SEARCH_VECTORS_DIR = DATA_DIR / "vectors"

# Whether contested slang is expanded when somebody searches (search.services).
SEARCH_SLANG = env.bool("SEARCH_SLANG", default=False)

# Demo conveniences: session_cookie, fixed second factor, personas on the start page. Never in
# production (forces.checks refuses it).
DEMO = False
