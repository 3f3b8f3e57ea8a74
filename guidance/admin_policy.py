"""Asks the access rule at every admin address; what is not on the list does not exist.

Few of Wagtail's admin views have hooks (history, compare, revision, usage and preview have
none), and a release may add views. So addresses are allowed by name, and everything they name
(page, revision, picture, file) is looked at before the view runs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision

from access.policy import Reason, Viewer, decide
from access.vocabulary import EDITING_ROLES
from audit.events import Event
from audit.record import record
from forces.requests import PortalRequest, person_of
from guidance.facts import facts_of
from guidance.models import Document, ForceSection, Review, StoredFile, StoredImage
from guidance.permissions import align

ADMIN_PREFIX = "/admin/"

# Wagtail's own, which would by-pass the second factor and the rate limits of sign-in.
REPLACED_VIEWS = {
    "wagtailadmin_login": "account_login",
    "wagtailadmin_logout": "account_logout",
    "wagtailadmin_account": "account",
}
# Needs a role that edits, and names nothing.
OPEN_VIEWS = frozenset(
    {
        "wagtailadmin_home",
        "wagtailadmin_sprite",
        "wagtailadmin_javascript_catalog",
        "wagtailadmin_choose_page",
        "wagtailadmin_choose_page_child",
        "wagtailadmin_choose_page_search",
        "wagtailadmin_choose_page_chosen_multiple",
        "wagtailadmin_choose_page_external_link",
        "wagtailadmin_choose_page_email_link",
        "wagtailadmin_choose_page_phone_link",
        "wagtailadmin_choose_page_anchor_link",
        "wagtailadmin_block_preview",
        "wagtailimages_chooser:choose",
        "wagtailimages_chooser:choose_results",
        "wagtailimages_chooser:chosen",
        "wagtailimages_chooser:chosen_multiple",
        "wagtailimages_chooser:create",
        "wagtailimages_chooser:select_format",
        "wagtaildocs_chooser:choose",
        "wagtaildocs_chooser:choose_results",
        "wagtaildocs_chooser:chosen",
        "wagtaildocs_chooser:chosen_multiple",
        "wagtaildocs_chooser:create",
        "guidance_import",
    }
)
# Name a section or a document that the person may edit.
SECTION_VIEWS = frozenset(
    {
        "wagtailadmin_explore",
        "wagtailadmin_explore_results",
        "wagtailadmin_pages:add",
        "wagtailadmin_pages:add_subpage",
        "wagtailadmin_pages:preview_on_add",
    }
)
DOCUMENT_VIEWS = frozenset(
    {
        "wagtailadmin_pages:delete",
        "wagtailadmin_pages:copy",
        "wagtailadmin_pages:confirm_workflow_cancellation",
        "wagtailadmin_pages:revisions_index",
        "wagtailadmin_pages:revisions_view",
        "wagtailadmin_pages:revisions_revert",
        "wagtailadmin_pages:revisions_compare",
        "wagtailadmin_pages:workflow_history",
        "wagtailadmin_pages:workflow_history_detail",
        "wagtailadmin_pages:history",
        "wagtailadmin_pages:history_results",
        "guidance_narrow",
        "guidance_reach_of",
        "guidance_withdraw",
    }
)
# A reviewer of another organisation comes here too, and to nothing else of the document.
REVIEW_VIEWS = frozenset(
    {
        "wagtailadmin_pages:edit",
        "wagtailadmin_pages:preview_on_edit",
        "wagtailadmin_pages:view_draft",
        "wagtailadmin_pages:workflow_action",
        "wagtailadmin_pages:collect_workflow_action_data",
        "wagtailadmin_pages:workflow_preview",
        "wagtailadmin_editing_sessions:ping",
        "wagtailadmin_editing_sessions:release",
    }
)
# The hub's vocabularies: Wagtail's own model permissions say who may change them.
KEEPER_PREFIXES = (
    "wagtailsnippets_guidance_term:",
    "wagtailsnippets_guidance_lawreference:",
    "organisations:",
    "regions:",
    "phases:",
    "need_to_know:",
)
PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id")
REVISION_ARGUMENTS = ("revision_id", "revision_id_a", "revision_id_b")
EDITOR_REASONS = (Reason.AUTHOR, Reason.EDITOR)


class AdminPolicyMiddleware:
    """Answers 404 to every admin request that the policy does not allow."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; `process_view` decides, when the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: PortalRequest, view: Any, args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Decide by the name of the view and by what its address names."""
        if not request.path_info.startswith(ADMIN_PREFIX):
            return None
        viewer: Viewer = request.viewer
        match = request.resolver_match
        name = match.view_name if match is not None else ""
        if name in REPLACED_VIEWS:
            return redirect(REPLACED_VIEWS[name])
        if not viewer.roles & EDITING_ROLES:
            raise Http404
        align(person_of(request), viewer)
        if name == "wagtailadmin_explore_root":
            return redirect(own_section_url(viewer))
        _require_allowed(request, viewer, name, kwargs)
        return None


def own_section_url(viewer: Viewer) -> str:
    """Where the person's own section is listed; 404 for an organisation without one."""
    section = ForceSection.objects.filter(organisation_id=viewer.organisation).first()
    if section is None:
        raise Http404
    return reverse("wagtailadmin_explore", args=[section.pk])


def _require_allowed(
    request: PortalRequest, viewer: Viewer, name: str, kwargs: dict[str, Any]
) -> None:
    if name in OPEN_VIEWS:
        _require_open_arguments(viewer, name, kwargs)
    elif name.startswith(KEEPER_PREFIXES) and not name.endswith(":usage"):
        # Usage lists a row for each page that uses a word, hidden pages too.
        return
    elif name in SECTION_VIEWS:
        _require_section(request, viewer, kwargs)
    elif name in DOCUMENT_VIEWS | REVIEW_VIEWS:
        _require_document(request, viewer, name, kwargs)
    else:
        raise Http404


def _require_open_arguments(viewer: Viewer, name: str, kwargs: dict[str, Any]) -> None:
    if (parent_pk := kwargs.get("parent_page_id")) is not None:
        # The chooser names the page it stands on, whatever its list may show.
        readable = Document.visible.to(viewer, at=timezone.now())
        if Document.objects.filter(pk=parent_pk).exists() and not (
            readable.filter(pk=parent_pk).exists()
        ):
            raise Http404
    pk = kwargs.get("pk", kwargs.get("image_id"))
    if pk is None:
        return
    model = StoredImage if name.startswith("wagtailimages") else StoredFile
    if not choosable(model, viewer).filter(pk=pk).exists():
        raise Http404


def choosable(model: type[StoredFile] | type[StoredImage], viewer: Viewer) -> Any:
    """The files or pictures a person may choose: own uploads not yet used, and own section's.

    Those of a document are there only if the person may read that document.
    """
    readable = Document.visible.to(viewer, at=timezone.now()).filter(
        owner_org_id=viewer.organisation
    )
    own = model.objects.filter(uploaded_by_user__public_id=viewer.person_id, belongs_to=None)
    return own | model.objects.filter(belongs_to__in=readable.values("pk"))


def _require_section(request: PortalRequest, viewer: Viewer, kwargs: dict[str, Any]) -> None:
    for argument in PAGE_ARGUMENTS:
        if argument in kwargs:
            section = ForceSection.objects.filter(pk=kwargs[argument]).first()
            if section is None or section.organisation_id != viewer.organisation:
                raise Http404


def _require_document(
    request: PortalRequest, viewer: Viewer, name: str, kwargs: dict[str, Any]
) -> None:
    pk = next((kwargs[arg] for arg in (*PAGE_ARGUMENTS, "object_id") if arg in kwargs), None)
    page = Page.objects.filter(pk=pk).specific().first()
    if not isinstance(page, Document):
        if name.startswith("wagtailadmin_editing_sessions:"):
            return
        raise Http404
    revisions = [page.latest_revision_id]
    revisions += [kwargs[arg] for arg in REVISION_ARGUMENTS if arg in kwargs]
    for revision_pk in revisions:
        reason = _reason(viewer, page, revision_pk)
        if reason not in EDITOR_REASONS and not (
            reason is Reason.REVIEWER and name in REVIEW_VIEWS
        ):
            _refuse(request, viewer, page, reason)
    if page.is_sensitive and request.method == "GET":
        _trail(request, viewer, page, Event.SENSITIVE_READING, reason)


def _reason(viewer: Viewer, page: Document, revision_pk: Any) -> Reason:
    """Why the viewer may read a revision, or why not; the live row's refusals count as well."""
    now = timezone.now()
    live = decide(viewer, facts_of(page), at=now).reason
    if live in (Reason.MARKING, Reason.NEED_TO_KNOW) or not str(revision_pk).isdigit():
        return live
    revision = Revision.page_revisions.filter(pk=revision_pk, object_id=str(page.pk)).first()
    if revision is None:
        return Reason.NOT_PUBLISHED
    open_ones = Review.objects.filter(revision_pk=revision.pk, closed_at__isnull=True)
    keys = open_ones.values_list("key", flat=True)
    draft = facts_of(revision.as_object(), review=keys)
    return decide(viewer, draft, at=now).reason


def _refuse(request: PortalRequest, viewer: Viewer, page: Document, reason: Reason) -> None:
    _trail(request, viewer, page, Event.REFUSAL, reason)
    raise Http404


def _trail(
    request: PortalRequest, viewer: Viewer, page: Document, event: Event, reason: Reason
) -> None:
    record(
        event,
        actor=viewer.person_id,
        action_object=page.ref,
        decision="no" if event is Event.REFUSAL else "yes",
        reason=reason.value,
        request_id=request.request_id,
    )
