"""The envelope of a recording's line, read: what stands before the payload.

`read_prefix` parses no payload (`inspector.journal.payload` reads those). Lines in another spelling than that
of `inspector.journal.line` are parsed whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from inspector.journal.line import BODY_KINDS, HASHED, MADE_BY, dumped_id, envelope_id
from inspector.wire.event import KINDS_BY_WORD, Direction, Shape

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
"""What `line.write` writes before the payload. Groups: seq, t, kind, dir, conn, shape, method, id, id-hash,
exchange, size, faults, outcome, by, of, payload key, what."""
KEY_GROUP, WHAT_GROUP = 16, 17

USUAL = re.compile(
    rb'\{"seq":(\d{1,15}),"t":(\d{1,12}\.\d{1,12}),'
    rb'("kind":"[a-z]++"(?:,"dir":"(?:c2s|s2c)")?(?:,"conn":\d{1,9})?(?:,"shape":"[a-z]++")?'
    rb'(?:,"method":"[^"\\\n]*+")?)'
    rb'(?:,"id":(\d{1,18}|"[ !#-\[\]-~]*+"))?(?:,"exchange":(\d{1,9}))?(?:,"size":(\d{1,18}))?'
    rb',"(?:message|text|data|http|sse|process|client|auth|note|other)":(?:\{"what":"([a-z-]++)")?'
)
"""Some of what `PREFIX` matches, which is nearly every line, in half the time: what is the same in many lines
is one group. Groups: seq, t, all from kind to method, id, exchange, size, what; without the last, the payload
begins where this ends."""

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
        own_id = HASHED + hashed.decode() if hashed else id_text(id)
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
        return dumped_id(json.loads(raw))
    return raw.decode("utf-8")


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
        HASHED + id if isinstance(id, str) else _loaded_id(whole),
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
    return envelope_id(dumped_id(whole["id"])) if "id" in whole else None


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
