"""What `pages-kept` finds, and what it leaves alone."""

from django.core.cache import cache
from django.views.decorators.cache import never_cache

MIDDLEWARE = [
    # ruleid: pages-kept
    "django.middleware.cache.UpdateCacheMiddleware",
    # ok: pages-kept
    "django.middleware.common.CommonMiddleware",
]


# ruleid: pages-kept
@cache_page(60)
def page(request): ...


# ok: pages-kept
@never_cache
def form(request): ...


def count(request, patch_cache_control):
    # ok: pages-kept
    cache.add("attempts", 0)
