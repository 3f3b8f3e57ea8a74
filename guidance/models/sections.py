"""The tree that authors work in: one library, one section for each organisation."""

from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from wagtail.models import Page, PagePermissionTester


class Library(Page):
    """The root under which every organisation has its section. It holds no text."""

    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["guidance.ForceSection"]
    search_fields: list[Any] = []
    is_creatable = False

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse: readers come through the portal's own addresses only."""
        raise Http404

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Refuse: the tree has no addresses. Wagtail's link form would name hidden pages by it."""
        raise Http404

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str]:
        """The home page stands for the whole library."""
        return (0, "", "/")


class SectionPermissions(PagePermissionTester):
    """Nobody deletes or moves a section, whatever is in it.

    Wagtail would offer both while the section is empty, and so tell an editor of a first page
    that they may not see.
    """

    def can_delete(self, ignore_bulk: bool = False) -> bool:  # noqa: FBT001, FBT002 - Wagtail's
        """Never: an organisation keeps its section."""
        return False

    def can_move(self) -> bool:
        """Never: the tree is as flat as it is."""
        return False


class ForceSection(Page):
    """Where one organisation's authors write. Readers never see it.

    The section points at the organisation and not the other way round: a key from
    Organisation to a page would close a circle between migrations.
    """

    organisation = models.OneToOneField(
        "forces.Organisation", to_field="slug", on_delete=models.PROTECT, related_name="section"
    )

    parent_page_types = ["guidance.Library"]
    subpage_types = [
        "guidance.GuidancePage",
        "guidance.LessonPage",
        "guidance.EvaluationPage",
        "guidance.PlatformPage",
    ]
    search_fields: list[Any] = []
    is_creatable = False

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Refuse: readers come through the portal's own addresses only."""
        raise Http404

    def permissions_for_user(self, user: Any) -> SectionPermissions:
        """What this person's Wagtail groups give them here."""
        return SectionPermissions(user, self)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str]:
        """The page of the force, which lists what its reader may see."""
        return (0, "", f"/forces/{self.organisation_id}/")
