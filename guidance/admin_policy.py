"""Asks the access rule at every admin address; what is not on the list does not exist.

Few of Wagtail's admin views have hooks (history, compare, revision, usage and preview have
none), and a release may add views. So addresses are allowed by name, and everything they name
(page, revision, picture, file) is looked at before the view runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NoReturn

from django.apps import apps
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, Revision, TaskState

from access.policy import Reason, Viewer, decide
from access.vocabulary import EDITING_ROLES
from audit.events import Event
from audit.record import record
from forces.requests import PortalRequest, person_of
from forces.services import may_manage_groups
from forces.sessions import note_sensitive_reading
from forces.step_up import ask_for_proof, is_fresh, proof_address, sent_in
from guidance.choosing import choosable, pages_open_to
from guidance.facts import facts_of, facts_of_rows
from guidance.models import Document, ForceSection, Library, Review, StoredFile, StoredImage
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
        "guidance_delete",
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
# Who is admitted, from when, and who shares what: a change of access for many.
ACCESS_PREFIXES = (
    *("organisations:", "regions:", "phases:"),
    *("need_to_know:", "domains:", "identity_providers:", "people_lists:"),
)
# The hub's vocabularies: Wagtail's own model permissions say who may change them.
KEEPER_PREFIXES = (
    "wagtailsnippets_guidance_term:",
    "wagtailsnippets_guidance_lawreference:",
    "best_bets:",
    *ACCESS_PREFIXES,
)
# Its buttons lead to our own form, where it takes two.
WAGTAILS_DELETE = "wagtailadmin_pages:delete"
# Wagtail asks for these from a script, which would follow a redirect into nothing.
WORKFLOW_DIALOGS = frozenset(
    {"wagtailadmin_pages:workflow_action", "wagtailadmin_pages:collect_workflow_action_data"}
)
PAGE_ARGUMENTS = ("page_id", "parent_page_id", "page_to_move_id")
REVISION_ARGUMENTS = ("revision_id", "revision_id_a", "revision_id_b")
EDITOR_REASONS = (Reason.AUTHOR, Reason.EDITOR)
COMPARISON = "wagtailadmin_pages:revisions_compare"
TASK_PREVIEW = "wagtailadmin_pages:workflow_preview"
# Wagtail's word for the live row in a comparison; our own forms show that row, too.
LIVE = "live"
LIVE_VIEWS = frozenset(
    {"guidance_narrow", "guidance_reach_of", "guidance_withdraw", "guidance_delete"}
)
EDITING_SESSIONS = "wagtailadmin_editing_sessions:"
_NUMBER = re.compile(r"[0-9]{1,18}")


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
        if name == "wagtailadmin_choose_page":
            return redirect(_top_of_chooser(request))
        if name == COMPARISON:
            # The one address without named arguments.
            kwargs = dict(zip(("page_id", *REVISION_ARGUMENTS[1:]), args, strict=True))
        _require_allowed(request, viewer, name, kwargs)
        if name == WAGTAILS_DELETE:
            return redirect("guidance_delete", kwargs["page_id"])
        return _step_up(request, name, kwargs)


def _step_up(request: PortalRequest, name: str, kwargs: dict[str, Any]) -> HttpResponse | None:
    """A fresh second factor before somebody publishes, withdraws or changes who belongs where.

    Narrowing asks for none: it is urgent, and nobody reads more by it.
    """
    approving = "approve" in (kwargs.get("action_name"), request.POST.get("workflow-action-name"))
    changing = (
        # Being asked would tell anybody else that there is something.
        may_manage_groups(request.viewer)
        and name.startswith(ACCESS_PREFIXES)
        and name.endswith((":add", ":edit", ":delete"))
    )
    asks = approving or changing or name == "guidance_withdraw"
    if not asks or is_fresh(request, at=timezone.now()):
        return None
    return _ask_in_dialog(request, kwargs) if name in WORKFLOW_DIALOGS else ask_for_proof(request)


def _ask_in_dialog(request: PortalRequest, kwargs: dict[str, Any]) -> HttpResponse:
    is_sent = request.method == "POST"
    editor = reverse("wagtailadmin_pages:edit", args=[kwargs["page_id"]])
    context = {
        "is_sent": is_sent,
        "address": proof_address(request, back_to=reverse("proved") if is_sent else editor),
        "action": request.path,
        "fields": sent_in(request),
    }
    shown = render_to_string("guidance/step_up.html", context, request)
    return JsonResponse({"step": "action", "html": shown})


def own_section_url(viewer: Viewer) -> str:
    """Where the person's own section is listed; 404 for an organisation without one."""
    section = ForceSection.objects.filter(organisation_id=viewer.organisation).first()
    if section is None:
        raise Http404
    return reverse("wagtailadmin_explore", args=[section.pk])


def _top_of_chooser(request: PortalRequest) -> str:
    """Wagtail would start at what all pages of a type have in common, hidden ones among them."""
    library = reverse("wagtailadmin_choose_page_child", args=[Library.objects.get().pk])
    return f"{library}?{request.GET.urlencode()}"


def _require_allowed(
    request: PortalRequest, viewer: Viewer, name: str, kwargs: dict[str, Any]
) -> None:
    if name in OPEN_VIEWS:
        _require_open_arguments(request, viewer, name, kwargs)
    elif name.startswith(KEEPER_PREFIXES) and not name.endswith(":usage"):
        # Usage lists a row for each page that uses a word, hidden pages too.
        return
    elif name in SECTION_VIEWS:
        _require_section(request, viewer, kwargs)
    elif name in DOCUMENT_VIEWS | REVIEW_VIEWS:
        _require_document(request, viewer, name, kwargs)
    else:
        raise Http404


def _require_open_arguments(
    request: PortalRequest, viewer: Viewer, name: str, kwargs: dict[str, Any]
) -> None:
    """Whatever a chooser names by its number must be for this person; absent looks the same."""
    pk = kwargs.get("pk", kwargs.get("image_id", kwargs.get("parent_page_id")))
    numbers = {str(pk)} if pk is not None else set()
    if name.endswith("chosen_multiple"):
        numbers |= set(request.GET.getlist("id"))
    if not numbers:
        return
    if not all(map(_NUMBER.fullmatch, numbers)):
        raise Http404
    known = _choosable_by(viewer, name).filter(pk__in=numbers)
    if known.count() != len({int(number) for number in numbers}):
        raise Http404


def _choosable_by(viewer: Viewer, name: str) -> Any:
    if name.startswith("wagtailadmin_"):
        return pages_open_to(viewer)
    return choosable(StoredImage if name.startswith("wagtailimages") else StoredFile, viewer)


def _require_section(request: PortalRequest, viewer: Viewer, kwargs: dict[str, Any]) -> None:
    for argument in PAGE_ARGUMENTS:
        if argument in kwargs:
            _require_own_section(viewer, str(kwargs[argument]))


def _require_own_section(viewer: Viewer, number: str) -> None:
    if not _NUMBER.fullmatch(number):
        raise Http404
    own = ForceSection.objects.filter(pk=number, organisation_id=viewer.organisation)
    if not own.exists():
        raise Http404


def _require_document(
    request: PortalRequest, viewer: Viewer, name: str, kwargs: dict[str, Any]
) -> None:
    if name.startswith(EDITING_SESSIONS) and not _is_session_of_document(kwargs):
        return
    pk = next((kwargs[arg] for arg in (*PAGE_ARGUMENTS, "object_id") if arg in kwargs), None)
    page = _document_to_edit(request, viewer, pk)
    named = [_revision(page, kwargs[arg]) for arg in REVISION_ARGUMENTS if arg in kwargs]
    if name == TASK_PREVIEW:
        named.append(_revision_of_task(page, kwargs["task_id"]))
    for revision_pk in (page.latest_revision_id, *named):
        reason = reason_to_edit(viewer, page, revision_pk)
        if reason not in EDITOR_REASONS and not (
            reason is Reason.REVIEWER and name in REVIEW_VIEWS
        ):
            _refuse(request, viewer, page.ref, reason)
    if name == "wagtailadmin_pages:copy" and (parent := request.POST.get("new_parent_page")):
        # Wagtail's refusal names the page it will not copy to, whichever that is.
        _require_own_section(viewer, parent)
    shown = [LIVE] if name in LIVE_VIEWS else named or [page.latest_revision_id or LIVE]
    if request.method == "GET" and _is_sensitive(page, shown):
        note_sensitive_reading(request.session)
        _trail(request, viewer, page.ref, Event.SENSITIVE_READING, reason)


def _is_sensitive(page: Document, shown: list[Any]) -> bool:
    """Whether one of the texts that a view shows is OFFICIAL-SENSITIVE: a draft, or the live row.

    A draft has a marking of its own until it is published, and so has every earlier revision.
    """
    if LIVE in shown and page.is_sensitive:
        return True
    numbers = [number for number in shown if str(number).isdigit()]
    revisions = Revision.page_revisions.filter(pk__in=numbers, object_id=str(page.pk))
    return any(revision.as_object().is_sensitive for revision in revisions)


def _revision_of_task(page: Document, task_pk: Any) -> Any:
    """The revision that a step's preview shows, which need not be the newest; LIVE for none."""
    open_ones = TaskState.objects.filter(task=task_pk, status=TaskState.STATUS_IN_PROGRESS)
    of_page = open_ones.filter(revision__in=page.revisions.all())
    return of_page.values_list("revision", flat=True).first() or LIVE


def _is_session_of_document(kwargs: dict[str, Any]) -> bool:
    """Words of the hub have editing sessions, too; an unknown model is Wagtail's 404."""
    named = (kwargs.get("app_label", ""), kwargs.get("model_name", ""))
    try:
        return issubclass(apps.get_model(*named), Page)
    except (LookupError, ValueError):
        return False


def _document_to_edit(request: PortalRequest, viewer: Viewer, pk: Any) -> Document:
    """The page of a number, if it is this person's to edit or review.

    Up to here a hidden page costs the same statements as one that does not exist.
    """
    if not _NUMBER.fullmatch(str(pk)):
        raise Http404
    rows = facts_of_rows(Q(pk=pk))
    keys = sorted(viewer.review_keys)
    reviews = Review.objects.filter(document_pk=pk, closed_at__isnull=True, key__in=keys).exists()
    reason = Reason.NOT_PUBLISHED
    if rows:
        reason = decide(viewer, rows[0].facts, at=timezone.now()).reason
    may_review = reviews and reason not in (Reason.MARKING, Reason.NEED_TO_KNOW)
    if not rows or not (reason in EDITOR_REASONS or may_review):
        _refuse(request, viewer, rows[0].facts.ref if rows else f"page:{pk}", reason)
    page: Document = Document.objects.get(pk=pk).specific
    return page


def _revision(page: Document, named: Any) -> Any:
    """The number of a revision that an address may call by a word."""
    if named == "earliest":
        return page.revisions.order_by("created_at", "pk").values_list("pk", flat=True).first()
    return page.latest_revision_id if named == "latest" else named


def reason_to_edit(viewer: Viewer, page: Document, revision_pk: Any) -> Reason:
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


def _refuse(request: PortalRequest, viewer: Viewer, ref: str, reason: Reason) -> NoReturn:
    _trail(request, viewer, ref, Event.REFUSAL, reason)
    raise Http404


def _trail(request: PortalRequest, viewer: Viewer, ref: str, event: Event, reason: Reason) -> None:
    record(
        event,
        actor=viewer.person_id,
        action_object=ref,
        decision="no" if event is Event.REFUSAL else "yes",
        reason=reason.value,
        request_id=request.request_id,
    )
