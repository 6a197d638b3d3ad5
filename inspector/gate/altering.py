"""What a rule makes of the bytes of a message. Pure; what cannot be done says why, in words.

A message is changed where it has to be and nowhere else: an id is exchanged in its place, so that what is
wrong with the rest of it stays wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from inspector.gate.rule import Action
from inspector.wire.event import Event, Shape
from inspector.wire.jsonrpc import encode, members

_FURTHER = 1_000_000
_DEEPEST = 200


class Unaltered(Exception):
    """A rule cannot do to a message what it is to do; says why, in a few words."""


def altered(action: Action, event: Event) -> bytes:
    """The bytes that go on: of `truncate`, `wrong-id`, `replace`, and of `error` for a reply.

    Raises:
        Unaltered: It cannot be done to this message.
    """
    match action.name:
        case "truncate":
            return event.body[: action.size]
        case "wrong-id":
            return _wrong_id(event)
        case "replace":
            return action.body if action.merge is None else _merged(event.body, action.merge)
        case "error":
            return error_for(event, action)
    return event.body


def error_for(event: Event, action: Action) -> bytes:
    """The error that answers a request, or stands in the place of a reply.

    Raises:
        Unaltered: It is neither, or has no id that could be answered.
    """
    frame = event.frame
    if frame is None or frame.shape not in (Shape.REQUEST, Shape.RESPONSE, Shape.ERROR):
        raise Unaltered("it is neither request nor reply")
    span = (members(event.body) or {}).get("id")
    if span is None:
        raise Unaltered("it has no id")
    error = encode({"code": action.code, "message": action.message})
    return b'{"jsonrpc":"2.0","id":' + event.body[slice(*span)] + b',"error":' + error + b"}"


def _wrong_id(event: Event) -> bytes:
    span = (members(event.body) or {}).get("id")
    if span is None:
        raise Unaltered("it has no id")
    begin, end = span
    raw = event.body[begin:end]
    try:
        id = json.loads(raw)
    except (ValueError, RecursionError):
        id = None
    if isinstance(id, int) and not isinstance(id, bool):
        wrong = str(id + _FURTHER).encode()
    elif isinstance(id, str):
        wrong = encode(f"wrong-{id}")
    else:
        wrong = str(_FURTHER).encode()
    return event.body[:begin] + wrong + event.body[end:]


def _merged(body: bytes, patch: Mapping[str, Any]) -> bytes:
    try:
        value = json.loads(body)
        return encode(_merge(value, patch, 0))
    except (ValueError, RecursionError, TypeError) as wrong:
        raise Unaltered("it is no JSON that a merge patch could change") from wrong


def _merge(value: Any, patch: Any, depth: int) -> Any:
    """RFC 7396, section 2."""
    if not isinstance(patch, Mapping) or depth > _DEEPEST:
        return patch
    merged = dict(value) if isinstance(value, dict) else {}
    for key, each in patch.items():
        if each is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), each, depth + 1)
    return merged
