"""`manage.py import_document`: a text or Word file becomes a draft; nothing is published."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access.vocabulary import EDITING_ROLES
from forces.models import User
from forces.viewers import viewer_for
from guidance.files.admission import receive_upload
from guidance.files.kinds import FileRefused
from guidance.importing.drafting import IMPORTABLE, make_draft
from guidance.importing.outline import ImportedDraft
from guidance.importing.reading import IMPORTED_KINDS, read_document
from guidance.models import ForceSection


class Command(BaseCommand):
    """Does what the import form in the admin does."""

    help = "Import a text or Word file as a draft of a section. Publishes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, where it goes, what it becomes, and in whose name."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--section", required=True, help="an organisation, such as hub")
        parser.add_argument("--type", required=True, choices=sorted(IMPORTABLE), dest="type_slug")
        parser.add_argument("--as", dest="email", help="e-mail address of an editor of the section")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the reference of the draft and what its editor should check."""
        section = ForceSection.objects.filter(organisation_id=options["section"]).first()
        if section is None:
            raise CommandError(
                f"There is no section “{options['section']}”. Give the short name of an "
                "organisation that writes, such as hub or west-midlands."
            )
        by = _editor(options["email"], section) if options["email"] else None
        imported = _read(options["file"])
        document = make_draft(imported, section=section, type_slug=options["type_slug"], by=by)
        self.stdout.write(f"{document.ref} is a draft in {section.title}. Nothing is published.")
        for note in imported.notes:
            self.stdout.write(f"  Check: {note}")


def _editor(email: str, section: ForceSection) -> User:
    user = User.objects.filter(email__iexact=email).first()
    if user is not None:
        viewer = viewer_for(user, second_factor=True, at=timezone.now())
        is_here = viewer.organisation == section.organisation_id
        if viewer.active and is_here and viewer.roles & EDITING_ROLES:
            return user
    raise CommandError(
        f"{email} does not edit in this section. Name an author or approver of it, or leave "
        "--as out: the draft then has no author until somebody edits it."
    )


def _read(path: Path) -> ImportedDraft:
    try:
        with path.open("rb") as stream:
            return read_document(receive_upload(stream, name=path.name, accepted=IMPORTED_KINDS))
    except OSError as error:
        raise CommandError(f"The file {path} cannot be read: {error.strerror}.") from error
    except FileRefused as refused:
        raise CommandError(f"{refused.message} Nothing was saved.") from refused
