"""Refuses a PDF that runs, carries or hides something."""

import pikepdf

from guidance.files.kinds import FileRefused, Limits, Refusal
from guidance.files.pdf.objects import (
    AS_NEW_PDF,
    FAULTS,
    broken,
    containers,
    locked,
    name_of,
    open_strictly,
    string_of,
)

_RUNS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound"}
    | {"/RichMediaExecute", "/GoToE", "/SetOCGState", "/GoTo3DView", "/Trans"}
)
_PLAYS = frozenset({"/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
_REMARKS = frozenset(
    {"/Text", "/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Caret", "/Ink", "/Square"}
    | {"/Circle", "/Line", "/Polygon", "/PolyLine", "/Stamp", "/Popup"}
)
_HIDDEN_OR_NOT_VIEWED = 0b10_0010

_ACTIVE = (
    "The PDF contains scripts, sound, video or an action that starts something by itself. "
    + AS_NEW_PDF
)
_ATTACHED = (
    "The PDF has other files attached inside it. Take the attachments out, or upload them as "
    "files of their own."
)
_REMARKED = (
    "The PDF has review comments in it, which readers would see with their authors' names. "
    f"Delete the comments. If they should stay: {AS_NEW_PDF[0].lower()}{AS_NEW_PDF[1:]}"
)
_TO_BE_REDACTED = (
    "Parts of the PDF are marked for redaction, but the words are still there. Apply the "
    "redactions in your PDF program, check that the words are gone, and upload that copy."
)
_LAYERS = (
    "The PDF has hidden layers or hidden notes, so it holds more than it shows. Check what they "
    f"hold. {AS_NEW_PDF}"
)
_SIGNED = (
    "The PDF carries a digital signature, which would no longer hold once its metadata is "
    f"stripped here. {AS_NEW_PDF}"
)


def refuse_unsafe(data: bytes, *, limits: Limits) -> None:
    """Open the PDF strictly and look at everything in it."""
    with open_strictly(data) as pdf:
        try:
            _refuse(pdf, limits)
        except FAULTS as error:
            raise broken() from error


def _refuse(pdf: pikepdf.Pdf, limits: Limits) -> None:
    if pdf.is_encrypted:
        raise locked()
    _refuse_too_large(pdf, limits)
    _refuse_hidden_layers(pdf)
    for item in containers(pdf):
        _refuse_running(item)
        _refuse_carrying(item)
        _refuse_remarks(item)
        _refuse_signed(item)


def _refuse_too_large(pdf: pikepdf.Pdf, limits: Limits) -> None:
    pages = len(pdf.pages)
    if not pages:
        raise broken()
    if pages > limits.pages or len(pdf.objects) > limits.objects:
        raise FileRefused(
            Refusal.TOO_COMPLEX,
            f"The PDF has {pages:,} pages and is too long or too complicated to check; the most "
            f"we take is {limits.pages:,} pages. Split it into parts and upload each.",
        )


def _refuse_hidden_layers(pdf: pikepdf.Pdf) -> None:
    layers = pdf.Root.get("/OCProperties")
    if layers is None:
        return
    usual = layers.get("/D", pikepdf.Dictionary())
    switched_off = usual.get("/OFF")
    if name_of(usual, "/BaseState") == "/OFF" or (switched_off is not None and len(switched_off)):
        raise FileRefused(Refusal.HIDDEN_CONTENT, _LAYERS)


def _refuse_running(item: pikepdf.Object) -> None:
    starts = name_of(item, "/S") in _RUNS and name_of(item, "/Type") in {"", "/Action"}
    # A transition between slides is a /Trans by type, a colour group has /S too: only an action
    # has neither.
    if starts and "/K" not in item:
        raise FileRefused(Refusal.ACTIVE_CONTENT, _ACTIVE)
    if name_of(item, "/Subtype") in _PLAYS and "/Rect" in item:
        raise FileRefused(Refusal.ACTIVE_CONTENT, _ACTIVE)
    if "/XFA" in item:
        raise FileRefused(Refusal.ACTIVE_CONTENT, _ACTIVE)


def _refuse_carrying(item: pikepdf.Object) -> None:
    is_attachment = name_of(item, "/Type") == "/EmbeddedFile" or (
        name_of(item, "/Subtype") == "/FileAttachment"
    )
    if is_attachment or "/EF" in item or "/Collection" in item:
        raise FileRefused(Refusal.ATTACHMENT, _ATTACHED)


def _refuse_remarks(item: pikepdf.Object) -> None:
    if "/Rect" not in item:
        return
    subtype = name_of(item, "/Subtype")
    if subtype == "/Redact":
        raise FileRefused(Refusal.HIDDEN_CONTENT, _TO_BE_REDACTED)
    flags = item.get("/F", 0)
    has_words = bool(string_of(item, "/Contents").strip())
    if subtype in _REMARKS and has_words:
        raise FileRefused(Refusal.REVIEW_TRACES, _REMARKED)
    if has_words and isinstance(flags, int) and flags & _HIDDEN_OR_NOT_VIEWED:
        raise FileRefused(Refusal.HIDDEN_CONTENT, _LAYERS)


def _refuse_signed(item: pikepdf.Object) -> None:
    if name_of(item, "/Type") == "/Sig" or (name_of(item, "/FT") == "/Sig" and "/V" in item):
        raise FileRefused(Refusal.SIGNED, _SIGNED)
