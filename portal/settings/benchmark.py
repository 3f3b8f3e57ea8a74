"""`manage.py benchmark`: production's way of serving, with a count of SQL statements."""

from portal.settings.dev import *  # noqa: F403
from portal.settings.dev import MIDDLEWARE

DEBUG = False
# One person stands for many.
LIMITS = {}
MIDDLEWARE = ["portal.benchmark.counting.StatementCountMiddleware", *MIDDLEWARE]
