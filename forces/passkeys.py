"""The forms around passkeys, in words that an officer knows."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django.utils.translation import gettext_lazy as _

_NAME = _("Name of the device")
_HINT = _("So that you know it again, such as “work phone”.")


class AddPasskeyForm(AddWebAuthnForm):
    """Adds a passkey that can sign in by itself, unless the person wants it beside a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Our words."""
        super().__init__(*args, **kwargs)
        self.fields["name"].label, self.fields["name"].help_text = _NAME, _HINT
        alone = self.fields["passwordless"]
        alone.initial = True
        alone.label = _("Sign in with it alone, without a password")
        alone.help_text = _("The device asks for your finger, your face or its PIN each time.")


class RenamePasskeyForm(EditWebAuthnForm):
    """Gives a passkey another name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Our words."""
        super().__init__(*args, **kwargs)
        self.fields["name"].label, self.fields["name"].help_text = _NAME, _HINT
