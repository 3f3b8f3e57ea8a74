"""Cleaning gives the same bytes each time; pictures and texts keep what is seen of them."""

import io

import pikepdf
import pytest
from docx.document import Document as WordDocument
from PIL import Image, ImageCms

from guidance.files import jpeg
from guidance.files.cleaning import clean
from guidance.files.kinds import FileKind
from tests.guidance.files import specimens
from tests.guidance.files.proofs import LIMITS, cleaned
from tests.guidance.files.specimens import CANARY, holds_canary, picture, word


def properties(document: WordDocument) -> None:
    """A title and an author."""
    document.core_properties.author = CANARY
    document.add_picture(io.BytesIO(picture("PNG")))


def author(document: pikepdf.Pdf) -> None:
    """An author."""
    document.docinfo["/Author"] = CANARY


def test_cleaning_twice_gives_the_same_bytes() -> None:
    for kind, data in (
        (FileKind.WORD, word(properties)),
        (FileKind.PDF, specimens.pdf(change=author)),
        (FileKind.PNG, specimens.labelled_png(Author=CANARY)),
        (FileKind.TEXT, b"\xef\xbb\xbfa\r\nb"),
    ):
        once = clean(kind, data, limits=LIMITS)
        assert clean(kind, once, limits=LIMITS) == once
        assert clean(kind, data, limits=LIMITS) == once


def test_pictures() -> None:
    cleaned(specimens.photograph(), FileKind.JPEG)
    cleaned(specimens.labelled_png(Author=CANARY, Software=CANARY), FileKind.PNG)
    cleaned(picture("WEBP", exif=specimens.exif().tobytes(), xmp=CANARY.encode()), FileKind.WEBP)
    cleaned(picture("PNG") + CANARY.encode(), FileKind.PNG)


@pytest.mark.parametrize("kind", [FileKind.JPEG, FileKind.PNG, FileKind.WEBP])
def test_a_picture_keeps_its_pixels(kind: FileKind) -> None:
    result = clean(kind, picture(kind.upper()), limits=LIMITS)
    image = Image.open(io.BytesIO(result)).convert("RGB")
    red, blue = image.getpixel((3, 10)), image.getpixel((36, 10))
    assert isinstance(red, tuple)
    assert isinstance(blue, tuple)
    assert red[0] > 200 > 60 > red[2]
    assert blue[2] > 200 > 60 > blue[0]


def test_a_photograph_held_upright_stays_upright() -> None:
    image = Image.open(io.BytesIO(cleaned(specimens.photograph(orientation=6), FileKind.JPEG)))
    assert image.size == (20, 40)
    assert not image.getexif()
    top = image.convert("RGB").getpixel((10, 3))
    assert isinstance(top, tuple)
    assert top[0] > 200


def test_a_colour_profile_is_applied_and_dropped() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for kind in (FileKind.JPEG, FileKind.PNG, FileKind.WEBP):
        data = picture(kind.upper(), icc_profile=profile)
        result = clean(kind, data, limits=LIMITS)
        assert "icc_profile" not in Image.open(io.BytesIO(result)).info


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pictures_of_every_mode(mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (5, 5)).save(out, "PNG")
    result = Image.open(io.BytesIO(clean(FileKind.PNG, out.getvalue(), limits=LIMITS)))
    assert (result.mode, result.size) == (mode, (5, 5))


def test_transparency_stays() -> None:
    out = io.BytesIO()
    Image.new("P", (5, 5)).save(out, "PNG", transparency=0)
    result = Image.open(io.BytesIO(clean(FileKind.PNG, out.getvalue(), limits=LIMITS)))
    assert result.convert("RGBA").getpixel((1, 1)) == (0, 0, 0, 0)


def test_a_print_picture_gets_screen_colours() -> None:
    out = io.BytesIO()
    Image.new("CMYK", (5, 5), (0, 255, 255, 0)).save(out, "JPEG")
    result = Image.open(io.BytesIO(clean(FileKind.JPEG, out.getvalue(), limits=LIMITS)))
    assert result.mode == "RGB"


def test_text_loses_what_is_not_seen() -> None:
    data = "\ufeffa\u200b b\u202e\r\nc".encode()
    assert clean(FileKind.TEXT, data, limits=LIMITS) == b"a b\nc"


def test_a_jpeg_stream_is_stripped_without_touching_its_pixels() -> None:
    data = specimens.photograph()
    bare = jpeg.without_metadata(data)
    assert not holds_canary(bare)
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(bare))
    assert before.tobytes() == after.tobytes()
    progressive = picture("JPEG", size=(64, 64), progressive=True, exif=specimens.exif().tobytes())
    assert Image.open(io.BytesIO(jpeg.without_metadata(progressive))).size == (64, 64)


@pytest.mark.parametrize("length", [0, 1, 2, 3, 20, 150, 400])
def test_a_cut_off_jpeg_stream_is_refused(length: int) -> None:
    with pytest.raises(jpeg.BrokenJpegError):
        jpeg.without_metadata(picture("JPEG")[:length])


def test_a_jpeg_2000_stream_loses_its_boxes_of_words() -> None:
    signature = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
    words = b"\x00\x00\x00\x13xml " + CANARY.encode()
    code = b"\x00\x00\x00\x00jp2ccode"
    data = signature + words + code
    assert jpeg.without_jpeg2000_metadata(data) == signature + code
    assert jpeg.without_jpeg2000_metadata(b"\xff\x4fbare") == b"\xff\x4fbare"
    with pytest.raises(jpeg.BrokenJpegError):
        jpeg.without_jpeg2000_metadata(signature + b"\x00\x00\xff\xffxml ")
