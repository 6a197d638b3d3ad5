"""One event as one line of a recording, and back.

    {"seq":7,"t":0.012345,"kind":"message","dir":"c2s","conn":1,"shape":"request","method":"tools/call",
     "id":9,"exchange":3,"size":123,"faults":["nan"],"outcome":"tool-error","by":"hand","of":5,"message":{…}}

The envelope stands first and carries what the columns need; the payload is the last member, so that its
exact bytes are a slice of the line. What the envelope repeats of the message is derived: the message is
the truth. `read_prefix` parses no payload (`inspector.journal.payload` reads those). Lines in another
spelling are parsed whole.
"""

from __future__ import annotations

import binascii
import json
import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from inspector.journal.columns import LONGEST_METHOD
from inspector.wire.event import KINDS_BY_WORD, Direction, Kind, Shape
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
_HASHED = "sha256:"

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
PREFIX = re.compile(
    rb'\{"seq":(\d{1,15}),"t":(\d{1,12}(?:\.\d{1,12})?(?:[eE]-\d{1,2})?),"kind":"([a-z]+)"'
    rb'(?:,"dir":"(c2s|s2c)")?(?:,"conn":(\d{1,9}))?(?:,"shape":"([a-z]+)")?'
    rb'(?:,"method":(null|' + _STRING + rb"))?"
    rb'(?:,"id":(null|true|false|-?\d[\d.eE+-]*|' + _STRING + rb"))?"
    rb'(?:,"id-hash":"([0-9a-f]+)")?'
    rb'(?:,"exchange":(\d{1,9}))?(?:,"size":(\d{1,18}))?'
    rb'(?:,"faults":(\[' + _STRING + rb"(?:," + _STRING + rb")*+\]))?"
    rb'(?:,"outcome":"(tool-error|input-required)")?'
    rb'(?:,"by":"(hand|rule)")?(?:,"of":(\d{1,15}))?'
    rb',"(message|text|base64|data|http|sse|process|client|auth|note|other)":(?:\{"what":"([a-z-]+)")?'
)
"""What `write` writes before the payload. Groups: seq, t, kind, dir, conn, shape, method, id, id-hash,
exchange, size, faults, outcome, by, of, payload key, what."""
KEY_GROUP, WHAT_GROUP = 16, 17

ENVELOPE = frozenset(
    {
        "seq",
        "t",
        "kind",
        "dir",
        "conn",
        "shape",
        "method",
        "id",
        "id-hash",
        "exchange",
        "size",
        "faults",
        "outcome",
        "by",
        "of",
    }
)


class Prefix(NamedTuple):
    """The envelope of one line.

    `kind` is the word as it stands there. `method` is `None` also where it is too long for the envelope
    (`long_method`). `id` is JSON text, or `sha256:…` of it. `outcome` is that of `outcome_of`; `by` and `of`
    are those of `Event`.
    `at` is where the payload starts in the line, or -1 in a line of another spelling, whose parsed whole
    is `whole`.
    """

    seq: int
    t: float
    kind: str
    direction: Direction
    conn: int
    shape: Shape
    method: str | None
    long_method: bool
    id: str | None
    exchange: int
    size: int
    faults: tuple[str, ...]
    outcome: str
    key: str
    what: str | None
    at: int
    whole: Mapping[str, Any] | None = None
    by: str = ""
    of: int | None = None


_DIRECTIONS = {"": Direction.NONE, "c2s": Direction.C2S, "s2c": Direction.S2C}
_SHAPES = {shape.word: shape for shape in Shape}


# Writing


def envelope_id(text: str | None) -> str | None:
    """An id as the envelope carries it: its JSON text, or `sha256:…` where that is long or no scalar.

    A hostile id of a megabyte would otherwise be held three times.
    """
    if text is None or (len(text) < 19 and text.isdecimal() and text.isascii()):
        return text
    if len(text) <= LONGEST_ID and _SCALAR_ID.fullmatch(text) and _encodable(text):
        return text
    import hashlib  # costs 6 ms of start-up, and such ids are rare

    return _HASHED + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def scalar_id(value: str | int) -> str | None:
    """An id that stands in a message, as the envelope of its request carries it."""
    try:
        return envelope_id(_dumped_id(value))
    except ValueError:  # an integer of more digits than CPython converts
        return None


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
        part += f',"id-hash":"{id[len(_HASHED) :]}"' if id.startswith(_HASHED) else f',"id":{id}'
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


# Reading


def read_prefix(line: bytes) -> Prefix | None:
    """The envelope of a line, which may be cut anywhere behind it; `None` where it is no event's."""
    found = PREFIX.match(line)
    if found is None:
        return read_whole(line)
    seq, t, kind, way, conn, shape, method, id, hashed, exchange, size, faults, outcome, by, of, key, what = (
        found.groups()
    )
    word = kind.decode()
    if word not in KINDS_BY_WORD or (shape is not None and shape.decode() not in _SHAPES):
        return read_whole(line)
    try:
        name = json_text(method) if method is not None else None
        own_id = _HASHED + hashed.decode() if hashed else id_text(id)
        words = tuple(json.loads(faults)) if faults else ()
    except ValueError:
        return None
    return Prefix(
        int(seq),
        float(t),
        word,
        _DIRECTIONS[way.decode() if way else ""],
        int(conn or 0),
        _SHAPES[shape.decode() if shape else ""],
        name,
        method == b"null",
        own_id,
        int(exchange or 0),
        int(size or 0),
        words,
        outcome.decode() if outcome else "",
        key.decode(),
        what.decode() if what else None,
        found.end(KEY_GROUP) + 2,
        None,
        by.decode() if by else "",
        int(of) if of else None,
    )


def json_text(raw: bytes) -> Any:
    """A JSON string, cheaply where nothing in it is escaped; or any other JSON value."""
    if b"\\" not in raw and raw[:1] == b'"':
        return raw[1:-1].decode("utf-8")
    return json.loads(raw)


def id_text(raw: bytes | None) -> str | None:
    """An id as `Frame.id` spells it, from the JSON text of an envelope."""
    if raw is None:
        return None
    if b"\\" in raw:
        return _dumped_id(json.loads(raw))
    return raw.decode("utf-8")


def _dumped_id(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if _encodable(text) else json.dumps(value, separators=(",", ":"))


def read_whole(line: bytes) -> Prefix | None:
    """The envelope of a line in any spelling; `None` where it is no event's."""
    whole = read_object(line)
    if whole is None or not isinstance(whole.get("kind"), str):
        return None
    word = whole["kind"]
    method, id = whole.get("method"), whole.get("id-hash")
    keys = [
        key for key in ("message", "text", "base64", word, "data") if key in whole and key not in ENVELOPE
    ]
    data = whole.get(word) if word in whole and word not in BODY_KINDS else whole.get("data")
    what = data.get("what") if isinstance(data, dict) else None
    faults = whole.get("faults")
    return Prefix(
        _count(whole.get("seq")),
        _seconds(whole.get("t")),
        word,
        _DIRECTIONS.get(str(whole.get("dir")), Direction.NONE),
        min(_count(whole.get("conn")), 0xFFFFFFFF),
        _SHAPES.get(str(whole.get("shape")), Shape.NONE),
        method if isinstance(method, str) else None,
        "method" in whole and method is None,
        _HASHED + id if isinstance(id, str) else _loaded_id(whole),
        min(_count(whole.get("exchange")), 0xFFFFFFFF),
        min(_count(whole.get("size")), 1 << 62),
        tuple(str(fault) for fault in faults) if isinstance(faults, list) else (),
        str(whole.get("outcome") or ""),
        keys[0] if keys else "",
        what if isinstance(what, str) else None,
        -1,
        whole,
        *_made(whole),
    )


def _made(whole: Mapping[str, Any]) -> tuple[str, int | None]:
    by, of = whole.get("by"), whole.get("of")
    if by not in MADE_BY:
        return "", None
    return by, (of if isinstance(of, int) and not isinstance(of, bool) and 0 <= of < 1 << 50 else None)


def _count(value: object) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e12 else 0.0


def _loaded_id(whole: Mapping[str, Any]) -> str | None:
    return envelope_id(_dumped_id(whole["id"])) if "id" in whole else None


def read_object(raw: bytes) -> dict[str, Any] | None:
    """A JSON object; `None` for anything else."""
    try:
        try:
            value = json.loads(raw)
        except json.JSONDecodeError:
            return None
        except ValueError:  # no UTF-8, or an integer of more digits than CPython converts
            value = json.loads(raw, parse_int=float)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
