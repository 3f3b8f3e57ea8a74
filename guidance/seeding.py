"""Lays out the library: a section, a group and a collection for each organisation."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from access.vocabulary import OrganisationKind
from forces.models import Organisation, Region
from guidance.models import AudienceTerm, ForceSection, FourEyesTask, Library
from guidance.permissions import HUB_KEEPERS, section_group

WRITING_KINDS = (
    OrganisationKind.FORCE,
    OrganisationKind.SPECIAL,
    OrganisationKind.AGENCY,
    OrganisationKind.HUB,
)
KEPT_BY_HUB = ("term", "lawreference")


def lay_out_library() -> Library:
    """Create what is missing; safe to run again, and after an organisation was added."""
    library = _library()
    _audiences()
    _workflow(library)
    sections = {section.organisation_id: section for section in ForceSection.objects.all()}
    collections = {one.name: one for one in Collection.objects.all()}
    for organisation in Organisation.objects.filter(kind__in=WRITING_KINDS).order_by("name"):
        if organisation.slug not in sections:
            _section(library, organisation)
        if organisation.slug not in collections:
            _collection(organisation)
    _keepers()
    return library


def _library() -> Library:
    found: Library | None = Library.objects.first()
    if found is not None:
        return found
    root = Page.get_first_root_node()
    Page.objects.filter(depth=2, slug="home").delete()
    root.refresh_from_db()
    library: Library = root.add_child(instance=Library(title="Library", slug="library", live=False))
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"root_page": library, "hostname": "localhost", "site_name": "Portal"},
    )
    return library


def _audiences() -> None:
    terms = [
        ("national", "All forces, and the hub", 0),
        ("own", "My own force", 1),
        ("hub", "The hub", 2),
    ]
    terms += [(f"region:{one.slug}", f"Region: {one.name}", 3) for one in Region.objects.all()]
    for organisation in Organisation.objects.all():
        if organisation.kind == OrganisationKind.PARTNER:
            terms.append((f"partner:{organisation.slug}", f"Partner: {organisation.name}", 5))
        elif organisation.kind in WRITING_KINDS and organisation.kind != OrganisationKind.HUB:
            terms.append((f"force:{organisation.slug}", organisation.name, 4))
    AudienceTerm.objects.bulk_create(
        [AudienceTerm(key=key, label=label, position=position) for key, label, position in terms],
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["label", "position"],
    )


def _workflow(library: Library) -> None:
    if WorkflowPage.objects.filter(page=library).exists():
        return
    workflow = Workflow.objects.create(name="Second person")
    for order, (stage, name) in enumerate([("force", "Force hub lead"), ("hub", "Hub approver")]):
        task = FourEyesTask.objects.create(name=name, stage=stage)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
    WorkflowPage.objects.create(workflow=workflow, page=library)
    WorkflowPage.objects.exclude(page=library).delete()


def _section(library: Library, organisation: Organisation) -> None:
    section = library.add_child(
        instance=ForceSection(
            title=organisation.name,
            slug=organisation.slug,
            organisation=organisation,
            live=False,
        )
    )
    group, _ = Group.objects.get_or_create(name=section_group(organisation.slug))
    group.permissions.add(_permission("wagtailadmin", "access_admin"))
    for codename in ("add_page", "change_page"):
        GroupPagePermission.objects.get_or_create(
            group=group, page=section, permission=_permission("wagtailcore", codename)
        )


def _collection(organisation: Organisation) -> None:
    collection = Collection.get_first_root_node().add_child(
        instance=Collection(name=organisation.slug)
    )
    group, _ = Group.objects.get_or_create(name=section_group(organisation.slug))
    # Wagtail asks for the permissions of its own models, whichever model stands in for them.
    for app, model in (("wagtaildocs", "document"), ("wagtailimages", "image")):
        for verb in ("add", "choose"):
            GroupCollectionPermission.objects.get_or_create(
                group=group,
                collection=collection,
                permission=_permission(app, f"{verb}_{model}"),
            )


def _keepers() -> None:
    group, _ = Group.objects.get_or_create(name=HUB_KEEPERS)
    for model in KEPT_BY_HUB:
        for verb in ("add", "change", "view"):
            group.permissions.add(_permission("guidance", f"{verb}_{model}"))
    Group.objects.filter(name__in=("Editors", "Moderators")).delete()


def _permission(app: str, codename: str) -> Permission:
    types = ContentType.objects.filter(app_label=app)
    return Permission.objects.get(content_type__in=types, codename=codename)
