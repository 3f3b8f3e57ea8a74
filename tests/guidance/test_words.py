"""The hub's words in the editor: chosen, never typed; ended by date; known by a slug that stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.test.utils.form_data import nested_form_data, streamfield

from guidance.blocks import PlatformCardBlock, RouteBlock
from guidance.models import EvaluationPage, LessonPage, PlatformPage, Term
from guidance.models.vocabulary import KEPT_NAME
from tests.guidance.editor_sent import choices, sent
from tests.guidance.scene import Cast
from tests.portal.publishing import publish

WORDS = {
    "tactic": ("mediation", "Mediation"),
    "platform": ("snapchat", "Snapchat"),
    "platform-type": ("file-host", "File host"),
    "does-it-work": ("promising", "Promising"),
}


@pytest.fixture
def words(db: None) -> dict[str, Term]:
    """One word of some vocabularies, and one tactic that has ended."""
    Term.objects.create(
        vocabulary="tactic",
        slug="old-order",
        label="Old order",
        valid_until=timezone.localdate() - timedelta(days=1),
    )
    return {
        vocabulary: Term.objects.create(vocabulary=vocabulary, slug=slug, label=label)
        for vocabulary, (slug, label) in WORDS.items()
    }


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("model", "name", "right"),
    [
        (EvaluationPage, "tactic", "mediation"),
        (PlatformPage, "platform_slug", "snapchat"),
        (PlatformPage, "platform_type", "file-host"),
        (LessonPage, "does_it_work", "promising"),
    ],
)
def test_a_word_is_chosen_and_not_typed(cast: Cast, model: Any, name: str, right: str) -> None:
    page = model(title="A page")
    assert "Select a valid choice" in str(
        sent(page, cast.hub_editor, **{name: "typo"}).errors[name]
    )
    assert name not in sent(page, cast.hub_editor, **{name: right}).errors


@pytest.mark.usefixtures("words")
def test_an_ended_word_stays_where_it_is_stored_and_is_offered_nowhere_else(cast: Cast) -> None:
    before = EvaluationPage(title="A page", tactic="old-order", tactics=["old-order"])
    form = sent(before, cast.hub_editor, tactic="old-order", tactics=["old-order"])
    assert not {"tactic", "tactics"} & form.errors.keys()
    assert choices(form, "tactic")["old-order"].startswith("Old order (ended")
    assert choices(form, "tactics")["old-order"].startswith("Old order (ended")
    form = sent(EvaluationPage(), cast.hub_editor, tactic="old-order", tactics=["old-order"])
    assert {"tactic", "tactics"} <= form.errors.keys()
    assert "old-order" not in choices(form, "tactic")


def test_a_slug_stays_and_a_label_may_change(words: dict[str, Term]) -> None:
    """Whether or not a document uses it: otherwise the refusal tells of hidden ones."""
    term = words["tactic"]
    term.label = "Talking first"
    term.full_clean()
    term.save()
    for name, value in (("slug", "talking"), ("vocabulary", "content-type")):
        changed = Term.objects.get(pk=term.pk)
        setattr(changed, name, value)
        with pytest.raises(ValidationError) as refused:
            changed.full_clean()
        assert refused.value.message_dict == {name: [KEPT_NAME]}
    Term(vocabulary="tactic", slug="new-word", label="New").full_clean()


def block_from(block: Any, value: dict[str, Any]) -> Any:
    """What a block takes from a form, cleaned."""
    data = nested_form_data({"block": value})
    return block.clean(block.value_from_datadict(data, {}, "block"))


def test_a_card_names_one_of_the_purposes(cast: Cast) -> None:
    entry = publish(PlatformPage, cast)
    card = {"platform": entry.pk, "note": ""}
    assert block_from(PlatformCardBlock(), {**card, "purpose": "press-no"})["purpose"] == "press-no"
    with pytest.raises(StructBlockValidationError) as refused:
        block_from(PlatformCardBlock(), {**card, "purpose": "presevation"})
    assert set(refused.value.block_errors) == {"purpose"}


@pytest.mark.parametrize(
    ("mailbox", "channel", "said"),
    [
        ("law.enforcement@snap.example", "role-mailbox", ""),
        ("lert@snap.example", "role-mailbox", ""),
        ("anna.smith@snap.example", "role-mailbox", "person's address"),
        ("a_smith@snap.example", "role-mailbox", "person's address"),
        ("lert@snap.example", "portal", "Choose the channel"),
        ("no address", "role-mailbox", "valid email"),
    ],
)
def test_a_mailbox_is_a_desks(mailbox: str, channel: str, said: str) -> None:
    route = {
        "purpose": "preservation",
        "channel": channel,
        "mailbox": mailbox,
        "who_may_use": "Officers",
        "legal_basis": "Request",
        "needs": streamfield([]),
        "typical_hours": "",
        "notes": "",
    }
    if not said:
        assert block_from(RouteBlock(), route)["mailbox"] == mailbox
        return
    with pytest.raises(StructBlockValidationError) as refused:
        block_from(RouteBlock(), route)
    assert said in str(refused.value.block_errors["mailbox"])
