"""`manage.py benchmark`: production's way of serving, with a count of SQL statements."""

from portal.settings.dev import *  # noqa: F403
from portal.settings.dev import MIDDLEWARE

DEBUG = False
MIDDLEWARE = ["portal.benchmark.counting.StatementCountMiddleware", *MIDDLEWARE]
