"""How allauth behaves here: no sign-up, and second-factor secrets encrypted at rest."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """People are added by the hub or by `create_person`; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False


class MFAAdapter(DefaultMFAAdapter):
    """allauth stores TOTP secrets in clear unless these two are overridden."""

    def encrypt(self, text: str) -> str:
        """Encrypt with the first key of MFA_SECRET_KEYS."""
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt with whichever key wrote it: keys are rotated by putting a new one first."""
        return _keys().decrypt(encrypted_text.encode()).decode()


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.MFA_SECRET_KEYS])
