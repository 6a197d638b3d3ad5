"""The payload of a recording's line: the exact bytes of a body, the data of an event, or only its head.

Damage never raises: what is not there is empty.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from inspector.journal.line import BODY_KINDS
from inspector.journal.prefix import ENVELOPE, Prefix, read_object
from inspector.wire.event import KINDS_BY_WORD
from inspector.wire.jsonrpc import members


class Glance(NamedTuple):
    """What the first bytes of an event's line tell.

    Attributes:
        id: The id as JSON text, `sha256:…` of it where it is very long; `None` where there is none.
        faults: The words noted when it was seen.
        head: The first bytes of the body.
        data: The facts of the kinds that have them.
        by: As in `Event`.
        of: As in `Event`.
    """

    id: str | None
    faults: tuple[str, ...]
    head: bytes
    data: Mapping[str, Any]
    by: str = ""
    of: int | None = None


def read_payload(line: bytes, prefix: Prefix) -> tuple[bytes, Mapping[str, Any]]:
    """The body and the data of a line, without its LF. Damage never raises: what is not there is empty."""
    if prefix.kind not in KINDS_BY_WORD:
        return _unknown(line, prefix)
    if prefix.at >= 0 and line.endswith(b"}"):
        raw = line[prefix.at : -1]
        if prefix.key == "message" and len(raw) == prefix.size:
            return raw, {}
        if prefix.key in ("text", "base64"):
            body = _decoded(prefix.key, raw)
            if body is not None:
                return body, {}
        elif prefix.key not in ("message", "data"):
            data = read_object(raw)
            if data is not None:
                return b"", data
    spans = members(line) or {}
    body = b""
    for key in ("message", "text", "base64"):
        if key in spans:
            raw = line[slice(*spans[key])]
            body = _message(line, prefix, raw) if key == "message" else _decoded(key, raw) or b""
            break
    own = prefix.kind if prefix.kind in spans and KINDS_BY_WORD[prefix.kind] not in BODY_KINDS else "data"
    data = read_object(line[slice(*spans[own])]) if own in spans else None
    return body, data or {}


def _message(line: bytes, prefix: Prefix, value: bytes) -> bytes:
    """The message whose JSON text is `value`, with the white space that stood around it."""
    raw = line[prefix.at : -1] if prefix.at >= 0 else b""
    return raw if raw.strip(b" \t\r") == value else value


def _unknown(line: bytes, prefix: Prefix) -> tuple[bytes, Mapping[str, Any]]:
    """A kind from a newer version: everything but the envelope is its data."""
    whole = prefix.whole or {}
    own = whole.get(prefix.kind)
    rest = {key: value for key, value in whole.items() if key not in ENVELOPE and key != prefix.kind}
    body = b""
    for key in ("message", "text", "base64"):
        if key in rest:
            span = (members(line) or {}).get(key, (0, 0))
            body = line[slice(*span)] if key == "message" else _decoded(key, line[slice(*span)]) or b""
            del rest[key]
            break
    if isinstance(own, dict):
        rest = {**rest, **own}
    elif own is not None:
        rest["value"] = own
    return body, {**rest, "kind": prefix.kind}


def _decoded(key: str, raw: bytes) -> bytes | None:
    try:
        text = json.loads(raw)
        if not isinstance(text, str):
            return None
        return binascii.a2b_base64(text) if key == "base64" else text.encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return None


# Only the head of a long payload

_TEXT = re.compile(rb'(?:[^"\\]++|\\u[0-9a-fA-F]{4}|\\[^u])*+')


def read_head(line: bytes, prefix: Prefix, limit: int) -> bytes | None:
    """Up to `limit` bytes of the body from the first bytes of a line; `None` where all of it is needed."""
    if prefix.at < 0 or prefix.key not in ("message", "text", "base64"):
        return None
    raw = line[prefix.at :]
    if prefix.key == "message":
        return raw[: min(limit, prefix.size)]
    raw = raw[1:]
    if prefix.key == "base64":
        letters = raw[: (limit + 2) // 3 * 4].split(b'"')[0]
        try:
            return binascii.a2b_base64(letters[: len(letters) // 4 * 4])[:limit]
        except binascii.Error:  # letters that are none are left out, and the rest comes out odd
            return None
    found = _TEXT.match(raw, 0, limit * 2)  # with room for escapes
    text = found.group().decode("utf-8", "ignore") if found else ""
    decoded = _decoded("text", b'"' + text.encode() + b'"')
    return None if decoded is None else decoded[:limit]
