"""The way to a second factor from any page, and the page a proof in another tab ends on."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from forces.requests import PortalRequest
from forces.step_up import proof_address


@require_safe
def prove(request: PortalRequest) -> HttpResponse:
    """Lead to the second factor and back, without sign-out; only to an address of ours."""
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(proof_address(request, back_to=wanted))
    return redirect(proof_address(request, back_to="/"))


@require_safe
def proved(request: PortalRequest) -> HttpResponse:
    """Say that the other tab may go on."""
    return render(request, "forces/proved.html", {"page_is_gate": True})
