"""Writes a PDF anew without its metadata, its older versions, and links into private disks."""

import io

import pikepdf

from guidance.files import jpeg
from guidance.files.pdf.objects import FAULTS, broken, containers, name_of, open_strictly, string_of

# Keys that hold metadata wherever they stand.
_BAGGAGE = (
    "/Metadata",
    "/PieceInfo",
    "/LastModified",
    "/AA",
    "/OpenAction",
    "/AF",
    "/EmbeddedFiles",
)
_ROOT_BAGGAGE = ("/URI", "/Threads", "/SpiderInfo", "/Legal", "/Perms", "/DSS", "/Requirements")
_ANNOTATION_BAGGAGE = ("/CreationDate", "/M", "/NM", "/Subj", "/RC", "/Popup", "/IRT")
_LAYER_BAGGAGE = ("/CreatorInfo", "/Creator")
_HARMLESS_ACTIONS = frozenset({"/GoTo", "/Named"})
_HARMLESS_ADDRESSES = ("https://", "http://", "mailto:", "tel:")


def clean(data: bytes) -> bytes:
    """The same pages; whatever no page needs is not written again.

    Earlier versions of an edited PDF lie in the file unseen: writing only what can be reached
    from the pages drops them.
    """
    with open_strictly(data) as pdf:
        try:
            return _clean(pdf)
        except FAULTS as error:
            raise broken() from error


def _clean(pdf: pikepdf.Pdf) -> bytes:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    _drop(pdf.Root, _ROOT_BAGGAGE)
    for page in pdf.pages:
        _drop(page.obj, ("/Thumb",))
    for item in containers(pdf):
        _clean_container(item)
    pdf.remove_unreferenced_resources()
    out = io.BytesIO()
    pdf.save(
        out,
        fix_metadata_version=False,
        preserve_pdfa=False,
        deterministic_id=True,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
    )
    return out.getvalue()


def _clean_container(item: pikepdf.Object) -> None:
    _drop(item, _BAGGAGE)
    if "/Rect" in item and "/Subtype" in item:
        _clean_annotation(item)
    if name_of(item, "/Type") == "/OCG" or "/OCGs" in item or "/CreatorInfo" in item:
        _drop(item, _LAYER_BAGGAGE)
    for key in ("/D", "/Usage"):
        inner = item.get(key)
        if isinstance(inner, pikepdf.Dictionary):
            _drop(inner, _LAYER_BAGGAGE)
    _clean_action(item)
    if name_of(item, "/Subtype") == "/Image":
        _clean_picture(item)


def _clean_annotation(item: pikepdf.Object) -> None:
    _drop(item, _ANNOTATION_BAGGAGE)
    if name_of(item, "/Subtype") != "/Widget":
        # On a remark /T is its author; on a form field it is the field's name.
        _drop(item, ("/T",))


def _clean_action(item: pikepdf.Object) -> None:
    for key in ("/A", "/PA", "/Next"):
        action = item.get(key)
        if isinstance(action, pikepdf.Dictionary) and "/S" in action and not _is_harmless(action):
            del item[key]


def _is_harmless(action: pikepdf.Object) -> bool:
    kind = name_of(action, "/S")
    if kind == "/URI":
        return string_of(action, "/URI").strip().lower().startswith(_HARMLESS_ADDRESSES)
    # An attribute of a tagged table has /A with /O and no kind of action; it never gets here.
    return kind in _HARMLESS_ACTIONS


def _clean_picture(item: pikepdf.Object) -> None:
    """Photographs keep their camera's data inside the page, where no reader shows it."""
    filters = item.get("/Filter")
    if isinstance(filters, pikepdf.Array) and len(filters) == 1:
        filters = filters[0]
    kind = str(filters) if isinstance(filters, pikepdf.Name) else ""
    try:
        if kind == "/DCTDecode":
            bare = jpeg.without_metadata(item.read_raw_bytes())
        elif kind == "/JPXDecode":
            bare = jpeg.without_jpeg2000_metadata(item.read_raw_bytes())
        else:
            return
    except jpeg.BrokenJpegError as error:
        raise broken() from error
    # What is written as it stands needs its filter named again, and its parameters kept.
    parameters = item.get("/DecodeParms")
    item.write(bare, filter=pikepdf.Name(kind))
    if parameters is not None:
        item["/DecodeParms"] = parameters


def _drop(item: pikepdf.Object, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in item:
            del item[key]
