"""The HTTP headers that repeat what a modern message says: which they are, and how they are spelt.

Specification 2026-07-28, basic/transports/streamable-http, "Request Metadata". Pure functions.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

VERSION = "mcp-protocol-version"
METHOD = "mcp-method"
_NAMED_BY: Mapping[str, str] = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
    # Said by the tasks extension only (SEP-2663).
    "tasks/get": "taskId",
    "tasks/update": "taskId",
    "tasks/cancel": "taskId",
}
_PLAIN = re.compile(r"[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?|")
_SENTINEL = re.compile(r"=\?base64\?.*\?=", re.DOTALL)


def encode(text: str) -> str:
    """`text` as a header value: as it is, or wrapped in the Base64 sentinel where it must be.

    "Value Encoding": anything but visible ASCII, inner spaces and tabs, and whatever looks like the
    sentinel itself, is sent as `=?base64?…?=`.
    """
    if _PLAIN.fullmatch(text) and not _SENTINEL.fullmatch(text):
        return text
    return f"=?base64?{base64.b64encode(text.encode('utf-8', 'surrogatepass')).decode('ascii')}?="


def named(method: str, params: Any) -> str | None:
    """The value of `Mcp-Name`, encoded; `None` where the method has none or the parameter is no string."""
    key = _NAMED_BY.get(method)
    value = params.get(key) if key is not None and isinstance(params, Mapping) else None
    return encode(value) if isinstance(value, str) else None
