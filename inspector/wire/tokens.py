"""About how many tokens a text costs a model: an estimate by script, the same for every model.

Tokenizers differ by a third and more, and none is at hand here, so this only says what order of size a
result has. It counts a token for four letters or spaces of ASCII (English prose has about that), for two
other characters of ASCII (digits and JSON's punctuation), for two letters of other alphabets, and for each
character of the scripts that are written without spaces, of emoji and of all else. Pictures and sounds are
not estimated: what they cost depends on the model alone.
"""

from __future__ import annotations

import re
from typing import Final

_WORDS = re.compile(r"[A-Za-z ]+")
_ASCII = re.compile(r"[\x00-\x7f]+")
# Latin with accents, Greek, Cyrillic, Armenian, Hebrew, Arabic, and the alphabets of India and around it.
_ALPHABETS = re.compile("[\x80-\u0dff\u1e00-\u1fff\u2000-\u206f]+")

_MOST: Final = 200_000
"""Characters that are looked at; of a longer text as many, in pieces from all over it."""
_PIECES: Final = 50


def estimate(text: str) -> int:
    """About how many tokens `text` is; 0 for an empty one."""
    if len(text) <= _MOST:
        return _count(text)
    step, piece = len(text) // _PIECES, _MOST // _PIECES
    looked_at = sum(_count(text[at * step : at * step + piece]) for at in range(_PIECES))
    return round(looked_at * len(text) / _MOST)


def _count(text: str) -> int:
    words = sum(len(found) for found in _WORDS.findall(text))
    ascii_all = sum(len(found) for found in _ASCII.findall(text))
    letters = sum(len(found) for found in _ALPHABETS.findall(text))
    rest = len(text) - ascii_all - letters
    return -(-(words + 2 * (ascii_all - words) + 2 * letters + 4 * rest) // 4)


def about(tokens: int) -> str:
    """The number as it is said: `≈ 1 token`, `≈ 940 tokens`, `≈ 1.2k tokens`, `≈ 2.5M tokens`."""
    if tokens < 1000:
        return f"≈ {tokens} token{'s' * (tokens != 1)}"
    for unit in ("k", "M"):
        amount = tokens / (1000 if unit == "k" else 1_000_000)
        if amount < 99.95:
            return f"≈ {amount:.1f}{unit} tokens"
        if amount < 999.5:
            return f"≈ {amount:.0f}{unit} tokens"
    return f"≈ {amount:.0f}M tokens"
