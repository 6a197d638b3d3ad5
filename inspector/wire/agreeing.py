"""Headers that repeat a modern message, made to agree with it again where it was changed on its way.

A server must reject those that contradict it (specification 2026-07-28, basic/transports/streamable-http,
"Request Metadata" and "Custom Headers from Tool Parameters"). Pure functions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from inspector.wire.mirrored import parameters
from inspector.wire.repeated import METHOD, VERSION, encode, named
from inspector.wire.versions import META_PROTOCOL_VERSION

SchemaOf: TypeAlias = Callable[[str], Any]
"""The `inputSchema` of a tool by its name; `None` where the tool is not known."""
PARAMETER = "mcp-param-"
_CALL = "tools/call"


def agreeing(
    headers: Sequence[tuple[str, str]], before: bytes, after: bytes, schema_of: SchemaOf = lambda _: None
) -> list[tuple[str, str]]:
    """The headers of a message that was changed on its way.

    Only what repeated `before` rightly, and what `after` says otherwise, is written anew: what its sender
    made to disagree goes on disagreeing. `Mcp-Param-*` stay where a tool is not known (see `in_doubt`).

    Args:
        headers: By name and value, in order; names in any spelling, which stays.
        before: The message as its sender made it.
        after: The message that goes on.
        schema_of: Says which arguments of a tool are repeated.
    """
    one, other = _message(before), _message(after)
    held = {name.lower(): value for name, value in headers}
    if one is None or other is None or held.get(METHOD) != encode(one["method"]):
        return [*headers]  # of an era without them, or of who means to disagree
    said, says = _repeats(one), _repeats(other)
    if _known(one, schema_of) and _known(other, schema_of):
        said |= _mirrored(one, schema_of)
        says |= _mirrored(other, schema_of)
    repeated = {name.lower(): value for name, value in said.items()}
    repeats = {name.lower(): value for name, value in says.items()}
    made = []
    for name, value in headers:
        known = name.lower()
        rightly = repeated.get(known) == value
        if not rightly or known in repeats:
            made.append((name, repeats[known] if rightly else value))
        elif known == VERSION:
            made.append((name, value))
    new = [name for name in says if name.lower() not in held and name.lower() not in repeated]
    return made + [(name, says[name]) for name in new if name.lower() not in (METHOD, VERSION)]


def in_doubt(headers: Sequence[tuple[str, str]], before: bytes, after: bytes, schema_of: SchemaOf) -> bool:
    """Whether `Mcp-Param-*` may contradict a changed message, because a tool of the two is not known."""
    if not any(name.lower().startswith(PARAMETER) for name, _ in headers):
        return False
    one, other = _message(before), _message(after)
    if one is None or other is None or before == after:
        return False
    return not (_known(one, schema_of) and _known(other, schema_of))


def _message(body: bytes) -> Mapping[str, Any] | None:
    """A request or notification; `None` for anything else."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) and isinstance(message.get("method"), str) else None


def _params(message: Mapping[str, Any]) -> Mapping[str, Any]:
    params = message.get("params")
    return params if isinstance(params, dict) else {}


def _repeats(message: Mapping[str, Any]) -> dict[str, str]:
    """What the headers of every method repeat of a message."""
    method, params = message["method"], _params(message)
    meta = params.get("_meta")
    version = meta.get(META_PROTOCOL_VERSION) if isinstance(meta, dict) else None
    name = named(method, params)
    made = {"Mcp-Method": encode(method)}
    if isinstance(version, str):
        made["MCP-Protocol-Version"] = encode(version)
    if name is not None:
        made["Mcp-Name"] = name
    return made


def _known(message: Mapping[str, Any], schema_of: SchemaOf) -> bool:
    """Whether it is known which of its arguments are repeated: none of what calls no tool."""
    name = _params(message).get("name")
    return message["method"] != _CALL or not isinstance(name, str) or schema_of(name) is not None


def _mirrored(message: Mapping[str, Any], schema_of: SchemaOf) -> dict[str, str]:
    params = _params(message)
    name = params.get("name")
    if message["method"] != _CALL or not isinstance(name, str):
        return {}
    return parameters(schema_of(name), params.get("arguments"))
