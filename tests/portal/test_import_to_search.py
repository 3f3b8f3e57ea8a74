"""From the text that somebody has to what officers find: import, fill in, approve, search."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from forces.models import User
from guidance import services
from guidance.models import AudienceTerm, GuidancePage
from search.indexing import drain, rebuild
from search.services import Request, find
from tests.guidance.importing.test_plain_text import DOCUMENTS
from tests.guidance.scene import FILLED, Cast, approve_all, seen_by
from tests.sign_in import client_of

# Each text with the door it comes through, and words from its middle that stand in no title.
TEXTS = {
    "pcd-545-social-media-hub.txt": "phased exit strategy seconded officers",
    "project-alpha-article.txt": "heavily redacted impact assessment",
}


def found(words: str, user: User) -> list[str]:
    """The references that somebody finds, once the index has caught up."""
    while drain():
        pass
    results = find(seen_by(user), Request(words=words), at=timezone.now())
    return [result.document.ref for result in results.results]


@pytest.mark.parametrize(("name", "door"), list(zip(TEXTS, ("form", "command"), strict=True)))
def test_an_imported_text_is_found_by_its_words_after_approval_and_not_before(
    cast: Cast, settings: Settings, tmp_path: Path, name: str, door: str
) -> None:
    path = DOCUMENTS / name
    if not path.exists():
        pytest.skip(f"{name} lies outside the repository and is not here")
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    rebuild()
    if door == "form":
        file = SimpleUploadedFile(name, path.read_bytes())
        sent = {"file": file, "type_slug": "guidance"}
        answer = client_of(cast.hub_editor).post("/admin/guidance/import/", sent)
        assert answer.status_code == 302
    else:
        editor = cast.hub_editor.email
        call_command("import_document", path, section="hub", type_slug="guidance", email=editor)
    page = GuidancePage.objects.get().get_latest_revision_as_object()
    for field, value in FILLED.items():
        if not getattr(page, field):
            setattr(page, field, value)
    page.audience.set(AudienceTerm.objects.filter(pk="national"))
    page.save_revision(user=cast.hub_editor)
    services.submit(page, by=cast.hub_editor)
    for reader in (cast.kent_officer, cast.hub_editor):
        assert found(TEXTS[name], reader) == []
    approve_all(page, cast.hub_approver)
    assert found(TEXTS[name], cast.kent_officer) == [page.ref]
