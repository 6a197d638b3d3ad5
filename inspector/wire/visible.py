"""Text from the other side made safe and readable for a terminal; and short forms of sizes and times.

Whatever a server sends may be hostile: escape sequences, text that runs backwards, characters that
cannot be seen. Nothing of that leaves `visible`; what it finds is shown, not dropped. It knows neither
markup nor colour: whoever draws must not parse the text.
"""

from __future__ import annotations

import math
import re
import unicodedata

# Everything that steers a terminal or that nobody can see, as ranges of code points:
_CONTROL = "\x00-\x1f\x7f-\x9f"
_UNSEEN = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5"  # soft hyphen, joiners, letter mark, blank letters
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2"  # signs that alter what follows
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, separators, bidi controls
    "\u2800\u3164\uffa0"  # letters that are blank
    "\ufe00-\ufe0f\ufeff\ufff0-\ufffb"  # variation selectors, byte order mark, interlinear marks
    "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # shaping
    "\U000e0000-\U000e0fff"  # tags: a whole hidden alphabet
)
_NO_CHARACTER = (
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef"  # lone surrogates, private use, noncharacters
    + "".join(chr(plane * 0x10000 + last) for plane in range(15) for last in (0xFFFE, 0xFFFF))
    + "\U000f0000-\U0010ffff"
)
# The selector that gives an emoji its colours says nothing in secret where it follows one, and nearly
# every text with a warning sign has it. A second one in a row, or one elsewhere, is shown. A joiner
# always is: terminals disagree on how wide a joined emoji is, so a row would come apart.
_EMOJI_SELECTOR = "\ufe0f"
_EMOJI = (
    "\xa9\xae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_DRAWN = re.compile(f"[{_EMOJI}]{_EMOJI_SELECTOR}|[#*0-9]{_EMOJI_SELECTOR}\u20e3")
_HOSTILE = re.compile(f"[{_CONTROL}{_UNSEEN}{_NO_CHARACTER}]")
# Of these, `str.isprintable` lets pass only the ones below; the two together are many times faster.
_PRINTABLE_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_HOSTILE_BUT_TAB = re.compile(_HOSTILE.pattern.replace("\x00-\x1f", "\x00-\x08\x0a-\x1f"))

_PICTURE_OF_DELETE = "\u2421"
_TAB_STOP = 4


def _shown(found: re.Match[str]) -> str:
    character = found.group()
    code = ord(character)
    if code < 0x20:
        return "→" if character == "\t" else chr(0x2400 + code)
    if code == 0x7F:
        return _PICTURE_OF_DELETE
    if character == _EMOJI_SELECTOR and found.start() and _DRAWN.match(found.string, found.start() - 1):
        return character
    return f"‹U+{code:04X}›"


def _is_clean(text: str) -> bool:
    return text.isprintable() and (text.isascii() or _PRINTABLE_UNSEEN.search(text) is None)


def visible(text: str, *, newline: str = "␊") -> str:
    """`text` as one line that is safe on a terminal, with everything in it to be seen.

    Control characters become their pictures (`␛`), tabs `→`, invisible ones, bidi controls, lone
    surrogates, private and no characters their number (`‹U+202E›`). Clean text is returned as it is.

    Args:
        text: Anything.
        newline: What stands for a line feed.
    """
    if _is_clean(text):
        return text
    if newline != "␊" and "\n" in text:
        return newline.join(_HOSTILE.sub(_shown, line) for line in text.split("\n"))
    return _HOSTILE.sub(_shown, text)


def visible_lines(text: str) -> list[str]:
    """`text` as lines that are each safe on a terminal; LF and CRLF end a line, tabs are expanded."""
    lines = text.replace("\r\n", "\n").split("\n")
    return [
        line if _is_clean(line) else _HOSTILE_BUT_TAB.sub(_shown, line).expandtabs(_TAB_STOP)
        for line in lines
    ]


def cells(text: str) -> int:
    """How many cells of a terminal `text` takes, once it is `visible`."""
    return len(text) if text.isascii() else sum(_widths(text))


def clip(text: str, cells: int) -> str:
    """`text` in at most `cells` cells of a terminal, with `…` at the end where something is missing."""
    if cells <= 0:
        return ""
    if len(text) <= cells and text.isascii():
        return text
    # Marks take no cell, so a heap of them would never be clipped: no honest text has eight a cell.
    window = text[: cells * 8 + 1]
    if window.isascii():
        return window[: cells - 1] + "…"
    used, keep = 0, 0
    for end, width in enumerate(_widths(window), 1):
        used += width
        if used > cells:
            return window[:keep] + "…"
        if used < cells:
            keep = end
    return text if len(window) == len(text) <= cells * 8 else window[:keep] + "…"


def _widths(text: str) -> list[int]:
    found = []
    before = 0
    for character in text:
        # An emoji drawn in colour is two cells wide, whatever its letter form is.
        width = 2 - before if character == _EMOJI_SELECTOR and 0 < before < 2 else _width(character)
        found.append(width)
        before = width or before
    return found


def _width(character: str) -> int:
    if character < "\u0300":
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    if "\u1160" <= character <= "\u11ff":  # vowels and finals, drawn into the syllable before them
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def size(n: int) -> str:
    """A number of bytes for people: `214 B`, `5.2 MB` (powers of 1000)."""
    if n < 1000:
        return f"{n} B"
    amount: float = n
    for unit in ("kB", "MB", "GB"):
        amount /= 1000
        if amount < 99.95:
            return f"{amount:.1f} {unit}"
        if amount < 999.5:
            return f"{amount:.0f} {unit}"
    return f"{amount / 1000:.1f} TB"


def seconds(s: float) -> str:
    """A span of time for people: `3 ms`, `1.20 s`, `2:05`, `1:02:05`."""
    if not math.isfinite(s):
        return "?"
    s = max(s, 0.0)
    if s < 0.0005:
        return "<1 ms" if s else "0 ms"
    if s < 0.9995:
        return f"{s * 1000:.0f} ms"
    if s < 59.995:
        return f"{s:.2f} s"
    minutes, rest = divmod(round(s), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
