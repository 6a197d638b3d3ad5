"""One event as one line of a recording.

    {"seq":7,"t":0.012345,"kind":"message","dir":"c2s","conn":1,"shape":"request","method":"tools/call",
     "id":9,"exchange":3,"size":123,"faults":["nan"],"outcome":"tool-error","by":"hand","of":5,"message":{…}}

The envelope stands first and carries what the columns need; the payload is the last member, so that its
exact bytes are a slice of the line. What the envelope repeats of the message is derived: the message is
the truth. `inspector.journal.prefix` reads an envelope, `inspector.journal.payload` what follows it.
"""

from __future__ import annotations

import binascii
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from inspector.journal.columns import LONGEST_METHOD
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.fault import Fault
from inspector.wire.jsonrpc import Frame, encode

LONGEST_ID = 128
TOOL_ERROR = "tool-error"
INPUT_REQUIRED = "input-required"

MADE_BY = ("hand", "rule")
"""Who put a message on the wire, where its sender did not."""

BODY_KINDS = frozenset({Kind.MESSAGE, Kind.STDERR, Kind.STDOUT})
"""Kinds that are bytes first of all; the others are data that may have bytes too."""

# Faults that keep bytes from standing in a line of strict JSON as they are.
_NOT_VERBATIM = frozenset(
    {
        Fault.NOT_JSON,
        Fault.BAD_UTF8,
        Fault.BOM,
        Fault.NAN,
        Fault.TOO_DEEP,
        Fault.TOO_LONG,
        Fault.CONTROL_CHARACTER,
    }
)
_SCALAR_ID = re.compile(r'null|true|false|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|"[^"\\]*+(?:\\.[^"\\]*+)*+"')
_PLAIN_METHOD = re.compile(r"[A-Za-z0-9/_.$-]*")
HASHED = "sha256:"
"""What an envelope's id begins with where it stands for one that is long or no scalar."""


def envelope_id(text: str | None) -> str | None:
    """An id as the envelope carries it: its JSON text, or `sha256:…` where that is long or no scalar.

    A hostile id of a megabyte would otherwise be held three times.
    """
    if text is None or (len(text) < 19 and text.isdecimal() and text.isascii()):
        return text
    if len(text) <= LONGEST_ID and _SCALAR_ID.fullmatch(text) and _encodable(text):
        return text
    import hashlib  # costs 6 ms of start-up, and such ids are rare

    return HASHED + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def scalar_id(value: str | int) -> str | None:
    """An id that stands in a message, as the envelope of its request carries it."""
    try:
        return envelope_id(dumped_id(value))
    except ValueError:  # an integer of more digits than CPython converts
        return None


def dumped_id(value: Any) -> str:
    """An id as JSON text, as `Frame.id` spells it.

    Raises:
        ValueError: It is an integer of more digits than CPython converts.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if _encodable(text) else json.dumps(value, separators=(",", ":"))


def _encodable(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def is_tool_error(frame: Frame) -> bool:
    """Whether a response carries `isError: true`."""
    result = frame.result if frame.shape is Shape.RESPONSE else None
    return isinstance(result, dict) and result.get("isError") is True


def outcome_of(frame: Frame) -> str:
    """What a response says of itself beside being one: `TOOL_ERROR`, `INPUT_REQUIRED`, or nothing.

    2026-07-28, basic/patterns/mrtr: a result of the type `input_required` is not the end of a call.
    """
    result = frame.result if frame.shape is Shape.RESPONSE else None
    if not isinstance(result, dict):
        return ""
    if result.get("isError") is True:
        return TOOL_ERROR
    return INPUT_REQUIRED if result.get("resultType") == "input_required" else ""


def write(
    seq: int,
    t: float,
    kind: Kind,
    direction: Direction,
    conn: int,
    exchange: int,
    size: int,
    faults: tuple[str, ...],
    body: bytes,
    data: bytes | None,
    frame: Frame | None,
    by: str = "",
    of: int | None = None,
) -> bytes:
    """The line of an event, with its LF. `data` is JSON text."""
    word = kind.word
    parts = [f'{{"seq":{seq},"t":{t:.6f},"kind":"{word}"']
    if direction:
        parts.append(f',"dir":"{direction.word}"')
    if conn:
        parts.append(f',"conn":{conn}')
    if frame is not None:
        parts.append(_frame_part(frame))
    if exchange:
        parts.append(f',"exchange":{exchange}')
    if size or kind in BODY_KINDS:
        parts.append(f',"size":{size}')
    if faults:
        parts.append(',"faults":' + json.dumps(faults, separators=(",", ":")))
    if frame is not None and (outcome := outcome_of(frame)):
        parts.append(f',"outcome":"{outcome}"')
    if by:
        parts.append(f',"by":"{by}"' + ("" if of is None else f',"of":{of}'))
    head = "".join(parts).encode("utf-8")
    if kind not in BODY_KINDS and not body:
        return b"".join((head, b',"', word.encode(), b'":', data or b"{}", b"}\n"))
    if data is not None or kind not in BODY_KINDS:
        head += b',"data":' + (data or b"{}")
    # Behind data the payload is found by parsing, and the white space around it would be lost.
    plain = frame is not None and data is None and b"\n" not in body
    verbatim = plain and not _NOT_VERBATIM.intersection(faults)
    return b"".join((head, _payload(body, verbatim), b"}\n"))


def _frame_part(frame: Frame) -> str:
    part = f',"shape":"{frame.shape.word}"'
    if frame.method is not None:
        part += f',"method":{_method(frame.method)}'
    id = envelope_id(frame.id)
    if id is not None:
        part += f',"id-hash":"{id[len(HASHED) :]}"' if id.startswith(HASHED) else f',"id":{id}'
    return part


def _method(name: str) -> str:
    if len(name) > LONGEST_METHOD:
        return "null"
    if _PLAIN_METHOD.fullmatch(name):
        return f'"{name}"'
    return json.dumps(name, ensure_ascii=not _encodable(name))


def _payload(body: bytes, verbatim: bool) -> bytes:
    if verbatim:
        return b',"message":' + body
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return b',"base64":"' + binascii.b2a_base64(body, newline=False) + b'"'
    return b',"text":' + json.dumps(text, ensure_ascii=False).encode("utf-8")


def write_data(data: Mapping[str, Any]) -> bytes:
    """`data` as JSON text with `what` first. Never raises: what is no JSON is written as text."""
    return recorded(data)[0]


def recorded(data: Mapping[str, Any]) -> tuple[bytes, Mapping[str, Any]]:
    """`data` as JSON text with `what` first, and `data` as it will be read back where it is no JSON."""
    if "what" in data and next(iter(data)) != "what":
        data = {"what": data["what"], **data}
    try:
        return encode(data), data
    except (TypeError, ValueError, RecursionError):
        data = _plain(data, 0)
        return encode(data), data


def _plain(value: Any, depth: int) -> Any:
    match value:
        case int() if value.bit_length() > 10_000:  # more digits than CPython converts
            return hex(value)
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else str(value)
        case Mapping() if depth < 50:
            return {str(key): _plain(item, depth + 1) for key, item in value.items()}
        case list() | tuple() | set() | frozenset() if depth < 50:
            return [_plain(item, depth + 1) for item in value]
    return repr(value) if depth < 50 else "…"
