"""Hooks into the Wagtail admin: choosers by the access rule, our own forms, a shorter menu."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.templatetags.static import static
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.search import SearchArea
from wagtail.admin.views.generic.workflow import BaseWorkflowFormView
from wagtail.admin.views.pages.listing import GenericPageFilterSet
from wagtail.admin.widgets import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from forces.requests import PortalRequest
from guidance import admin_views, deletion_views
from guidance.admin_policy import own_section_url
from guidance.choosing import choosable
from guidance.files.binding import bind_files
from guidance.forms import PRESSED_TOO_LATE
from guidance.importing import wagtail_hooks as import_hooks  # noqa: F401
from guidance.models import (
    Document,
    EvaluationPage,
    ForceSection,
    GuidancePage,
    LawReference,
    LessonPage,
    Library,
    PlatformPage,
    StoredFile,
    StoredImage,
    Term,
)
from guidance.panels import lay_out_editor
from guidance.review_lock import menu_in_review
from guidance.submissions import OwnSubmissionsPanel, is_editable

for model in (GuidancePage, LessonPage, EvaluationPage, PlatformPage):
    lay_out_editor(model)

# Wagtail offers the owners and editors of all pages there are as filters of every listing: names
# of people of other forces, and who has just written something.
for name in ("owner", "edited_by", "site"):
    GenericPageFilterSet.base_filters.pop(name, None)

# The dialog of a step says who will see the page, where Wagtail's asks for a comment only.
BaseWorkflowFormView.template_name = "guidance/admin/workflow_action.html"

# What the shorter menu keeps; everything else in Wagtail's menu leads to a 404 of ours.
KEPT_MENU = {"section", "import", "words", "organisations", "best_bets"}

# What the editor's form sends with a step of the review.
PRESSED_IN_REVIEW = "action-workflow-action"

# How many pages of a scan are named before "and 12 more".
SHOWN_PAGES = 8


@hooks.register("construct_page_chooser_queryset")
def pages_to_choose(pages: Any, request: PortalRequest) -> Any:
    """List only what the person may read, and only sections that hold some of it."""
    readable = Document.visible.to(request.viewer, at=timezone.now())
    owners = readable.values("owner_org_id")
    sections = ForceSection.objects.filter(organisation_id__in=owners)
    return (
        pages.filter(pk__in=readable.values("pk"))
        | pages.filter(pk__in=sections.values("pk"))
        | pages.filter(pk__in=Library.objects.values("pk"))
    )


@hooks.register("construct_explorer_page_queryset")
def pages_to_explore(parent_page: Any, pages: Any, request: PortalRequest) -> Any:
    """In one's own section, too, need-to-know and marking apply."""
    readable = Document.visible.to(request.viewer, at=timezone.now())
    own = ForceSection.objects.filter(organisation_id=request.viewer.organisation)
    return pages.filter(pk__in=readable.values("pk")) | pages.filter(pk__in=own.values("pk"))


@hooks.register("construct_image_chooser_queryset")
def images_to_choose(images: Any, request: PortalRequest) -> Any:
    """Own uploads not yet used, and pictures of documents one may read in one's section."""
    return images.filter(pk__in=choosable(StoredImage, request.viewer).values("pk"))


@hooks.register("construct_document_chooser_queryset")
def files_to_choose(files: Any, request: PortalRequest) -> Any:
    """Own uploads not yet used, and files of documents one may read in one's section."""
    return files.filter(pk__in=choosable(StoredFile, request.viewer).values("pk"))


@hooks.register("before_edit_page")
def refuse_a_step_that_is_over(request: PortalRequest, page: Any) -> None:
    """Let the form be refused when its step of the review ended while it was open.

    Wagtail 7.4 breaks where the review was ended, and takes the button for "Save draft" where the
    step is somebody else's: the approver would have become the last editor.
    """
    if PRESSED_IN_REVIEW not in request.POST:
        return
    task = page.current_workflow_task
    offered = task.get_actions(page, request.user) if task is not None else ()
    if request.POST.get("workflow-action-name") not in {name for name, *_ in offered}:
        sent = request.POST.copy()
        del sent[PRESSED_IN_REVIEW]
        sent[PRESSED_TOO_LATE] = "1"
        request.POST = sent  # type: ignore[assignment]


@hooks.register("construct_page_action_menu")
def buttons_in_review(items: list[Any], request: PortalRequest, context: dict[str, Any]) -> None:
    """A reviewer of another organisation is led to the step, and may not take the page back."""
    page = context.get("page")
    if isinstance(page, Document) and page.current_workflow_task is not None:
        is_editor = is_editable(page, request.viewer)
        items[:] = menu_in_review(items, page, request.user, is_editor=is_editor)


@hooks.register("after_create_page")
def bind_after_create(request: PortalRequest, page: Any) -> None:
    """Tie the chosen files to the new page, and note the narrower revision where they moved."""
    _bind(page)
    _tell_of_scans(request, page)


@hooks.register("after_edit_page")
def bind_after_edit(request: PortalRequest, page: Any) -> None:
    """Tie newly chosen files to the page."""
    _bind(page)
    _tell_of_scans(request, page)


def _bind(page: Any) -> None:
    revision = page.get_latest_revision() if isinstance(page, Document) else None
    if revision is None:
        return
    draft = revision.as_object()
    before = revision.content
    bind_files(draft)
    after = draft.serializable_data()
    if after != before:
        revision.content = after
        revision.save(update_fields=["content"])


def _tell_of_scans(request: PortalRequest, page: Any) -> None:
    """Say which pages of the attached files search cannot read."""
    draft = page.get_latest_revision_as_object() if isinstance(page, Document) else None
    for attachment in draft.attachments.all() if draft is not None else ():
        numbers = attachment.file.pages_without_words
        if numbers:
            shown = ", ".join(map(str, numbers[:SHOWN_PAGES]))
            more = "" if len(numbers) <= SHOWN_PAGES else f" and {len(numbers) - SHOWN_PAGES} more"
            messages.warning(
                request,
                f"“{attachment.file.title}”: no words on page {shown}{more}. It is a scan, so "
                "search will not find what it says. Attach a version with text, or say the main "
                "points on this page.",
            )


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """Our own addresses in the admin."""
    return [
        path("guidance/reach/<int:page_id>/", admin_views.reach, name="guidance_reach_of"),
        path("guidance/narrow/<int:page_id>/", admin_views.narrow, name="guidance_narrow"),
        path("guidance/withdraw/<int:page_id>/", admin_views.withdraw, name="guidance_withdraw"),
        path("guidance/delete/<int:page_id>/", deletion_views.delete, name="guidance_delete"),
    ]


@hooks.register("register_page_header_buttons")
def page_buttons(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Any:
    """Narrow, withdraw and delete, beside Wagtail's own buttons, for published documents."""
    if not isinstance(page, Document) or page.state == "draft":
        return
    yield Button("Narrow who sees it", admin_views.url_of("narrow", page), priority=60)
    yield Button("Withdraw or replace", admin_views.url_of("withdraw", page), priority=70)
    yield Button("Delete", admin_views.url_of("delete", page), priority=80)


@hooks.register("register_admin_menu_item")
def section_item() -> MenuItem:
    """The way to one's own section, instead of the tree of all."""
    return SectionItem(
        "My section", "/admin/pages/", name="section", icon_name="folder-open-inverse"
    )


class SectionItem(MenuItem):
    """Leads to the section of the person's own organisation."""

    def is_shown(self, request: PortalRequest) -> bool:
        """Everybody who gets here has a section."""
        return True

    def render_component(self, request: PortalRequest) -> Any:
        """Point at the section of who is asking."""
        self.url = own_section_url(request.viewer)
        return super().render_component(request)


@hooks.register("construct_main_menu")
def shorter_menu(request: PortalRequest, items: list[Any]) -> None:
    """Keep what leads somewhere."""
    items[:] = [item for item in items if item.name in KEPT_MENU]


@hooks.register("register_log_actions", order=100)
def renamings_without_titles(actions: Any) -> None:
    """Wagtail's history quotes both titles, the former of a revision for fewer people perhaps."""
    actions.register_action("wagtail.rename", _("Rename"), _("Renamed"))


@hooks.register("construct_homepage_panels")
def panels_of_own_work(request: PortalRequest, panels: list[Any]) -> None:
    """Keep the panels of one's own work; the site summary counts what one may not see."""
    kept = [panel for panel in panels if type(panel).__name__ == "WorkflowObjectsToModeratePanel"]
    panels[:] = [deletion_views.DeletionsPanel(), OwnSubmissionsPanel(), *kept]


@hooks.register("register_admin_search_area")
def portal_search() -> SearchArea:
    """The admin's own search knows neither markings nor groups: this box asks the portal's."""
    return SearchArea("Portal", "/search/", name="portal", order=0)


@hooks.register("insert_editor_js")
def editor_scripts() -> str:
    """The live count beside the audience, names for fields that are heard, one save at a time."""
    names = ("reach", "names", "saving")
    scripts = ((static(f"guidance/{name}.js"),) for name in names)
    return format_html_join("", '<script src="{}" defer></script>', scripts)


class TermViewSet(SnippetViewSet):
    """The hub's words."""

    model = Term
    icon = "tag"
    list_display = ("label", "slug", "vocabulary", "valid_from", "valid_until")
    list_filter = ("vocabulary",)


class LawViewSet(SnippetViewSet):
    """The hub's law references."""

    model = LawReference
    icon = "doc-full"
    list_display = ("act", "section", "nation", "status", "as_at_date", "checked_by")
    list_filter = ("status", "nation")


class WordsGroup(SnippetViewSetGroup):
    """What only the hub keeps."""

    menu_label = "Words and law"
    menu_name = "words"
    menu_icon = "list-ul"
    items = (TermViewSet, LawViewSet)


register_snippet(WordsGroup)
