"""What an answer in the other side's place begins with: a valid result, or an error, for one request. Pure.

The skeletons are the smallest that the specification takes for each method; a person fills them in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inspector.forms import json_text
from inspector.forms.smallest import smallest
from inspector.forms.unset import UNSET
from inspector.wire.versions import (
    INTERNAL_ERROR,
    LATEST_LEGACY,
    LATEST_MODERN,
    META_PROTOCOL_VERSION,
)

_EMPTY: tuple[str, ...] = ("ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe")
Params = Mapping[str, Any]


def _text(text: str = "") -> dict[str, Any]:
    return {"type": "text", "text": text}


def _uri(params: Params) -> str:
    uri = params.get("uri")
    return uri if isinstance(uri, str) else "file:///"


def _initialize(params: Params) -> dict[str, Any]:
    version = params.get("protocolVersion")
    return {
        "protocolVersion": version if isinstance(version, str) else LATEST_LEGACY,
        "capabilities": {},
        "serverInfo": {"name": "server", "version": "0"},
    }


def _elicit(params: Params) -> dict[str, Any]:
    if params.get("mode") == "url":
        return {"action": "accept"}
    schema = params.get("requestedSchema")
    return {"action": "accept", "content": smallest(schema) if isinstance(schema, Mapping) else {}}


def _sample(params: Params) -> dict[str, Any]:
    return {"role": "assistant", "content": _text(), "model": "a person", "stopReason": "endTurn"}


_RESULTS: Mapping[str, Callable[[Params], dict[str, Any]]] = {
    "initialize": _initialize,
    "server/discover": lambda params: {
        "supportedVersions": [LATEST_MODERN],
        "capabilities": {},
        "serverInfo": {"name": "server", "version": "0"},
    },
    "tools/list": lambda params: {"tools": []},
    "tools/call": lambda params: {"content": [_text()], "isError": False},
    "resources/list": lambda params: {"resources": []},
    "resources/templates/list": lambda params: {"resourceTemplates": []},
    "resources/read": lambda params: {"contents": [{"uri": _uri(params), "text": ""}]},
    "prompts/list": lambda params: {"prompts": []},
    "prompts/get": lambda params: {"messages": [{"role": "user", "content": _text()}]},
    "completion/complete": lambda params: {"completion": {"values": [], "hasMore": False}},
    "tasks/list": lambda params: {"tasks": []},
    "roots/list": lambda params: {"roots": []},
    "sampling/createMessage": _sample,
    "elicitation/create": _elicit,
}


def result_for(request: object, version: str = "", schema: object = UNSET) -> str:
    """A response with a result to this request, as indented text.

    Args:
        request: A parsed message.
        version: The protocol version, where it is known.
        schema: What the tool that is called declares its results to be.
    """
    method, params = _asked(request)
    made = _RESULTS.get(method)
    result: dict[str, Any] = made(params) if made is not None and method not in _EMPTY else {}
    if method == "tools/call" and schema is not UNSET:
        result = {"structuredContent": smallest(schema), **result}
    meta = params.get("_meta")
    if (isinstance(meta, Mapping) and META_PROTOCOL_VERSION in meta) or version == LATEST_MODERN:
        result = {"resultType": "complete", **result}  # 2026-07-28 basic: each result says what it is
    return _message(request, "result", result)


def error_for(request: object) -> str:
    """A response with an error to it."""
    return _message(request, "error", {"code": INTERNAL_ERROR, "message": "Internal error"})


def _message(request: object, key: str, value: object) -> str:
    id = request.get("id") if isinstance(request, Mapping) else None
    return json_text.write({"jsonrpc": "2.0", "id": id, key: value}, indent=2)


def _asked(request: object) -> tuple[str, Params]:
    if not isinstance(request, Mapping):
        return "", {}
    method, params = request.get("method"), request.get("params")
    return method if isinstance(method, str) else "", params if isinstance(params, Mapping) else {}
