"""A force's SAML provider in allauth's eyes: what it takes to go there and to come back."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.providers.base import Provider, ProviderAccount
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from forces.single_sign_on.adapters import SAML_PROVIDER, provider_named
from forces.single_sign_on.claims import Refusal, RefusedError
from forces.single_sign_on.provider import NothingKept, proved_since
from forces.single_sign_on.saml import ours_for, question_to


class ForceSamlProvider(NothingKept, Provider):
    """One force's provider."""

    id = SAML_PROVIDER
    name = "Force account"
    account_class = ProviderAccount
    uses_apps = True

    def redirect(
        self,
        request: HttpRequest,
        process: str = AuthProcess.LOGIN,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        """Send the person on. `data` is True to have them prove again who they are."""
        row = provider_named(self.sub_id)
        if row is None:
            raise RefusedError(Refusal.STATE)
        again = bool(data)
        ours = ours_for(request, slug=row.slug)
        question = question_to(row, ours=ours, again=again)
        self.stash_redirect_state(
            request,
            AuthProcess.LOGIN,
            next_url=next_url or get_next_redirect_url(request),
            data={"proved_since": proved_since(again=again).timestamp(), "again": again},
            state_id=question.request_id,
        )
        return render(request, "forces/on_the_way.html", {"address": question.address})
