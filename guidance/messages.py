"""What waits in a session for a person's next page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.contrib.messages.storage.session import SessionStorage
from django.utils.safestring import SafeString

# Wagtail puts the title of a page, file or picture between these, as HTML has them; a title may
# hold them too, but no line's end.
_TITLE = re.compile(r"\s*(?:&#x27;|').*(?:&#x27;|')")


class UntitledMessages(SessionStorage):
    """Keeps messages of Wagtail's for the next page without the titles they name.

    Before somebody asks for that page they may have moved to another force, or the document may
    have been deleted or narrowed: "Page created." is true then too (access.md, channel 62).
    """

    def serialize_messages(self, messages: Sequence[Any]) -> str:
        """The text that the session keeps."""
        for message in messages:
            if isinstance(message.message, SafeString):
                untitled = _TITLE.sub("", message.message)
                # Its values were escaped when it was made, and nothing is added here.
                message.message = SafeString(untitled)  # nosec B703
        kept: str = super().serialize_messages(messages)
        return kept
