"""JSON that is cut off: what the first bytes of a message tell. It reads no recording."""

from __future__ import annotations

import json
import re
from typing import Any

_DECODER = json.JSONDecoder(strict=False)  # made once: `json.loads` makes one at each call
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[][{},]', re.DOTALL)


def loads_head(head: bytes) -> Any:
    """The JSON that `head` is or begins; what is cut off is left out. `None` where it is neither."""
    text = head.decode("utf-8", "replace").strip(" \t\r\n")
    try:
        value, end = _DECODER.raw_decode(text)  # `decode` looks for white space by itself, and takes longer
    except (ValueError, RecursionError):
        return _mended(head)
    return value if end == len(text) else _mended(head)


def _mended(head: bytes) -> Any:
    closers = bytearray()
    end = 0
    for token in _TOKEN.finditer(head):
        mark = head[token.start()]
        if mark == 0x2C:  # a comma: the value before it is whole
            end = token.start()
        elif mark in b"{[":
            closers.append(mark + 2)  # `}` and `]` stand two after their openers
            end = token.end()
        elif mark in b"}]":
            if not closers or closers.pop() != mark:
                return None
            end = token.end()
        if len(closers) > 200:
            break
    try:
        return json.loads((head[:end] + closers[::-1]).decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None
