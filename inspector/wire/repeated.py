"""The HTTP headers that repeat what a modern message says: how they are spelt, and made to agree again.

Specification 2026-07-28, basic/transports/streamable-http, "Request Metadata". Pure functions.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from inspector.wire.versions import META_PROTOCOL_VERSION

VERSION = "mcp-protocol-version"
METHOD = "mcp-method"
NAME = "mcp-name"
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


def agreeing(headers: Sequence[tuple[str, str]], before: bytes, after: bytes) -> list[tuple[str, str]]:
    """The headers of a message that was changed on its way: a server must reject those that contradict it.

    Only what repeated `before` rightly, and what `after` says otherwise, is written anew: what its sender
    made to disagree goes on disagreeing. `Mcp-Param-*` stay: a tool's schema alone says what they repeat.

    Args:
        headers: By name and value, in order; names in any spelling, which stays.
        before: The message as its sender made it.
        after: The message that goes on.
    """
    said, says = _repeats(before), _repeats(after)
    held = {name.lower(): value for name, value in headers}
    if not said or not says or held.get(METHOD) != said[METHOD]:
        return [*headers]  # of an era without them, or of who means to disagree
    made = []
    for name, value in headers:
        known = name.lower()
        rightly = said.get(known) == value
        if rightly and known == NAME and NAME not in says:
            continue
        made.append((name, says.get(known, value) if rightly else value))
    if NAME in says and NAME not in held and NAME not in said:
        made.append(("Mcp-Name", says[NAME]))
    return made


def _repeats(body: bytes) -> dict[str, str]:
    """What headers, by their names in lower case, repeat of a message; nothing of what is no message."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    method = message.get("method") if isinstance(message, dict) else None
    if not isinstance(method, str):
        return {}
    params = message.get("params")
    meta = params.get("_meta") if isinstance(params, dict) else None
    version = meta.get(META_PROTOCOL_VERSION) if isinstance(meta, dict) else None
    name = named(method, params)
    made = {METHOD: encode(method)}
    if isinstance(version, str):
        made[VERSION] = encode(version)
    if name is not None:
        made[NAME] = name
    return made
