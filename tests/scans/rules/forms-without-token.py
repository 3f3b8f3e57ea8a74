"""What `forms-without-token` finds, and what it leaves alone."""

from django.views.decorators.csrf import csrf_protect


# ruleid: forms-without-token
@csrf_exempt
def taken(request): ...


def untied(request, view):
    # ruleid: forms-without-token
    view.csrf_exempt = True
    # ruleid: forms-without-token
    request._dont_enforce_csrf_checks = True


# ok: forms-without-token
@csrf_protect
def tied(request): ...
