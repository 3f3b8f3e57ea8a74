"""What an editor may name in a document: pages, pictures and files that they may read themselves.

Wagtail's choosers list by the rule, but its forms take any number that is posted: a picture or
file named by its number would be copied, and a page would show its title in the editor.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from wagtail.models import Page

from guidance.models import Document, ForceSection, Library, StoredFile, StoredImage

if TYPE_CHECKING:
    from access.policy import Viewer

UNSEEN_PAGE = "A page that you may not see"
UNKNOWN = "It names a page or a picture that is not there, or not for you. Choose it again."
_NUMBER = re.compile(r"[0-9]{1,18}")
_NAMED_IN_BODY = re.compile(r"body-\d+-value-(?P<kind>image|platform)")


def pages_open_to(viewer: Viewer) -> Any:
    """The pages a chooser may name: documents one may read, and the tree above them."""
    readable = Document.visible.to(viewer, at=timezone.now())
    return Page.objects.filter(
        Q(pk__in=readable.values("pk"))
        | Q(pk__in=ForceSection.objects.values("pk"))
        | Q(pk__in=Library.objects.values("pk"))
        | Q(depth=1)
    )


def choosable(model: type[StoredFile] | type[StoredImage], viewer: Viewer) -> Any:
    """The files or pictures a person may choose: own uploads not yet used, and own section's.

    Those of a document are there only if the person may read that document.
    """
    readable = Document.visible.to(viewer, at=timezone.now()).filter(
        owner_org_id=viewer.organisation
    )
    own = model.objects.filter(uploaded_by_user__public_id=viewer.person_id, belongs_to=None)
    return own | model.objects.filter(belongs_to__in=readable.values("pk"))


@dataclass(frozen=True, slots=True)
class Named:
    """The numbers that a document names; what it named before may stay in it."""

    pages: frozenset[int] = frozenset()
    pictures: frozenset[int] = frozenset()
    files: frozenset[int] = frozenset()


def named_in(document: Document) -> Named:
    """What a document names as it stands."""
    return Named(
        pages=frozenset(document.linked_page_ids()),
        pictures=frozenset(document.image_ids()),
        files=frozenset(attachment.file_id for attachment in document.attachments.all()),
    )


def files_for(viewer: Viewer, *, before: Named) -> Any:
    """The files that an attachment may name."""
    return StoredFile.objects.filter(
        Q(pk__in=choosable(StoredFile, viewer).values("pk")) | Q(pk__in=before.files)
    )


def unknown_pages(viewer: Viewer, numbers: Collection[int], *, before: Named) -> frozenset[int]:
    """The pages among these numbers that are absent or hidden, which looks the same."""
    return _unknown(frozenset(numbers) - before.pages, pages_open_to(viewer))


def unknown_pictures(viewer: Viewer, numbers: Collection[int], *, before: Named) -> frozenset[int]:
    """The pictures among these numbers that are absent or not for this person."""
    return _unknown(frozenset(numbers) - before.pictures, choosable(StoredImage, viewer))


def _unknown(numbers: frozenset[int], known: Any) -> frozenset[int]:
    return numbers - set(known.filter(pk__in=numbers).values_list("pk", flat=True))


def without_unknown(data: QueryDict, *, viewer: Viewer, before: Named) -> QueryDict:
    """The posted form, with pictures and cards empty where what they name is not for this person.

    The form then says what it says for a number that was never given out.
    """
    kinds = {name: found["kind"] for name in data if (found := _NAMED_IN_BODY.fullmatch(name))}
    # Django reads " 7" and "+7" as 7, too: what is no plain number is not let through either.
    numbers = {
        name: int(text) if _NUMBER.fullmatch(text := str(data[name])) else 0 for name in kinds
    }
    if not any(data[name] for name in kinds):
        return data
    pictures = {number for name, number in numbers.items() if kinds[name] == "image"}
    pages = {number for name, number in numbers.items() if kinds[name] == "platform"}
    unknown = {
        "image": unknown_pictures(viewer, pictures, before=before),
        "platform": unknown_pages(viewer, pages, before=before),
    }
    cleared = data.copy()
    for name, number in numbers.items():
        if number in unknown[kinds[name]]:
            cleared[name] = ""
    return cleared


def veil_unseen(document: Document, viewer: Viewer) -> None:
    """Before an editor shows a document: no title of a page that has been narrowed since."""
    cards = [block.value for block in document.body if block.block_type == "platform_card"]
    pages = {card["platform"].pk for card in cards if card["platform"] is not None}
    if not pages:
        return
    seen = set(pages_open_to(viewer).filter(pk__in=pages).values_list("pk", flat=True))
    for card in cards:
        if card["platform"] is not None and card["platform"].pk not in seen:
            # In memory only: a card stores the number.
            card["platform"].title = card["platform"].draft_title = UNSEEN_PAGE
