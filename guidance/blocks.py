"""The building blocks of a page: steps, cautions, checklists, do and don't, platform cards."""

from typing import Any

from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

RICH_TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link"]


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
    purpose = blocks.CharBlock(max_length=60, required=False)
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


class BodyBlock(blocks.StreamBlock):
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


class RouteBlock(blocks.StructBlock):
    """One way to reach a platform for one purpose."""

    purpose = blocks.ChoiceBlock(
        choices=[
            ("preservation", "Preservation"),
            ("emergency-disclosure", "Emergency disclosure"),
            ("user-data", "User data"),
            ("content-removal-law", "Removal: unlawful content"),
            ("content-removal-terms", "Removal: breaks the platform's terms"),
            ("trusted-flagger", "Trusted flagger"),
            ("child-safety", "Child safety"),
        ]
    )
    channel = blocks.ChoiceBlock(
        choices=[
            ("portal", "Law enforcement portal"),
            ("role-mailbox", "Role mailbox"),
            ("post", "Post"),
            ("api", "Automatic interface"),
            ("in-app", "Report in the app"),
        ]
    )
    who_may_use = blocks.CharBlock(max_length=200)
    legal_basis = blocks.CharBlock(max_length=300)
    needs = blocks.ListBlock(blocks.CharBlock(max_length=200))
    typical_hours = blocks.CharBlock(max_length=80, required=False)
    all_hours = blocks.BooleanBlock(required=False, label="Answered at all hours")
    notes = blocks.CharBlock(max_length=400, required=False)

    class Meta:
        icon = "route"


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
