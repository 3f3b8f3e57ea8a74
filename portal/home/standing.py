"""Pages that say the same to everybody, signed in or not: they hold no content of the library."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from forces.cookies import cookie_name
from forces.wanted import WANTED_COOKIE
from portal.frame import SHORTCUT_COOKIE


@login_not_required
@require_safe
def urgent(request: HttpRequest) -> HttpResponse:
    """Who to call when a life is at risk now. No form, no sign-in, nothing to wait for."""
    return render(request, "portal/home/urgent.html")


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """How the portal works, on one page."""
    return render(request, "portal/home/help.html")


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What works for whom, what does not yet, and whom to tell."""
    return render(request, "portal/home/accessibility.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is recorded about readers."""
    named = {
        "session_cookie": settings.SESSION_COOKIE_NAME,
        "form_cookie": settings.CSRF_COOKIE_NAME,
        "force_cookie": cookie_name("force"),
        "answer_cookie": cookie_name("force-answer", path="/accounts/force/"),
        "opened_cookie": cookie_name("opened"),
        "wanted_cookie": cookie_name(WANTED_COOKIE),
        "shortcut_cookie": cookie_name(SHORTCUT_COOKIE),
    }
    return render(request, "portal/home/privacy.html", named)


@login_not_required
@require_safe
def handling(request: HttpRequest) -> HttpResponse:
    """What each marking asks of the reader."""
    return render(request, "portal/home/handling.html")
