"""Drops the metadata of a JPEG or JPEG 2000 stream without touching its pixels.

For pictures inside a PDF, where size, colours and filter must stay as the page describes them.
"""

import struct

_START = b"\xff\xd8"
_END = 0xD9
_SCAN = 0xDA
_COMMENT = 0xFE
_APPLICATION = range(0xE0, 0xF0)
# Adobe's segment says how the colours are coded; without it they come out wrong.
_ADOBE = 0xEE
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})

_JP2_SIGNATURE = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
_JP2_BAGGAGE = frozenset({b"xml ", b"uuid", b"uinf", b"jp2i"})


class BrokenJpegError(ValueError):
    """The bytes are not a complete stream of this kind."""


def without_metadata(data: bytes) -> bytes:
    """The same picture without EXIF, XMP, IPTC, colour profile, comments and trailing bytes."""
    if not data.startswith(_START):
        raise BrokenJpegError
    out = bytearray(_START)
    position = 2
    while True:
        marker, start, end = _next_segment(data, position)
        if marker == _END:
            out += b"\xff\xd9"
            return bytes(out)
        position = _end_of_scan(data, end) if marker == _SCAN else end
        if not _is_baggage(marker, data[start + 4 : end]):
            out += data[start:position]


def _is_baggage(marker: int, payload: bytes) -> bool:
    if marker == _COMMENT:
        return True
    return marker in _APPLICATION and not (marker == _ADOBE and payload.startswith(b"Adobe"))


def _next_segment(data: bytes, position: int) -> tuple[int, int, int]:
    while data[position : position + 2] == b"\xff\xff":
        position += 1
    if len(data) < position + 2 or data[position] != 0xFF:
        raise BrokenJpegError
    marker = data[position + 1]
    if marker == _END or marker in _STANDALONE:
        return marker, position, position + 2
    if len(data) < position + 4:
        raise BrokenJpegError
    length = int(struct.unpack_from(">H", data, position + 2)[0])
    end = position + 2 + length
    if length < 2 or end > len(data):
        raise BrokenJpegError
    return marker, position, end


def _end_of_scan(data: bytes, position: int) -> int:
    """Where the coded pixels stop: the first marker that is neither stuffing nor a restart."""
    while True:
        position = data.find(b"\xff", position)
        if position < 0 or position + 1 >= len(data):
            raise BrokenJpegError
        following = data[position + 1]
        if following == 0xFF:
            position += 1
        elif following == 0x00 or 0xD0 <= following <= 0xD7:
            position += 2
        else:
            return position


def without_jpeg2000_metadata(data: bytes) -> bytes:
    """The same JPEG 2000 picture without its XML and private boxes."""
    if not data.startswith(_JP2_SIGNATURE):
        # A bare code stream; its comment marker is the only place for words.
        return data
    out = bytearray()
    position = 0
    while position + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if length == 1 and position + 16 <= len(data):
            length = struct.unpack_from(">Q", data, position + 8)[0]
        end = len(data) if length == 0 else position + length
        if end < position + 8 or end > len(data):
            raise BrokenJpegError
        if kind not in _JP2_BAGGAGE:
            out += data[position:end]
        position = end
    return bytes(out)
