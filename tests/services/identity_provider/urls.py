"""allauth's provider, and a sign-in that believes whatever name is typed."""

from typing import Any, cast

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.urls import include, path
from django.utils.html import format_html

PAGE = """<!doctype html><html lang="en"><title>A force's sign-in</title>
<main><h1>A force's sign-in</h1><form method="post">
<input type="hidden" name="csrfmiddlewaretoken" value="{}"><label for="name">Name</label>
<input id="name" name="name"> <button>Sign in</button></form></main></html>"""


def sign_in(request: HttpRequest) -> HttpResponse:
    """Become anybody."""
    if request.method != "POST":
        return HttpResponse(format_html(PAGE, get_token(request)))
    person, _ = User.objects.get_or_create(username=request.POST["name"])
    # Of the provider's own kind: the portal has another.
    login(request, cast("Any", person), backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponseRedirect(request.GET.get("next", "/sign-in/"))


urlpatterns = [
    path("sign-in/", sign_in, name="account_login"),
    path("", include("allauth.idp.urls")),
]
