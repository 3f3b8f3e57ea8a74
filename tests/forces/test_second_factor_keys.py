"""Another key for second-factor secrets: all or none, and nobody has to enrol again."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from forces.second_factor_keys import rotate
from tests.guidance.scene import Cast

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def enrolled(cast: Cast, settings: Settings) -> list[str]:
    """Somebody with an app and recovery codes, under the first of the keys; the codes."""
    settings.MFA_SECRET_KEYS = [Fernet.generate_key().decode()]
    TOTP.activate(cast.kent_officer, SECRET)
    codes: list[str] = RecoveryCodes.activate(cast.kent_officer).get_unused_codes()
    return codes


def stored(kind: Authenticator.Type) -> Authenticator:
    found: Authenticator = Authenticator.objects.get(type=kind)
    return found


def test_the_old_key_may_go(enrolled: list[str], settings: Settings) -> None:
    new = Fernet.generate_key().decode()
    settings.MFA_SECRET_KEYS = [new, *settings.MFA_SECRET_KEYS]
    before = stored(Authenticator.Type.TOTP).data["secret"]
    assert rotate() == 2
    assert stored(Authenticator.Type.TOTP).data["secret"] != before
    settings.MFA_SECRET_KEYS = [new]
    assert Fernet(new).decrypt(stored(Authenticator.Type.TOTP).data["secret"]).decode() == SECRET
    assert RecoveryCodes(stored(Authenticator.Type.RECOVERY_CODES)).get_unused_codes() == enrolled


def test_a_key_that_was_taken_away_too_early_changes_nothing(
    enrolled: list[str], settings: Settings
) -> None:
    before = list(Authenticator.objects.order_by("pk").values_list("data", flat=True))
    settings.MFA_SECRET_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(InvalidToken):
        rotate()
    with pytest.raises(CommandError, match="Put that key back"):
        call_command("rotate_second_factor_keys")
    assert list(Authenticator.objects.order_by("pk").values_list("data", flat=True)) == before


def test_the_command_says_how_many(enrolled: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rotate_second_factor_keys")
    assert "2 secrets" in capsys.readouterr().out
