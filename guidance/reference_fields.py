"""Form fields that name other documents by reference; a hidden one is answered like none."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from access.policy import Viewer
    from guidance.models import Document

_EVIDENCE = re.compile(
    r"(?P<ref>[A-Z]{2}-[A-Z0-9]{5})(?:,?\s+VERSION\s+(?P<version>[0-9]{1,3}\.[0-9]{1,3}))?"
)


def normal(ref: str) -> str:
    """A reference as people type it, made the way it is stored."""
    return ref.strip().strip("/").upper()


def unknown(ref: str) -> str:
    """What somebody is told of a reference that is absent, or hidden from them."""
    return _(
        "There is no page %(ref)s of the right kind that you may see. "
        "Check the reference at the top of the page you mean."
    ) % {"ref": ref}


def versions_of(refs: Collection[str], *, of: type[Document], viewer: Viewer) -> Mapping[str, str]:
    """The references among these that this person may read, each with its present version."""
    readable = of.visible.to(viewer, at=timezone.now()).filter(ref__in=refs)
    return dict(readable.values_list("ref", "version"))


class EvidenceField(forms.CharField):
    """Evaluations, one a line, each with the version at which the author read it."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:
        """No evaluation need be named."""
        help_text = _(
            "The evaluations that you read, one reference a line: EV-7F3K2. The version that you "
            "read is noted beside it; take it away once you have read a newer one."
        )
        super().__init__(required=False, help_text=help_text, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The stored list as lines."""
        if not isinstance(value, list):
            return value
        return "\n".join(f"{link['ref']} version {link['version']}" for link in value)

    def to_python(self, value: Any) -> Any:
        """The lines as references, with the versions where they are told."""
        text = super().to_python(value) or ""
        links: dict[str, str] = {}
        for line in filter(None, map(normal, text.splitlines())):
            if (found := _EVIDENCE.fullmatch(line)) is None:
                raise ValidationError(
                    _("“%(line)s” is no reference. Write one a line, such as EV-7F3K2.")
                    % {"line": line}
                )
            links[found["ref"]] = found["version"] or ""
        return [{"ref": ref, "version": version} for ref, version in links.items()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare what is meant, not how it is written."""
        try:
            return bool(self.to_python(data) != (initial or []))
        except ValidationError:
            return True


def with_versions(
    links: list[dict[str, str]],
    *,
    before: list[dict[str, str]],
    of: type[Document],
    viewer: Viewer,
) -> list[dict[str, str]]:
    """Note today's version where none is told. Raises ValidationError for an unknown reference.

    What the document named before may stay, with its version: somebody else could read it.
    """
    kept = {link["ref"] for link in before}
    versions = versions_of([link["ref"] for link in links], of=of, viewer=viewer)
    errors = [
        unknown(link["ref"])
        for link in links
        if link["ref"] not in versions and not (link["ref"] in kept and link["version"])
    ]
    if errors:
        raise ValidationError(errors)
    return [
        {"ref": link["ref"], "version": link["version"] or versions[link["ref"]]} for link in links
    ]
