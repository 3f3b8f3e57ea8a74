"""A forgotten password: the same answer for the same work, whether or not there is somebody."""

from __future__ import annotations

import logging

from allauth.account.forms import ResetPasswordForm
from allauth.account.views import PasswordResetView
from django.core.mail import EmailMessage
from django.http import HttpResponse

from forces.models import User

logger = logging.getLogger(__name__)


class EvenResetForm(ResetPasswordForm):
    """Writes a mail for whoever is named, and for nobody as well."""

    def clean_email(self) -> str:
        """Find the person in one statement, or somebody who is in no table."""
        email: str = self.cleaned_data["email"].lower()
        found = User.objects.filter(email=email, is_active=True).first()
        self.users = [found or User(pk=0, email=email)]
        return email


class PasswordReset(PasswordResetView):
    """Sends the mail when the answer is out: nobody can measure a mail server's delay."""

    form_class = EvenResetForm

    def form_valid(self, form: EvenResetForm) -> HttpResponse:
        """Answer first."""
        response: HttpResponse = super().form_valid(form)
        message: EmailMessage | None = getattr(self.request, "mail_after_answer", None)
        if message is not None:
            response._resource_closers.append(lambda: _send(message))  # type: ignore[attr-defined]
        return response


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError:
        # The answer has been given: nobody is left to hear of it but the operator.
        logger.exception("a mail for a new password was not sent")
