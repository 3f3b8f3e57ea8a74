"""What `unchecked-way-back` finds, and what it leaves alone."""

from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme


def back(request):
    # ruleid: unchecked-way-back
    return redirect(request.GET.get("next", "/"))


def back_by_name(request):
    wanted = request.POST["next"]
    # ruleid: unchecked-way-back
    return HttpResponseRedirect(wanted)


def back_to_where_one_was(request):
    # ruleid: unchecked-way-back
    return redirect(request.headers["Referer"])


def checked(request):
    wanted = request.GET.get("next", "/")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        # ok: unchecked-way-back
        return redirect(wanted)
    # ok: unchecked-way-back
    return redirect("home")
