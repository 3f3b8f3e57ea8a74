"""Documents of Kent that most people may not see, with the token in every text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from access.vocabulary import Role
from forces.models import NeedToKnowGroup, User
from forces.services import join_group
from guidance import services
from guidance.files.binding import bind_files
from guidance.models import (
    Attachment,
    ForceSection,
    GuidancePage,
    PlatformPage,
    StoredFile,
    StoredImage,
)
from search.indexing import drain
from tests.channels.answers import TOKEN, UNKNOWN_FILE
from tests.guidance.scene import LONG_AGO, Cast, approve_all, draft, need_to_know, person, published
from tests.guidance.stored import stored_file, stored_picture

GROUP = "inner-circle"


@dataclass(frozen=True)
class Hidden:
    """A published page with a file and a picture."""

    page: GuidancePage
    file: StoredFile
    picture: StoredImage

    def addresses(self) -> list[str]:
        """Every address of a reader that names it or something of it."""
        ref = self.page.ref
        return [
            f"/{ref}/",
            f"/{ref}/preview/",
            f"/{ref}/similar/",
            f"/{ref}/figures.csv",
            f"/{ref}/files/{self.file.ref}/",
            f"/{ref}/images/{self.picture.ref}/320/",
            f"/platforms/{ref}/preservation/",
        ]

    def references(self) -> tuple[str, ...]:
        """What the addresses are made of."""
        return (self.page.ref, self.file.ref, self.picture.ref)

    def absent(self, ref: str) -> list[str]:
        """The same addresses with references that were never given out."""
        other = dict(zip(self.references(), (ref, UNKNOWN_FILE, UNKNOWN_FILE), strict=True))
        return [
            "/".join(other.get(part, part) for part in path.split("/")) for path in self.addresses()
        ]


def texts(token: str = TOKEN) -> dict[str, Any]:
    """The token in the fields of a page."""
    return {
        "title": f"About {token}",
        "summary": f"What {token} is.",
        "purpose": f"<p>{token}</p>",
        "when_to_use": f"<p>Use {token}</p>",
        "change_note": f"Note {token}",
    }


def hidden_page(cast: Cast, **fields: Any) -> GuidancePage:
    """A page of Kent for Kent alone; beyond that, with the facts given."""
    return published(cast.kent_author, *_approvers(cast, fields), **{**texts(), **fields})


def _approvers(cast: Cast, fields: dict[str, Any]) -> list[User]:
    beyond = set(fields.get("audience", ("own",))) != {"own"}
    return [cast.kent_lead, cast.hub_approver] if beyond else [cast.kent_lead]


def hidden_document(cast: Cast, *, group: NeedToKnowGroup | None = None, **fields: Any) -> Hidden:
    """The same with a file and a picture."""
    author = cast.kent_author
    page = draft(author, **{**texts(), **fields})
    page.groups.set([group] if group else [])
    file = stored_file(author, title=f"{TOKEN}.txt", text=f"A file of {TOKEN}")
    picture = stored_picture(author, title=f"Picture {TOKEN}")
    page.attachments.add(Attachment(file=file, label=f"Label {TOKEN}"))
    page.body = [("picture", {"image": picture, "alternative": f"Alternative {TOKEN}"})]
    bind_files(page)
    page.save_revision(user=author, clean=False)
    services.submit(page, by=author)
    approve_all(page, *_approvers(cast, fields))
    return Hidden(GuidancePage.objects.get(pk=page.pk), file, picture)


def inner_circle(cast: Cast) -> NeedToKnowGroup:
    """A need-to-know group of those of Kent who write and approve."""
    group = need_to_know(GROUP, f"Circle {TOKEN}")
    for user in (cast.kent_author, cast.kent_lead, cast.hub_approver):
        join_group(user, group, by="system", at=LONG_AGO)
    return group


def needs_to_know(cast: Cast) -> tuple[Hidden, User]:
    """A page of Kent for a group, and another author of Kent who is not in it.

    Wagtail's own permissions let that author edit the whole section: only the rule does not.
    """
    return hidden_document(cast, group=inner_circle(cast)), outside_author()


def outside_author() -> User:
    """An author of Kent who is in no group."""
    return person("kent", Role.AUTHOR, name="outsider")


def hidden_platform(cast: Cast) -> PlatformPage:
    """A platform that Kent has begun to describe, under a word that stands nowhere else."""
    fields = {"platform_slug": TOKEN, "platform_type": "other", "company": TOKEN}
    common = {"summary": TOKEN, "owner_role": "Lead", "owner": cast.kent_author}
    page = PlatformPage(title=TOKEN, **fields, **common)
    ForceSection.objects.get(organisation_id="kent").add_child(instance=page)
    page.save_revision(user=cast.kent_author, clean=False)
    return page


def index_all() -> None:
    """Bring the search index up to date, as the worker does."""
    while drain():
        pass
