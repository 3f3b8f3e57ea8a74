"""The hub's pages in the admin on organisations, regions, phases and need-to-know groups."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, cast

from django.db import models
from django.forms import DateTimeInput, Field, ModelForm
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import CreateView, EditView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup
from wagtail.permission_policies.base import BasePermissionPolicy

from access.vocabulary import Role
from audit.events import Event
from audit.record import record
from forces.models import (
    EmailDomain,
    IdentityProvider,
    NeedToKnowGroup,
    Organisation,
    PeopleList,
    Region,
    RolloutPhase,
    User,
)
from forces.organisations import NewOrganisationForm, announce
from forces.proposals import change_door
from forces.requests import PortalRequest, person_of
from forces.told_changes import told
from forces.viewers import viewer_for

HUB_EDITORS = frozenset({Role.HUB_EDITOR, Role.HUB_APPROVER})
HUB_APPROVERS = frozenset({Role.HUB_APPROVER})
UNVERIFIED = "(unverified)"
WAITS = "Nothing has changed yet: another hub approver has to confirm it on the people page."


class KeptByTheHub(BasePermissionPolicy):
    """Hub approvers change; nobody deletes here, since people and pages hang on it."""

    def __init__(
        self, model: type[models.Model], *, readers: frozenset[Role], actions: frozenset[str]
    ) -> None:
        """Say who may look, and what approvers may do besides."""
        super().__init__(model)
        self.readers, self.actions = readers, actions

    def user_has_permission(self, user: User, action: str) -> bool:
        """Ask today's membership, as everything else does."""
        roles = viewer_for(user, second_factor=False, at=timezone.now()).roles
        if action == "view":
            return bool(roles & self.readers)
        return action in self.actions and bool(roles & HUB_APPROVERS)

    def users_with_any_permission(self, actions: Collection[str]) -> models.QuerySet[User]:
        """Wagtail asks in order to offer names; we offer none."""
        return User.objects.none()


class Recorded:
    """These facts decide what whole forces see: strong sessions only, and a row in the trail."""

    decision: str
    event = Event.ORGANISATION_CHANGED

    def dispatch(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer a weak session like everybody who may not be here."""
        if not request.viewer.second_factor:
            raise Http404
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response

    def save_instance(self) -> models.Model:
        """Save and record in the one transaction that the caller has opened."""
        saved: models.Model = super().save_instance()  # type: ignore[misc]
        request: PortalRequest = self.request  # type: ignore[attr-defined]
        form: ModelForm[Any] = self.form  # type: ignore[attr-defined]
        record(
            self.event,
            actor=request.viewer.person_id,
            action_object=f"{saved._meta.model_name}:{saved.pk}",
            decision=self.decision,
            request_id=request.request_id,
            detail=told(form, decision=self.decision, is_new=self.decision == "added"),
        )
        return saved


class RecordedEditView(Recorded, EditView):
    """Changes one."""

    decision = "changed"


class RecordedCreateView(Recorded, CreateView):
    """Adds one."""

    decision = "added"


class Announced(Recorded):
    """The rooms above lay out what belongs to an organisation, in the same transaction."""

    def save_instance(self) -> models.Model:
        """Save, record and announce."""
        saved = super().save_instance()
        announce(cast("Organisation", saved))
        return saved


class OrganisationEditView(Announced, RecordedEditView):
    """Changes one."""


class OrganisationCreateView(Announced, RecordedCreateView):
    """Adds one."""


class SecondPersonNeeded:
    """A provider or a domain opens a force: saved once a second person has confirmed it."""

    def form_valid(self, form: ModelForm[Any]) -> HttpResponse:
        """Propose what was filled in; shutting one happens at once."""
        request: PortalRequest = self.request  # type: ignore[attr-defined]
        proposed = change_door(form.instance, changed=form.changed_data, by=person_of(request))
        messages.success(request, WAITS if proposed else "Ended, from this moment.")
        return redirect(self.index_url_name)  # type: ignore[attr-defined]


class ProposedEditView(SecondPersonNeeded, RecordedEditView):
    """Proposes a change to one."""


class ProposedCreateView(SecondPersonNeeded, RecordedCreateView):
    """Proposes one."""


def _absent(request: PortalRequest, **kwargs: Any) -> HttpResponse:
    raise Http404


def _moment() -> DateTimeInput:
    """Wagtail's own comes with a script that the policy of these pages refuses."""
    return DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})


class HubViewSet(ModelViewSet):
    """What all seven pages share."""

    add_view_class = RecordedCreateView
    edit_view_class = RecordedEditView
    copy_view_enabled = False
    inspect_view_enabled = False
    list_export: tuple[str, ...] = ()
    readers = HUB_EDITORS
    actions = frozenset({"change"})

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], **kwargs: Any
    ) -> Field | None:
        """A moment is chosen in the browser's own calendar."""
        if isinstance(db_field, models.DateTimeField):
            kwargs["widget"] = _moment()
        found: Field | None = db_field.formfield(**kwargs)
        return found

    @property
    def usage_view(self) -> Callable[..., HttpResponse]:
        """Wagtail counts there whatever points here, other forces' hidden pages among it."""
        return _absent

    @property
    def permission_policy(self) -> KeptByTheHub:
        """Roles, not Wagtail's groups."""
        return KeptByTheHub(self.model, readers=self.readers, actions=self.actions)


def told_region(organisation: Organisation) -> str:
    """The region as the list shows it."""
    if organisation.region is None:
        return ""
    doubt = f" {UNVERIFIED}" if organisation.region_unverified else ""
    return f"{organisation.region}{doubt}"


def told_code(organisation: Organisation) -> str:
    """The two-digit code as the list shows it."""
    if not organisation.home_office_code:
        return ""
    doubt = f" {UNVERIFIED}" if organisation.home_office_code_unverified else ""
    return f"{organisation.home_office_code}{doubt}"


class OrganisationViewSet(HubViewSet):
    """Forces, the hub, partners and oversight."""

    model = Organisation
    name = "organisations"
    icon = "group"
    add_view_class = OrganisationCreateView
    edit_view_class = OrganisationEditView
    actions = frozenset({"add", "change"})
    list_display = (
        "name",
        "kind",
        Column("region", label="Region", accessor=told_region),
        "phase",
        Column("code", label="Two-digit code", accessor=told_code),
        "ended_at",
    )
    list_filter = ("kind", "region", "phase", "region_unverified")
    search_fields = ("name", "short_name", "slug")
    panels = (
        FieldPanel("name"),
        FieldPanel("short_name"),
        FieldPanel("nation"),
        MultiFieldPanel(
            [
                FieldPanel("region"),
                FieldPanel("region_unverified", help_text="Tick off once a source confirms it."),
            ],
            heading="Region",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("ons_code"), FieldPanel("home_office_code")]),
                FieldPanel(
                    "home_office_code_unverified", help_text="Tick off once a source confirms it."
                ),
            ],
            heading="Codes",
        ),
        FieldPanel("phase", help_text="Its people are admitted from the day the phase opens."),
        FieldPanel("ended_at", help_text="From then on its people see nothing.", widget=_moment()),
    )

    def get_add_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Slug and kind are chosen once: the slug stands in addresses, documents and the trail."""
        first = [
            FieldPanel("slug", help_text="Such as kent. It is never changed."),
            FieldPanel("kind"),
        ]
        shown = ObjectList([*first, *self.panels], base_form_class=NewOrganisationForm)
        panel = shown.bind_to_model(self.model)
        told = {"panel": panel, "form_class": panel.get_form_class(), **kwargs}
        return dict(super().get_add_view_kwargs(**told))


class RegionViewSet(HubViewSet):
    """Areas of the regional organised crime units."""

    model = Region
    name = "regions"
    icon = "site"
    list_display = ("name", "slug")
    form_fields = ("name",)


class PhaseViewSet(HubViewSet):
    """The steps of the roll-out."""

    model = RolloutPhase
    name = "phases"
    icon = "calendar"
    list_display = ("number", "name", "opens_at")
    form_fields = ("name", "opens_at")


class GroupViewSet(HubViewSet):
    """Need-to-know groups: their names alone may tell too much, so editors do not see them."""

    model = NeedToKnowGroup
    name = "need_to_know"
    icon = "lock"
    list_display = ("name", "owner", "ends_at")
    form_fields = ("name", "owner", "reason", "ends_at")
    readers = HUB_APPROVERS
    actions = frozenset({"add", "change"})


class DomainViewSet(HubViewSet):
    """Whose address may be invited where; a domain that was given up must be ended at once."""

    model = EmailDomain
    name = "domains"
    icon = "mail"
    list_display = ("domain", "organisation", "ended_at")
    form_fields = ("domain", "organisation", "ended_at")
    add_view_class = ProposedCreateView
    edit_view_class = ProposedEditView
    actions = frozenset({"add", "change"})


class ProviderViewSet(HubViewSet):
    """Where a force's people sign in; whoever can change it can become anybody of that force."""

    model = IdentityProvider
    name = "identity_providers"
    icon = "key"
    list_display = ("organisation", "kind", "issuer", "slug", "ended_at")
    form_fields = (
        *("slug", "organisation", "kind", "issuer"),
        *("tenant", "client_id", "sso_address", "certificate"),
        *("strong_methods", "strong_classes", "author_claim", "ended_at"),
    )
    readers = HUB_APPROVERS
    add_view_class = ProposedCreateView
    edit_view_class = ProposedEditView
    actions = frozenset({"add", "change"})


class PeopleListViewSet(HubViewSet):
    """The lists that are read each night, of forces whose directory does not speak SCIM."""

    model = PeopleList
    name = "people_lists"
    icon = "list-ul"
    list_display = ("organisation", "address", "read_at", "outcome")
    form_fields = ("organisation", "address")
    readers = HUB_APPROVERS
    actions = frozenset({"add", "change"})


class OrganisationsGroup(ModelViewSetGroup):
    """One menu for all of them."""

    menu_label = "Organisations"
    menu_name = "organisations"
    menu_icon = "group"
    items = (
        OrganisationViewSet,
        RegionViewSet,
        PhaseViewSet,
        GroupViewSet,
        DomainViewSet,
        ProviderViewSet,
        PeopleListViewSet,
    )


@hooks.register("register_admin_viewset")
def organisations() -> OrganisationsGroup:
    """Register the menu and its addresses."""
    return OrganisationsGroup()
