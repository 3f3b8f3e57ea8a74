"""A page of Kent's for Kent alone, with a file and a picture; made in the portal's own process."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from wagtail.models import Collection

from forces.models import User
from forces.viewers import viewer_for
from guidance import services
from guidance.models import (
    Attachment,
    AudienceTerm,
    ForceSection,
    GuidancePage,
    StoredFile,
    StoredImage,
)
from guidance.permissions import SESSION_VIEWER
from tests.services.running_portal import RunningPortal

TITLE = "Quayside hub: who to ring for a tidemark alert"
# A word that stands nowhere else in the library.
RARE_WORD = "tidemark"
FILE_WORDS = "Rota of the quayside desk, for Kent only"
ALTERNATIVE = "Plan of the quayside with the hub's door marked"
TEXTS = (
    "purpose",
    "when_to_use",
    "when_not_to_use",
    "necessity_proportionality",
    "challenge_route",
)
_PUBLISH = f"from {__name__} import publish; print(publish())"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the page, its file and its picture are."""

    page: str
    file: str
    picture: str

    @property
    def all(self) -> tuple[str, ...]:
        """Every one of them."""
        return self.page, self.file, self.picture


def published_in(portal: RunningPortal) -> Addresses:
    """Publish it while the portal is being served."""
    printed = portal.manage("shell", "--no-imports", "-c", _PUBLISH)
    refs = json.loads(printed.strip().splitlines()[-1])
    page = f"/{refs['ref']}/"
    return Addresses(page, f"{page}files/{refs['file']}/", f"{page}images/{refs['picture']}/640/")


def publish() -> str:
    """Write it, have it approved, and return the reference and those of file and picture."""
    author, lead = (_person(f"{role}@kent.police.example") for role in ("author", "approver"))
    page = GuidancePage(title=TITLE, owner=author, summary="A tidemark alert goes to the hub.")
    page.owner_role = "Youth engagement lead"
    for name in TEXTS:
        setattr(page, name, "<p>The hub answers a tidemark alert within the hour.</p>")
    page.audience.set(AudienceTerm.objects.filter(pk="own"))
    ForceSection.objects.get(organisation_id="kent").add_child(instance=page)
    file, picture = _file(page, author), _picture(page, author)
    page.attachments.set([Attachment(file=file, label="Rota", sort_order=0)])
    block = {"image": picture.pk, "alternative": ALTERNATIVE}
    page.body = json.dumps([{"type": "picture", "value": block}])
    page.save_revision(user=author)
    services.submit(page, by=author)
    state = page.current_workflow_task_state
    state.task.specific.on_action(state, lead, "approve")
    return json.dumps({"ref": page.ref, "file": file.ref, "picture": picture.ref})


def _person(email: str) -> User:
    user = User.objects.get(email=email)
    setattr(user, SESSION_VIEWER, viewer_for(user, second_factor=True, at=timezone.now()))
    return user


def _file(page: GuidancePage, author: User) -> StoredFile:
    return StoredFile.objects.create(
        title="Rota",
        file=ContentFile(FILE_WORDS.encode(), name="rota.txt"),
        belongs_to=page.pk,
        uploaded_by_user=author,
        collection=Collection.objects.get(name="kent"),
    )


def _picture(page: GuidancePage, author: User) -> StoredImage:
    drawn = BytesIO()
    Image.new("RGB", (640, 360), (20, 90, 110)).save(drawn, "PNG")
    return StoredImage.objects.create(
        title="Plan",
        description=ALTERNATIVE,
        file=ContentFile(drawn.getvalue(), name="plan.png"),
        belongs_to=page.pk,
        uploaded_by_user=author,
        collection=Collection.objects.get(name="kent"),
    )
