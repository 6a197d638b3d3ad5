"""Any text as one word of a shell, as a `printf` format, as Python: exact, on one line, with nothing to hide.

Pasting is typing where a terminal brackets nothing: a raw line feed would run what stands before it, a tab
completes, ESC and Ctrl+C are keys, and `!` recalls a command in bash even between double quotes. So nothing
here holds a character that is not printed: those are spelled as escapes. The words are for bash, zsh and ksh.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from inspector.errors import UsageError
from inspector.wire.visible import visible

_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,-][A-Za-z0-9_./:@%+,=-]*")  # zsh expands a word that begins with =
_UNUSUAL = re.compile(r"[^\x20-\x7e]")
_IN_ANSI = re.compile(r"[^\x20-\x7e]|[\\'!]")
_IN_FORMAT = re.compile(r"[^\x20-\x7e]|[\\'!%]")
_SHORT = {"\n": "\\n", "\t": "\\t", "\\": "\\\\"}


@lru_cache(maxsize=4096)
def _hidden(character: str) -> bool:
    """Whether a character that is no ASCII is to be spelled as an escape."""
    return visible(character) != character


def octets(text: str) -> bytes:
    """A text's UTF-8; bytes of a command line that were no UTF-8 are those bytes again.

    Raises:
        UsageError: It holds half a surrogate pair, which has no bytes.
    """
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise UsageError(
            "It holds half a surrogate pair, which no word of a shell can", next="Copy it as JSON"
        ) from None


def _octal(character: str) -> str:
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))


def _ansi(found: re.Match[str]) -> str:
    character = found[0]
    if character > "\x7f" and not _hidden(character):
        return character
    return _SHORT.get(character) or _octal(character)


def word(text: str | bytes) -> str:
    """`text` as one word of a shell's line.

    Plain text stands as it is or between single quotes; where that hides something, or a quote is in the way,
    it is `$'…'` with every such byte in octal, which means the same whatever the locale.

    Raises:
        UsageError: It holds NUL, or half a surrogate pair.
    """
    raw = text if isinstance(text, bytes) else octets(text)
    if b"\0" in raw:
        raise UsageError("It holds NUL, which no word of a shell can", next="Copy it as JSON")
    said = raw.decode("utf-8", "surrogateescape")
    if _PLAIN.fullmatch(said):
        return said
    if "'" not in said and not any(_hidden(found) for found in set(_UNUSUAL.findall(said))):
        return f"'{said}'"
    return f"$'{_IN_ANSI.sub(_ansi, said)}'"


def _formatted(found: re.Match[str]) -> str:
    return "%%" if found[0] == "%" else _ansi(found)


def printf(raw: bytes) -> str:
    """A command that writes exactly these bytes to its stdout; NUL as well, and of any length."""
    said = _IN_FORMAT.sub(_formatted, raw.decode("utf-8", "surrogateescape"))
    if said.startswith("-"):
        said = f"\\055{said[1:]}"
    return f"printf '{said}'"


# Python

_DEEPEST = 40
_WIDEST = 88


def python_text(text: str) -> str:
    """`text` as a Python literal on one line, with what cannot be seen as an escape."""
    said = _UNUSUAL.sub(_python, repr(text))
    return f'"{said[1:-1]}"' if '"' not in said else said


def _python(found: re.Match[str]) -> str:
    character = found[0]
    if not _hidden(character):
        return character
    code = ord(character)
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def depth(value: Any, limit: int = 1000) -> int:
    """How deeply lists and objects are nested in a value, counted up to `limit`."""
    level, layer = 0, [value]
    while layer and level < limit:
        inside = [each for each in layer if isinstance(each, dict | list)]
        layer = [one for each in inside for one in (each.values() if isinstance(each, dict) else each)]
        level += bool(inside)
        if not inside:
            break
    return level


def python(value: Any, indent: int = 0) -> str:
    """A JSON value as a Python expression.

    Args:
        value: Parsed JSON without NaN and infinities.
        indent: Spaces that the line begins with on which it stands; what is long goes over several lines.
    """
    if isinstance(value, dict | list) and depth(value) > _DEEPEST:
        import json

        # The parser of Python gives up at 200 brackets; that of JSON goes deeper.
        return f"json.loads({python_text(json.dumps(value))})"
    return _python_value(value, indent)


def _python_value(value: Any, indent: int) -> str:
    if isinstance(value, str):
        return python_text(value)
    if not isinstance(value, dict | list) or not value:
        return repr(value)
    pad = " " * (indent + 4)
    if isinstance(value, dict):
        parts = [f"{python_text(key)}: {_python_value(each, indent + 4)}" for key, each in value.items()]
    else:
        parts = [_python_value(each, indent + 4) for each in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    flat = f"{opening}{', '.join(parts)}{closing}"
    if len(flat) + indent <= _WIDEST and "\n" not in flat:
        return flat
    return f"{opening}\n{pad}" + f",\n{pad}".join(parts) + f",\n{' ' * indent}{closing}"
