"""The WSGI application that a web server starts."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
application = get_wsgi_application()

# What was loaded up to here lives as long as the process: the collector need not walk it again
# and again during requests.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
