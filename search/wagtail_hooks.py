"""The hub's page in the admin on best bets."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.forms import DateInput
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm

from access.vocabulary import State
from audit.events import Event
from forces.models import User
from forces.viewers import viewer_for
from forces.wagtail_hooks import (
    HUB_EDITORS,
    HubViewSet,
    KeptByTheHub,
    RecordedCreateView,
    RecordedEditView,
)
from guidance.models import Document
from search.analysis import words_of
from search.best_bets import stems_key
from search.models import BestBet
from search.query import LONGEST_DEMAND

# What nobody looks at again for longer than this is no longer a choice.
LONGEST = timedelta(days=366)


class BestBetForm(WagtailAdminModelForm):
    """Words, page, reason and last day."""

    class Meta:
        model = BestBet
        fields = ("words", "ref", "reason", "until_date")
        # The browser's own calendar: Wagtail's comes with a script that the page's policy refuses.
        widgets: ClassVar[dict[str, Any]] = {
            "until_date": DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        }

    def clean_words(self) -> str:
        """Words by which a search can be told from others."""
        words: str = self.cleaned_data["words"]
        if not stems_key(words_of(words)) or len(words_of(words)) > LONGEST_DEMAND:
            raise ValidationError(_("Enter one to twelve words that people search for."))
        return words

    def clean_ref(self) -> str:
        """A published page; one that the person may not read is as absent as one that is not."""
        ref: str = self.cleaned_data["ref"].strip().upper()
        if "ref" not in self.changed_data:
            # The page may have been narrowed since: its bet can still be ended.
            return ref
        now = timezone.now()
        viewer = viewer_for(self._person(), second_factor=True, at=now)
        visible = Document.visible.published_to(viewer, at=now)
        if not visible.filter(ref=ref, state=State.PUBLISHED).exists():
            raise ValidationError(_("Enter the reference of a published page, such as GD-7F3K2."))
        return ref

    def clean_until_date(self) -> date:
        """A day within a year; a new one has not passed yet."""
        until: date = self.cleaned_data["until_date"]
        today = timezone.localdate()
        if until > today + LONGEST:
            raise ValidationError(_("Choose a day within a year."))
        if self.instance.pk is None and until < today:
            raise ValidationError(_("Choose today or a later day."))
        return until

    def save(self, *how: Any, **more: Any) -> BestBet:
        """Keep what searches are compared with, and who chose it."""
        self.instance.stems = stems_key(words_of(self.cleaned_data["words"]))
        self.instance.set_by = self._person()
        saved: BestBet = super().save(*how, **more)
        return saved

    def _person(self) -> User:
        person: User = self.for_user
        return person


class CuratedByTheHub(KeptByTheHub):
    """Editors choose as well as approvers: a best bet opens nothing to anybody."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """Ask today's membership, as everything else does."""
        roles = viewer_for(user, second_factor=False, at=timezone.now()).roles
        return bool(roles & self.readers) and action in {"view", *self.actions}


class BestBetCreateView(RecordedCreateView):
    """Adds one."""

    event = Event.BEST_BET


class BestBetEditView(RecordedEditView):
    """Changes or ends one."""

    event = Event.BEST_BET


class BestBetViewSet(HubViewSet):
    """Pages chosen for words, each until a day; an ended one stays listed, and does nothing."""

    model = BestBet
    name = "best_bets"
    icon = "pick"
    menu_label = gettext_lazy("Best bets")
    menu_name = "best_bets"
    add_to_admin_menu = True
    list_display = ("words", "ref", "until_date", "set_by")
    form_fields = ("words", "ref", "reason", "until_date")
    add_view_class = BestBetCreateView
    edit_view_class = BestBetEditView
    readers = HUB_EDITORS
    actions = frozenset({"add", "change"})

    @property
    def permission_policy(self) -> CuratedByTheHub:
        """Roles, not Wagtail's groups."""
        return CuratedByTheHub(self.model, readers=self.readers, actions=self.actions)

    def get_form_class(self, *_for_update: Any, **_more: Any) -> type[BestBetForm]:
        """The form that asks whether the page is there for whoever chooses it."""
        return BestBetForm


@hooks.register("register_admin_viewset")
def best_bets() -> BestBetViewSet:
    """Register the menu entry and its addresses."""
    return BestBetViewSet()
