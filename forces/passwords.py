"""What a password may not lean on: the words that a guesser of this portal tries first."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Each is taken out, with digits and signs; too little is left of a password that leans on them.
WORDS = (
    "constabulary",
    "disruption",
    "knowledge",
    "officer",
    "official",
    "sensitive",
    "metropolitan",
    "password",
    "police",
    "policing",
    "portal",
    "welcome",
)
LEFT_AT_LEAST = 6
_NOT_LETTERS = re.compile(r"[\W\d_]+")


class WordsOfTheField:
    """Refuses “Metropolitan-Police-2027!”: long enough, common nowhere, and tried first here."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError where little is left without those words."""
        left = password.casefold()
        for word in WORDS:
            left = left.replace(word, " ")
        letters = _NOT_LETTERS.sub("", left)
        leans = any(word in password.casefold() for word in WORDS)
        if leans and len(letters) < LEFT_AT_LEAST:
            raise ValidationError(self.get_help_text(), code="words_of_the_field")

    def get_help_text(self) -> str:
        """What to do instead; the form shows it beside the other rules."""
        return _(
            "Your password can’t be mostly words of policing or of this portal. Three or four "
            "words that have nothing to do with it are better."
        )
