"""Pictures: opened for real, and written anew without camera, place or author."""

import io
import warnings
from typing import Any

from PIL import ExifTags, Image, ImageCms, ImageOps

from guidance.files.kinds import FileKind, FileRefused, Limits, Refusal

_FORMATS = {FileKind.PNG: ("PNG",), FileKind.JPEG: ("JPEG",), FileKind.WEBP: ("WEBP",)}
# Pillow calls a JPEG with a second picture behind the first MPO; the second is dropped.
_OPENED_AS = {FileKind.JPEG: {"JPEG", "MPO"}, FileKind.PNG: {"PNG"}, FileKind.WEBP: {"WEBP"}}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, MemoryError)
_MODES = {
    FileKind.JPEG: {"RGB", "L"},
    FileKind.PNG: {"1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"},
    FileKind.WEBP: {"RGB", "RGBA"},
}
_LONGEST_PROPERTY = 2_000


def refuse_broken(data: bytes, *, kind: FileKind, limits: Limits) -> None:
    """Open the picture to its last row, and refuse a broken, huge or moving one."""
    image = _open(data, kind=kind, limits=limits)
    if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
        raise FileRefused(
            Refusal.ACTIVE_CONTENT,
            "This is a moving picture, which readers cannot pause. Upload one still picture.",
        )
    try:
        image.load()
    except _BROKEN as error:
        raise _broken() from error


def properties(data: bytes, *, kind: FileKind) -> dict[str, str]:
    """What the picture says of itself in words; read for markings, and then dropped."""
    image = _open(data, kind=kind, limits=None)
    try:
        # Words may stand behind the pixels; they are there only once the picture is read.
        image.load()
        found: dict[str, Any] = {f"text {key}": value for key, value in image.info.items()}
        for tag, value in image.getexif().items():
            found[ExifTags.TAGS.get(tag, str(tag))] = value
    except _BROKEN as error:
        raise _broken() from error
    return {key: _words(value) for key, value in found.items() if isinstance(value, str | bytes)}


def clean(data: bytes, *, kind: FileKind, limits: Limits) -> bytes:
    """The pixels alone, turned the right way up, in plain sRGB colours."""
    image = _open(data, kind=kind, limits=limits)
    try:
        upright = ImageOps.exif_transpose(image)
        plain = _in_common_colours(upright, kind=kind)
        return _encode(plain, kind=kind)
    except _BROKEN as error:
        raise _broken() from error


def _open(data: bytes, *, kind: FileKind, limits: Limits | None) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Our own limit is lower than the one that Pillow warns about.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=_FORMATS[kind])
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(limits or Limits()) from error
    except _BROKEN as error:
        raise _broken() from error
    if image.format not in _OPENED_AS[kind]:
        raise _broken()
    if limits is not None and image.width * image.height > limits.pixels:
        raise _too_many_pixels(limits)
    return image


def _in_common_colours(image: Image.Image, *, kind: FileKind) -> Image.Image:
    """Without a colour profile: profiles name devices, and colours go wrong once they are gone."""
    profile = image.info.get("icc_profile")
    mode = image.mode if image.mode in _MODES[kind] else _nearest_mode(image, kind=kind)
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None
        if converted is not None:
            image, mode = converted, "RGB"
    return image if image.mode == mode else image.convert(mode)


def _nearest_mode(image: Image.Image, *, kind: FileKind) -> str:
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    return "RGBA" if has_alpha and kind is not FileKind.JPEG else "RGB"


def _encode(image: Image.Image, *, kind: FileKind) -> bytes:
    # Pillow writes profile, comment and more from `info` unasked: only what the pixels need stays.
    image = image.copy()
    kept = {key: image.info[key] for key in ("transparency",) if key in image.info}
    image.info.clear()
    if kind is FileKind.PNG:
        image.info.update(kept)
    out = io.BytesIO()
    if kind is FileKind.PNG:
        image.save(out, "PNG")
    elif kind is FileKind.JPEG:
        image.save(out, "JPEG", quality=90, progressive=True)
    else:
        image.save(out, "WEBP", quality=90)
    return out.getvalue()


def _words(value: str | bytes) -> str:
    if isinstance(value, bytes):
        # Windows writes its own EXIF fields in UTF-16.
        encoding = "utf-16-le" if b"\0" in value else "utf-8"
        value = value.decode(encoding, errors="replace")
    return value.replace("\0", "")[:_LONGEST_PROPERTY]


def _broken() -> FileRefused:
    return FileRefused(
        Refusal.BROKEN,
        "The picture is broken or incomplete. Open it on your own device, save it again, and "
        "upload the new copy.",
    )


def _too_many_pixels(limits: Limits) -> FileRefused:
    return FileRefused(
        Refusal.TOO_LARGE,
        f"The picture has more than {limits.pixels // 1_000_000} million pixels. Make it smaller "
        "(2,000 pixels wide is plenty for a page) and upload it again.",
    )
