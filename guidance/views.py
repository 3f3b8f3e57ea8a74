"""Sends the bytes of files and pictures that the gate has opened."""

import re
from pathlib import PurePath

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from forces.requests import PortalRequest
from forces.sessions import note_sensitive_reading
from guidance.serving import Refused, open_file, open_image

WIDTHS = (320, 640, 960)
_UNSAFE_IN_NAME = re.compile(r"[^A-Za-z0-9 ._-]+")


@require_safe
def file(request: PortalRequest, ref: str, file_ref: str) -> HttpResponseBase:
    """One file of a document, always as a download, with the marking in its name."""
    now = timezone.now()
    found, document = open_file(
        request.viewer, ref, file_ref, at=now, request_id=request.request_id
    )
    if document.is_sensitive:
        note_sensitive_reading(request.session)
    label = _UNSAFE_IN_NAME.sub(" ", found.title).strip()[:80] or "file"
    suffix = PurePath(str(found.file.name)).suffix
    name = f"{document.marking_label} {ref} {label}{'' if label.endswith(suffix) else suffix}"
    response = FileResponse(found.file.open("rb"), as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
def image(request: PortalRequest, ref: str, image_ref: str, width: int) -> HttpResponseBase:
    """One picture of a document in one of three widths, re-encoded by us."""
    now = timezone.now()
    found, document = open_image(
        request.viewer, ref, image_ref, at=now, request_id=request.request_id
    )
    if document.is_sensitive:
        note_sensitive_reading(request.session)
    if width not in WIDTHS:
        raise Refused
    rendition = found.get_rendition(f"width-{width}|format-png")
    with rendition.file.open("rb") as stored:
        response = HttpResponse(stored.read(), content_type="image/png")
    response["X-Content-Type-Options"] = "nosniff"
    return response
