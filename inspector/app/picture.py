"""Pictures of a result made ready to be drawn: decoded within limits, or a sentence why not.

Pillow decodes, which comes with the extra `images`; without it a picture is described. What the terminal
can draw beyond coloured half cells (Sixel, Kitty's protocol) is textual-image's, and is found out before
the app begins: once it reads the keys, the terminal's answer would be taken for some.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Final

from inspector.wire.media import HEAD, dimensions
from inspector.wire.visible import size

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image
    from textual.widget import Widget

FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
MOST_BYTES: Final = 20_000_000
MOST_PIXELS: Final = 40_000_000
"""Of the picture as it claims to be; 120 MB when it is decoded."""
SIDE: Final = 1600
"""Pixels of the longer side that are kept. No terminal shows more."""

# Set by terminals that draw pictures. Others are not asked: asking costs up to a fifth of a second.
_DRAW = ("KITTY_WINDOW_ID", "KONSOLE_VERSION", "WEZTERM_PANE", "WT_SESSION", "XTERM_VERSION")
_PROGRAMS = ("iterm.app", "wezterm", "ghostty", "contour", "mintty", "rio", "vscode")
_TERMS = ("xterm-kitty", "xterm-ghostty", "foot", "mlterm", "contour", "yaft")


class NoPicture(Exception):
    """It cannot be drawn. Its text is one sentence."""


def available() -> bool:
    """Whether pictures can be decoded here."""
    return importlib.util.find_spec("PIL") is not None


def decode(data: bytes) -> Image:
    """The first frame of a picture, RGBA, not larger than `SIDE`. Takes a while: use a thread.

    Raises:
        NoPicture: It is too large, of another format, or broken.
    """
    if len(data) > MOST_BYTES:
        raise NoPicture(f"Not drawn: it is larger than {size(MOST_BYTES)}.")
    pixels = dimensions(data[:HEAD])
    if pixels is not None and pixels[0] * pixels[1] > MOST_PIXELS:
        raise NoPicture(f"Not drawn: {pixels[0]} x {pixels[1]} pixels are too many to decode.")
    # Imported here: few results hold a picture, and the extra may be missing.
    from PIL import Image, UnidentifiedImageError

    # For good, and not for a moment: a filter for a moment is none for other threads.
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(BytesIO(_without_extras(data)), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NoPicture(f"Not drawn: {opened.width} x {opened.height} pixels are too many to decode.")
            opened.draft("RGB", (SIDE, SIDE))
            opened.thumbnail((SIDE, SIDE))
            return opened.convert("RGBA")
    except UnidentifiedImageError:
        if pixels is not None:
            raise NoPicture("Not drawn: its data is broken.") from None
        names = ", ".join(FORMATS[:-1])
        raise NoPicture(f"Not drawn: it is no {names} or {FORMATS[-1]} that can be read.") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise NoPicture("Not drawn: it has too many pixels to decode.") from None
    except NoPicture:
        raise
    except Exception as problem:
        # The decoders of five formats promise nothing about what they raise for bytes that are broken.
        raise NoPicture(f"Not drawn: its data is broken ({type(problem).__name__}).") from None


_PNG = b"\x89PNG\r\n\x1a\n"
_NEEDED = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


def _without_extras(data: bytes) -> bytes:
    """A PNG with nothing but its picture; any other bytes as they are.

    Colour profiles and texts are more to go wrong: the decoder refuses a picture for a checksum of theirs,
    where all browsers draw it, and inflates them.
    """
    if not data.startswith(_PNG):
        return data
    kept, at = [_PNG], len(_PNG)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] in _NEEDED:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


Rows = list[list[tuple[tuple[int, int, int], tuple[int, int, int]]]]


def halves(picture: Image, columns: int, rows: int, ground: tuple[int, int, int]) -> Rows:
    """The colours of half cells, the upper and the lower of each cell, in at most `columns` by `rows` cells.

    Small pictures are not enlarged. A cell is taken to be twice as high as wide.

    Args:
        picture: RGBA.
        columns: At least 1; likewise `rows`.
        ground: What shows where the picture is transparent.
    """
    from PIL import Image

    share = min(1.0, columns / picture.width, 2 * rows / picture.height)
    width = max(1, min(columns, round(picture.width * share)))
    height = max(1, min(2 * rows, round(picture.height * share)))
    height += height % 2 if height < 2 * rows else 0
    small = picture.resize((width, height)) if (width, height) != picture.size else picture
    flat = Image.new("RGBA", small.size, (*ground, 255))
    flat.alpha_composite(small)
    data = flat.convert("RGB").tobytes()

    def pixel(x: int, y: int) -> tuple[int, int, int]:
        at = 3 * (y * width + x)
        return data[at], data[at + 1], data[at + 2]

    return [
        [(pixel(x, y), pixel(x, min(y + 1, height - 1))) for x in range(width)] for y in range(0, height, 2)
    ]


_drawer: list[Callable[..., Widget]] = []


def drawer() -> Callable[..., Widget] | None:
    """What makes a widget that draws a picture as such, where `find_drawer` found that this terminal can."""
    return _drawer[0] if _drawer else None


def find_drawer() -> None:
    """Find out whether this terminal draws pictures. To be done once, before the app begins.

    Only terminals known for it are asked, and only with the extra installed.
    """
    if not _may_draw() or importlib.util.find_spec("textual_image") is None:
        return
    try:
        from textual_image.renderable import Image, SixelImage, TGPImage  # asks the terminal

        if Image in (SixelImage, TGPImage):
            from textual_image.widget import Image as Drawing

            _drawer[:] = [Drawing]
    except Exception:
        # What a terminal answers, and what asking it raises, is promised by nobody: then cells do.
        _drawer.clear()


def _may_draw() -> bool:
    if sys.__stdout__ is None or not sys.__stdout__.isatty():
        return False
    program, term = os.environ.get("TERM_PROGRAM", "").lower(), os.environ.get("TERM", "")
    return any(name in os.environ for name in _DRAW) or program in _PROGRAMS or term.startswith(_TERMS)
