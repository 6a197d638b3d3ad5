"""JSON text laid out for people and made safe for a terminal, every token as it was sent.

Nothing is parsed, so no number is respelled and no key reordered. It is for what was found to be JSON.
"""

from __future__ import annotations

import re

_HOSTILE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff"
    "\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def escaped(text: str) -> str:
    """JSON text with what steers a terminal, or cannot be seen, in JSON's own spelling `\\uXXXX`.

    A carriage return is only legal between tokens and becomes a space.
    """
    return _HOSTILE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found.group()
    if character == "\r":
        return " "
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[^\s\[\]{},:"]+|[\[\]{},:]', re.DOTALL)


def indented(raw: bytes) -> str:
    """JSON laid out for people, every token as it was sent: no number is respelled, no key reordered."""
    tokens = [found.group() for found in _TOKEN.finditer(raw.decode("utf-8", "replace"))]
    made: list[str] = []
    depth = 0
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in ("{", "["):
            depth += 1
            made.append(token if after in ("}", "]") else f"{token}\n{_pad(depth)}")
        elif token in ("}", "]"):
            depth = max(depth - 1, 0)
            empty = at > 0 and tokens[at - 1] in ("{", "[")
            made.append(token if empty else f"\n{_pad(depth)}{token}")
        elif token == ",":
            made.append(f",\n{_pad(depth)}")
        else:
            made.append(": " if token == ":" else token)
    return escaped("".join(made))


def _pad(depth: int) -> str:
    return "  " * min(depth, 40)  # deeper levels all stand here: hostile depth must not cost a square
