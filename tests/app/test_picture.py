"""Pictures: decoded within limits, scaled into cells, and a sentence for everything that is none."""

from __future__ import annotations

import base64
import contextlib
import io
import struct
import sys
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from textual.app import App, ComposeResult

from inspector.app import picture
from inspector.app.picture import NoPicture, decode, drawer, find_drawer, halves
from inspector.demo.offer import DOT_PNG

RED, BLUE, BLACK = (255, 0, 0), (0, 0, 255), (0, 0, 0)


def saved(image: Image.Image, format: str) -> bytes:
    out = io.BytesIO()
    image.save(out, format)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, body: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("format", picture.FORMATS)
def test_the_formats_that_are_drawn(format: str) -> None:
    made = decode(saved(Image.new("RGB", (32, 16), RED), format))
    assert (made.size, made.mode) == ((32, 16), "RGBA")


def test_a_large_picture_is_made_smaller() -> None:
    assert decode(saved(Image.new("RGB", (3200, 1600), RED), "JPEG")).size == (1600, 800)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "it is no PNG"),
        (b"GIF89a", "it is no PNG"),
        (b"GIF89a" + bytes(4), "broken"),
        (b"<svg/>", "it is no PNG"),
        (base64.b64decode(DOT_PNG)[:60], "broken"),
        (png(60_000, 60_000, zlib.compress(bytes(99_999))), "60000 x 60000 pixels"),
        (png(6_000, 7_000, zlib.compress(bytes(99_999))), "6000 x 7000 pixels"),
        (png(9, 9, b"no zlib"), "broken"),
        (b"\xff" * 20_000_001, "larger than 20.0 MB"),
    ],
)
def test_what_is_not_drawn_is_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(NoPicture, match=says):
        decode(data)


def test_a_bomb_that_hides_its_size_from_us_is_found_by_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "dimensions", lambda _head: None)
    with pytest.raises(NoPicture, match="too many"):
        decode(png(60_000, 60_000, b""))
    with pytest.raises(NoPicture, match="too many"):
        decode(png(7_000, 7_000, b""))


@settings(max_examples=200)
@given(st.sampled_from(picture.FORMATS), st.binary(max_size=60), st.integers(0, 200))
def test_broken_data_never_gets_past_a_sentence(format: str, noise: bytes, at: int) -> None:
    data = saved(Image.new("RGB", (5, 5), RED), format)
    with contextlib.suppress(NoPicture):
        decode(data[:at] + noise + data[at + len(noise) :])


def test_a_broken_colour_profile_is_no_reason_not_to_draw() -> None:
    whole = base64.b64decode(DOT_PNG)
    profile = struct.pack(">I", 4) + b"iCCP" + b"evil" + b"\0\0\0\0"
    assert decode(whole[:33] + profile + whole[33:]).size == (16, 16)


def test_two_pixels_a_cell() -> None:
    image = Image.new("RGBA", (2, 2), (*RED, 255))
    image.putpixel((0, 1), (*BLUE, 255))
    image.putpixel((1, 1), (0, 0, 0, 0))
    assert halves(image, 10, 10, (1, 2, 3)) == [[(RED, BLUE), (RED, (1, 2, 3))]]


@pytest.mark.parametrize(
    ("pixels", "cells"), [((40, 40), (10, 5)), ((400, 4), (20, 1)), ((4, 400), (1, 5)), ((1, 1), (1, 1))]
)
def test_a_picture_keeps_its_shape_in_the_room_there_is(pixels: Any, cells: Any) -> None:
    rows = halves(Image.new("RGBA", pixels, (*RED, 255)), 20, 5, BLACK)
    assert (len(rows[0]), len(rows)) == cells


def test_a_terminal_that_is_none_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITTY_WINDOW_ID", "1")
    monkeypatch.setattr(sys, "__stdout__", io.StringIO())
    find_drawer()
    assert drawer() is None


async def test_what_the_terminal_draws_replaces_the_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdout__", io.StringIO())  # nobody is asked anything
    from textual_image.widget import SixelImage, TGPImage

    from inspector.app.widgets.picture import HalfCells, Picture

    class Host(App[None]):
        def compose(self) -> ComposeResult:
            yield Picture()

    app = Host()
    async with app.run_test(size=(40, 12)) as pilot:
        shown = app.query_one(Picture)
        for drawing in (SixelImage, TGPImage):
            monkeypatch.setattr(picture, "_drawer", [drawing])
            shown.show("a picture", decode(base64.b64decode(DOT_PNG)))
            await pilot.pause()
            await pilot.pause()
            assert not app.query_one(HalfCells).display
            (drawn,) = shown.query(".drawing")
            assert isinstance(drawn, drawing)
            assert 1 < drawn.region.height <= 11
        shown.show("none", None)
        await pilot.pause()
        assert app.query_one(HalfCells).display
        assert not shown.query(".drawing")


def test_a_terminal_that_cannot_be_asked_gets_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "_may_draw", lambda: True)
    monkeypatch.setitem(sys.modules, "textual_image.renderable", None)
    find_drawer()
    assert drawer() is None
