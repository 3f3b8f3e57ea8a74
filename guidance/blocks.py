"""The building blocks of a page: steps, cautions, checklists, do and don't, platform cards."""

import re
from typing import Any

from django.core.exceptions import BadRequest, ValidationError
from django.utils.datastructures import MultiValueDictKeyError
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

RICH_TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link"]

# For what one turns to a platform. The word stands in the address of a card, and some change what
# the card warns of: they are the program's words, not the hub's.
PURPOSES = [
    ("preservation", "Preservation"),
    ("emergency-disclosure", "Emergency disclosure"),
    ("user-data", "User data"),
    ("content-removal-law", "Removal: unlawful content"),
    ("content-removal-terms", "Removal: breaks the platform's terms"),
    ("trusted-flagger", "Trusted flagger"),
    ("child-safety", "Child safety"),
    ("press-no", "Press office: never for requests"),
]


def _text(label: str = "Text") -> blocks.RichTextBlock:
    return blocks.RichTextBlock(features=RICH_TEXT_FEATURES, label=label)


class StepBlock(blocks.StructBlock):
    """One thing to do, in order."""

    title = blocks.CharBlock(max_length=120)
    text = _text("What to do")

    class Meta:
        icon = "list-ol"
        template = "guidance/blocks/step.html"


class CautionBlock(blocks.StructBlock):
    """What goes wrong here, and what to do instead."""

    text = _text("What to watch for")

    class Meta:
        icon = "warning"
        template = "guidance/blocks/caution.html"


class ChecklistBlock(blocks.StructBlock):
    """Things to have before going on."""

    title = blocks.CharBlock(max_length=120)
    items = blocks.ListBlock(blocks.CharBlock(max_length=200), min_num=1)

    class Meta:
        icon = "tasks"
        template = "guidance/blocks/checklist.html"


class DoDontBlock(blocks.StructBlock):
    """What to do and what not to, side by side."""

    do = blocks.ListBlock(blocks.CharBlock(max_length=200), min_num=1)
    dont = blocks.ListBlock(blocks.CharBlock(max_length=200), min_num=1, label="Don't")

    class Meta:
        icon = "check"
        label = "Do / don't"
        template = "guidance/blocks/do_dont.html"


class DecisionBlock(blocks.StructBlock):
    """A question that decides what happens next."""

    question = blocks.CharBlock(max_length=200)
    if_yes = blocks.CharBlock(max_length=300)
    if_no = blocks.CharBlock(max_length=300)

    class Meta:
        icon = "help"
        template = "guidance/blocks/decision.html"


class PlatformCardBlock(blocks.StructBlock):
    """Points at a platform directory entry and the route to take there."""

    platform = blocks.PageChooserBlock(page_type="guidance.PlatformPage")
    purpose = blocks.ChoiceBlock(choices=PURPOSES, required=False)
    note = blocks.CharBlock(max_length=300, required=False)

    class Meta:
        icon = "link-external"
        template = "guidance/blocks/platform_card.html"


class PictureBlock(blocks.StructBlock):
    """A picture with its description; it belongs to this page alone."""

    image = ImageChooserBlock()
    alternative = blocks.CharBlock(
        max_length=200, label="Description", help_text="For people who cannot see the picture."
    )

    class Meta:
        icon = "image"
        template = "guidance/blocks/picture.html"


class SentWholeBlock(blocks.StreamBlock):
    """Blocks of a form, of which a browser sends every part."""

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> Any:
        """BadRequest where a part is missing or no number: Wagtail takes it for its own fault."""
        try:
            return super().value_from_datadict(data, files, prefix)
        except (MultiValueDictKeyError, ValueError) as error:
            raise BadRequest("A part of the form did not arrive.") from error


class BodyBlock(SentWholeBlock):
    """The body of every kind of page."""

    heading = blocks.CharBlock(
        max_length=120, icon="title", template="guidance/blocks/heading.html"
    )
    paragraph = blocks.RichTextBlock(
        features=RICH_TEXT_FEATURES, template="guidance/blocks/paragraph.html"
    )
    list = blocks.ListBlock(
        blocks.CharBlock(max_length=600), icon="list-ul", template="guidance/blocks/list.html"
    )
    step = StepBlock()
    caution = CautionBlock()
    checklist = ChecklistBlock()
    do_dont = DoDontBlock()
    decision = DecisionBlock()
    platform_card = PlatformCardBlock()
    picture = PictureBlock()


# Words of desks: legal.requests@ is no Ms Requests.
# fmt: off
_DESKS = frozenset(
    {
        "abuse", "centre", "compliance", "data", "desk", "disclosure", "duty",
        "emergency", "enforcement", "help", "law", "legal", "lert", "liaison", "office",
        "ops", "police", "policy", "portal", "preservation", "records", "request",
        "requests", "response", "safety", "subpoena", "support", "team", "trust"
    }
)
# fmt: on


def looks_personal(mailbox: str) -> bool:
    """Whether the part before the @ reads as a name: anna.smith, a_smith, but not legal.desk."""
    words = re.split(r"[._-]", mailbox.partition("@")[0].lower())
    return len(words) > 1 and all(word.isalpha() for word in words) and not _DESKS & set(words)


class RouteBlock(blocks.StructBlock):
    """One way to reach a platform for one purpose."""

    purpose = blocks.ChoiceBlock(choices=PURPOSES)
    channel = blocks.ChoiceBlock(
        choices=[
            ("portal", "Law enforcement portal"),
            ("role-mailbox", "Role mailbox"),
            ("post", "Post"),
            ("api", "Automatic interface"),
            ("in-app", "Report in the app"),
        ]
    )
    mailbox = blocks.EmailBlock(
        required=False,
        help_text="For the channel “role mailbox”: the mailbox of a desk, never of a person.",
    )
    who_may_use = blocks.CharBlock(max_length=200)
    legal_basis = blocks.CharBlock(max_length=300)
    needs = blocks.ListBlock(blocks.CharBlock(max_length=200))
    typical_hours = blocks.CharBlock(max_length=80, required=False)
    all_hours = blocks.BooleanBlock(required=False, label="Answered at all hours")
    notes = blocks.CharBlock(max_length=400, required=False)

    class Meta:
        icon = "route"

    def clean(self, value: Any) -> Any:
        """Refuse a mailbox that no route leads to, and one that looks like a person's."""
        cleaned = super().clean(value)
        mailbox = cleaned["mailbox"]
        if not mailbox:
            return cleaned
        message = ""
        if cleaned["channel"] != "role-mailbox":
            message = "Choose the channel “Role mailbox”, or leave the address empty."
        elif looks_personal(mailbox):
            message = "This looks like a person's address. Give the mailbox of the desk instead."
        if message:
            refused = ValidationError(message)
            raise blocks.struct_block.StructBlockValidationError(block_errors={"mailbox": refused})
        return cleaned


class EstimateBlock(blocks.StructBlock):
    """One figure of an evaluation with its interval, as drawn in the forest plot."""

    label = blocks.CharBlock(max_length=80)
    measure = blocks.CharBlock(max_length=80)
    estimate = blocks.FloatBlock()
    low = blocks.FloatBlock()
    high = blocks.FloatBlock()
    count = blocks.IntegerBlock(required=False, min_value=0, label="Number of cases")
    weight = blocks.FloatBlock(required=False, min_value=0)

    class Meta:
        icon = "table"

    def clean(self, value: Any) -> Any:
        """Refuse an interval that does not hold its estimate."""
        cleaned = super().clean(value)
        if not cleaned["low"] <= cleaned["estimate"] <= cleaned["high"]:
            message = "The interval must hold the estimate: low ≤ estimate ≤ high."
            raise blocks.struct_block.StructBlockValidationError(non_block_errors=[message])
        return cleaned
