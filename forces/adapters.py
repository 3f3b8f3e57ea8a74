"""How allauth behaves here: no sign-up, and second-factor secrets encrypted at rest."""

import time
from typing import Any, ClassVar

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from forces.models import User


class AccountAdapter(DefaultAccountAdapter):
    """People are added by the hub or by `create_person`; nobody signs up."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _(
            "That e-mail address and password do not go together. Check both, or choose "
            "“Forgot your password?” to set a new password."
        ),
        "enter_current_password": _("That is not your current password. Enter it again."),
        "incorrect_password": _("That is not your password. Enter it again."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "rate_limited": _("Too many requests. Wait five minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """Write the mail now and send it when the answer is out."""
        request: HttpRequest = context["request"]
        told = {**context, "email": email, "current_site": get_current_site(request)}
        message = self.render_mail("account/email/password_reset_key", email, told)
        # A mail to nobody was written for the sake of the work, and goes no further.
        request.mail_after_answer = message if user.pk else None  # type: ignore[attr-defined]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not from who has just signed in and is led to enrol a first second factor."""
        request = self.request
        if not Authenticator.objects.filter(user=request.user).exists():
            records = get_authentication_records(request, request.user)
            times = [record["at"] for record in records if record.get("method") == "password"]
            if times and time.time() - times[-1] < app_settings.REAUTHENTICATION_TIMEOUT:
                return False
        required: bool = super().is_reauthentication_required(app=app, **kwargs)
        return required


class MFAAdapter(DefaultMFAAdapter):
    """allauth stores TOTP secrets in clear unless `encrypt` and `decrypt` are overridden."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "That code is not right. Wait for the next one in your app and enter it at once; if "
            "it is refused again, set your phone's clock to automatic."
        ),
    }

    def is_mfa_enabled(self, user: User, types: Any = None) -> bool:
        """Whether to ask for a second factor; not where the force's provider has just had one."""
        if types and getattr(self.request, "second_factor_by_force", None) is not None:
            return False
        enabled: bool = super().is_mfa_enabled(user, types)
        return enabled

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002
        """What a new passkey is called until its owner names it."""
        held = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)d") % {"number": held + 1} if held else str(_("Passkey"))

    def encrypt(self, text: str) -> str:
        """Encrypt with the first key of MFA_SECRET_KEYS."""
        return keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt with whichever key wrote it: keys are rotated by putting a new one first."""
        return keys().decrypt(encrypted_text.encode()).decode()


def keys() -> MultiFernet:
    """The keys of second-factor secrets: the first writes, all read."""
    return MultiFernet([Fernet(key) for key in settings.MFA_SECRET_KEYS])
