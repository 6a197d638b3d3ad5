"""Pixels and seconds from the first bytes; whatever the bytes are, nothing raises."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.media import dimensions, duration

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", 32, 16)
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(9) + b"\xff\xc4\x00\x05abc"
    b"\xff\xff\xc2\x00\x11\x08" + struct.pack(">HH", 16, 32) + b"\x03"
)  # fmt: skip
HEADS = {
    "png": PNG,
    "gif": b"GIF89a" + struct.pack("<HH", 32, 16),
    "jpeg": JPEG,
    "bmp": b"BM" + bytes(16) + struct.pack("<ii", 32, -16),
    "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 " + bytes(7) + b"\x9d\x01\x2a" + struct.pack("<HH", 32, 16),
    "webp lossless": b"RIFF\x00\x00\x00\x00WEBPVP8L" + bytes(5) + struct.pack("<I", 31 | 15 << 14),
    "webp extended": b"RIFF\x00\x00\x00\x00WEBPVP8X" + bytes(8) + b"\x1f\x00\x00\x0f\x00\x00",
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_pixels_of_the_known_formats(head: bytes) -> None:
    assert dimensions(head) == (32, 16)


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_what_is_cut_short_is_unknown(head: bytes) -> None:
    for end in range(min(len(head), 22)):
        assert dimensions(head[:end]) is None


def test_a_sound_lasts_as_long_as_its_bytes() -> None:
    fmt = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    wav = b"RIFF\x00\x00\x00\x00WAVEfmt " + struct.pack("<I", 16) + fmt + b"LIST\x01\x00\x00\x00xx"
    wav += b"data" + struct.pack("<I", 4000)
    assert duration(wav, len(wav) + 4000) == 0.5
    assert duration(wav, len(wav) + 2000) == 0.25, "not longer than what there is of it"
    assert duration(b"ID3", 3) is None


@given(
    st.sampled_from([*HEADS.values(), b"RIFF\x00\x00\x00\x00WAVEfmt ", b""]), st.binary(), st.integers(0, 99)
)
def test_nothing_raises(head: bytes, more: bytes, cut: int) -> None:
    for data in (head + more, head[:cut] + more):
        dimensions(data)
        duration(data, len(data))
