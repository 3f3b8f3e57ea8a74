"""Makes the stored blocks of a body ready for their templates, without a statement for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify

from guidance.composition import Composition
from guidance.routes import card_address, purpose_label
from guidance.views import WIDTHS


@dataclass(frozen=True, slots=True)
class Block:
    """One block: the name of its kind, its value as the template wants it, and its place."""

    kind: str
    value: Any
    number: int = 0
    is_last_step: bool = False
    anchor: str = ""

    @property
    def template(self) -> str:
        """Where its markup is."""
        return f"guidance/blocks/{self.kind}.html"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the document in the sizes the gate serves."""

    address: str
    sources: str
    width: int
    height: int
    alternative: str


def blocks_of(composition: Composition) -> list[Block]:
    """The blocks in order, steps numbered through, headings with an anchor.

    It reads the raw data: Wagtail's own values would ask for each kind of linked page again.
    """
    raw = list(composition.document.body.raw_data)
    steps = [index for index, block in enumerate(raw) if block["type"] == "step"]
    numbers = {index: number for number, index in enumerate(steps, 1)}
    return [
        Block(
            kind=block["type"],
            value=_value(block["type"], block["value"], composition),
            number=numbers.get(index, 0),
            is_last_step=bool(steps) and index == steps[-1],
            anchor=_anchor(block, index),
        )
        for index, block in enumerate(raw)
    ]


def headings(blocks: list[Block]) -> Iterator[tuple[str, str]]:
    """Anchor and text of the headings, for the contents."""
    return ((block.anchor, block.value) for block in blocks if block.kind == "heading")


def _anchor(block: Mapping[str, Any], index: int) -> str:
    # The number keeps two headings of the same words apart.
    return f"{slugify(block['value'])[:40]}-{index}" if block["type"] == "heading" else ""


def _value(kind: str, value: Any, composition: Composition) -> Any:
    prepare = _PREPARED.get(kind)
    return prepare(value, composition) if prepare is not None else value


def _rich(value: str, composition: Composition) -> Any:
    return composition.rich(value)


def _with_rich_text(value: dict[str, Any], composition: Composition) -> dict[str, Any]:
    return {**value, "text": composition.rich(value["text"])}


def _items(value: list[Any]) -> list[str]:
    """Lists are stored with an id for each item since Wagtail 2.16, and without before."""
    return [str(item["value"]) if isinstance(item, dict) else str(item) for item in value]


def _list(value: list[Any], _composition: Composition) -> list[str]:
    return _items(value)


def _checklist(value: dict[str, Any], _composition: Composition) -> dict[str, Any]:
    return {**value, "items": _items(value["items"])}


def _do_dont(value: dict[str, Any], _composition: Composition) -> dict[str, Any]:
    return {"do": _items(value["do"]), "dont": _items(value["dont"])}


def _platform_card(value: dict[str, Any], composition: Composition) -> dict[str, Any]:
    linked = composition.linked.get(value["platform"] or 0)
    purpose = value.get("purpose") or ""
    address = "" if linked is None else card_address(linked.ref, purpose)
    return {**value, "linked": linked, "address": address, "label": purpose_label(purpose)}


def _picture(value: dict[str, Any], composition: Composition) -> Picture | None:
    image = composition.images.get(value["image"] or 0)
    if image is None:
        return None
    base = f"{composition.document.address}images/{image.ref}/"
    width = min(WIDTHS[-1], image.width)
    return Picture(
        address=f"{base}{WIDTHS[1]}/",
        sources=", ".join(f"{base}{one}/ {one}w" for one in WIDTHS),
        width=width,
        height=round(image.height * width / image.width),
        alternative=value.get("alternative") or "",
    )


_PREPARED: dict[str, Callable[[Any, Composition], Any]] = {
    "paragraph": _rich,
    "list": _list,
    "step": _with_rich_text,
    "caution": _with_rich_text,
    "checklist": _checklist,
    "do_dont": _do_dont,
    "platform_card": _platform_card,
    "picture": _picture,
}
