"""What every page shows around its content: names, navigation, version, the reader's settings."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from access.policy import ANONYMOUS, Viewer
from access.vocabulary import (
    EDITING_ROLES,
    HUB_SLUG,
    POLICING_KINDS,
    READING_ROLES,
    OrganisationKind,
    Role,
)
from forces.cookies import cookie_name
from forces.invitations import may_invite
from forces.models import Organisation
from forces.services import may_manage_people
from guidance import break_glass
from portal.oversight.status import may_see_status

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

SHORTCUT_COOKIE = "search-shortcut"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the service navigation."""

    label: str | Promise
    address: str
    is_current: bool


@cache
def version() -> str:
    """The version of the portal, as its pyproject.toml gives it."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


@cache
def _short_names() -> dict[str, str]:
    # Every page shows one of these, and they change with a merger of forces: this process
    # forgets them then, other processes at their restart.
    return dict(Organisation.objects.values_list("slug", "short_name"))


def short_name(slug: str) -> str:
    """The short name of an organisation, without a statement for each page."""
    if slug and slug not in _short_names():
        forget_names()
    return _short_names().get(slug, "") if slug else ""


@receiver((post_save, post_delete), sender=Organisation)
def forget_names(**_signal: Any) -> None:
    """Read the names again when they are next needed."""
    _short_names.cache_clear()


class Frame:
    """Computed when a template asks, so that pages without a frame pay nothing."""

    def __init__(self, request: HttpRequest) -> None:
        """Keep the request; nothing is read before a template needs it."""
        self._request = request

    @cached_property
    def viewer(self) -> Viewer:
        """Who is asking; nobody, where the request failed before that was known."""
        viewer: Viewer = getattr(self._request, "viewer", ANONYMOUS)
        return viewer

    @property
    def service_name(self) -> str:
        """The name over every page."""
        return str(settings.WAGTAIL_SITE_NAME)

    @property
    def version(self) -> str:
        """Shown in the footer, so that a report of a fault can name it."""
        return version()

    @property
    def is_signed_in(self) -> bool:
        """Whether there is a person, admitted or not."""
        return bool(self.viewer.person_id)

    @property
    def is_weak(self) -> bool:
        """Whether this session shows OFFICIAL only, whatever page is asked for."""
        confirming = self._request.path.startswith("/accounts/")
        return self.viewer.admitted and not self.viewer.second_factor and not confirming

    @property
    def may_break_glass(self) -> bool:
        """Whether the 404 says where to ask for a document: of the person, never of the page."""
        return break_glass.may_ask(self.viewer)

    @property
    def organisation(self) -> str:
        """The short name of the reader's own organisation."""
        return short_name(self.viewer.organisation)

    @property
    def opened_at(self) -> str:
        """When the page was opened, for its paper copy."""
        return date_format(timezone.localtime(), "j F Y, H:i")

    @property
    def has_search_shortcut(self) -> bool:
        """Whether the / key jumps to the search box; the reader can turn it off."""
        return self._request.COOKIES.get(cookie_name(SHORTCUT_COOKIE)) != "off"

    @property
    def search_address(self) -> str:
        """Where the search box sends its words; empty for who has nothing to search."""
        return reverse("search") if self._reads else ""

    @property
    def sees_status(self) -> bool:
        """Whether the footer leads to how the portal itself is doing."""
        return may_see_status(self.viewer)

    @property
    def _reads(self) -> bool:
        return self.viewer.admitted and bool(self.viewer.roles & READING_ROLES)

    @cached_property
    def navigation(self) -> list[Entry]:
        """The pages this reader has; an entry appears when its pages do."""
        roles, here = self.viewer.roles, self._section()
        places: list[tuple[_StrOrPromise, str]] = []
        if self._reads:
            places += [
                (_("Search"), reverse("search")),
                (_("Guidance"), "/guidance/"),
                (_("Lessons"), "/lessons/"),
                (_("Evaluations"), "/evaluations/"),
                (_("Platforms"), "/platforms/"),
            ]
            if self.viewer.organisation_kind is not OrganisationKind.PARTNER:
                places.append((self._own_label, reverse("my_force")))
            if self.viewer.organisation_kind in POLICING_KINDS:
                places.append((_("Hub"), reverse("force_page", args=[HUB_SLUG])))
        if self.viewer.admitted and roles & EDITING_ROLES:
            places.append((_("Write"), reverse("wagtailadmin_home")))
        if self.viewer.admitted and may_manage_people(self.viewer):
            places.append((_("People"), reverse("people")))
        elif may_invite(self.viewer):
            places.append((_("Invitations"), reverse("invitations")))
        if self.viewer.admitted and Role.AUDITOR in roles:
            places.append((_("Oversight"), reverse("trail")))
        return [Entry(label, address, here == address) for label, address in places]

    @property
    def _own_label(self) -> _StrOrPromise:
        is_hub = self.viewer.organisation_kind is OrganisationKind.HUB
        return _("The hub") if is_hub else _("My force")

    def _section(self) -> str:
        """The navigation address that the current page belongs to."""
        path = self._request.path
        by_reference = {
            "/GD-": "/guidance/",
            "/LS-": "/lessons/",
            "/EV-": "/evaluations/",
            "/PL-": "/platforms/",
        }
        if (section := by_reference.get(path[:4])) is not None:
            return section
        if self.viewer.organisation and path == f"/forces/{self.viewer.organisation}/":
            return reverse("my_force")
        if path == (hub := reverse("force_page", args=[HUB_SLUG])):
            return hub
        first = path.split("/", 2)[1]
        return f"/{first}/"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `frame` in every template."""
    return {"frame": Frame(request)}
