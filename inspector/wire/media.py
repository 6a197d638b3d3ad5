"""What the first bytes of a picture or a sound say of it: pixels, seconds. Decodes nothing, raises nothing.

Formats: PNG, GIF, JPEG, WebP and BMP; WAV. What is read is a claim of whoever made the bytes.
"""

from __future__ import annotations

import struct
from typing import Final

HEAD: Final = 65_536
"""Bytes that are enough for nearly all: a JPEG may carry much before its dimensions."""

_NO_FRAME = (0xC4, 0xC8, 0xCC)  # tables among the markers that begin a frame of JPEG (ITU T.81, B.1.1.3)


def dimensions(head: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; `None` where the bytes are none of the known formats, or cut short."""
    try:
        if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
            return struct.unpack_from(">II", head, 16)
        if head[:6] in (b"GIF87a", b"GIF89a"):
            return struct.unpack_from("<HH", head, 6)
        if head.startswith(b"\xff\xd8\xff"):
            return _jpeg(head)
        if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
            return _webp(head)
        if head.startswith(b"BM"):
            width, height = struct.unpack_from("<ii", head, 18)
            return abs(width), abs(height)  # a negative height only says that the top row comes first
    except struct.error:
        return None
    return None


def _jpeg(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAME:
            height, width = struct.unpack_from(">HH", head, at + 5)
            return width, height
        if marker == 0xFF:  # filling
            at += 1
        else:
            at += 2 + max(2, struct.unpack_from(">H", head, at + 2)[0])
    return None


def _webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X" and len(head) >= 30:
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", head, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if kind == b"VP8 " and head[23:26] == b"\x9d\x01\x2a":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def duration(head: bytes, size: int) -> float | None:
    """Seconds that a WAV file of `size` bytes lasts, by its byte rate; `None` for anything else."""
    if head[:4] != b"RIFF" or head[8:16] != b"WAVEfmt " or len(head) < 44:
        return None
    (rate,) = struct.unpack_from("<I", head, 28)
    at = 20 + struct.unpack_from("<I", head, 16)[0]
    while at + 8 <= len(head):
        (length,) = struct.unpack_from("<I", head, at + 4)
        if head[at : at + 4] == b"data":
            return min(length, max(0, size - at - 8)) / rate if rate else None
        at += 8 + length + length % 2
    return None
