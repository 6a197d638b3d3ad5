"""JSON-RPC 2.0 frames: classify any bytes without raising, cut exact text out of them, build new ones.

Server input never raises here. What is wrong with a frame becomes words in `Frame.faults`
(`inspector.wire.fault` explains each); what can still be understood is.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from inspector.wire.event import Shape
from inspector.wire.fault import Fault


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Stands for a value that is too deeply nested to parse: the bytes `start:end` of the frame."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What a run of bytes is, as JSON-RPC.

    Attributes:
        shape: Request, response, error, notification, batch or invalid.
        value: The parsed JSON, `None` where nothing could be parsed. Members that are nested too
            deeply are `Unparsed`.
        method: The method of a request or notification.
        id: The id as compact JSON text (`2`, `2.0`, `"2"`, `null`); `None` where there is none.
        faults: Words of what is wrong, in the order found, each once.
    """

    shape: Shape
    value: Any = None
    method: str | None = None
    id: str | None = None
    faults: tuple[str, ...] = ()

    @property
    def params(self) -> Mapping[str, Any]:
        """`params` where they are an object, else empty."""
        params = self.value.get("params") if isinstance(self.value, dict) else None
        return params if isinstance(params, dict) else {}

    @property
    def result(self) -> Any:
        """`result` of a response, whatever it is."""
        return self.value.get("result") if isinstance(self.value, dict) else None

    @property
    def error(self) -> Mapping[str, Any]:
        """`error` where it is an object, else empty."""
        error = self.value.get("error") if isinstance(self.value, dict) else None
        return error if isinstance(error, dict) else {}

    @property
    def items(self) -> tuple[Frame, ...]:
        """The frames of a batch; for anything else this one frame."""
        if self.shape is Shape.BATCH and isinstance(self.value, list):
            return tuple(_shape_of(item, []) for item in self.value)
        return (self,)


def id_key(text: str) -> str:
    """The form under which ids that a sloppy server respells still meet: `2`, `2.0` and `"2"` are one.

    Args:
        text: An id as JSON text, as in `Frame.id`.
    """
    bare = text[1:-1] if len(text) > 2 and text[0] == text[-1] == '"' else text
    whole = bare[:-2] if bare.endswith(".0") else bare
    return whole if whole.lstrip("-").isascii() and whole.lstrip("-").isdigit() else text


def classify(raw: bytes) -> Frame:
    """Say what `raw` is. Never raises, and takes time linear in its length."""
    faults: list[str] = []
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("utf-8", "replace")
        faults.append(Fault.BAD_UTF8)
    if text.startswith("\ufeff"):
        text = text[1:]
        faults.append(Fault.BOM)
    try:
        value = _Loader(faults).load(text)
    except RecursionError:
        faults.append(Fault.TOO_DEEP)
        value = _shallow(raw, faults)
        if value is None:
            shape = Shape.BATCH if raw.lstrip()[:1] == b"[" else Shape.INVALID
            return Frame(shape, faults=_once(faults))
    except ValueError:
        faults.append(Fault.NOT_JSON)
        return Frame(Shape.INVALID, faults=_once(faults))
    return _shape_of(value, faults)


def _once(faults: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(fault) for fault in faults))


class _Loader:
    """The standard library's parser with what it would hide noted down as faults."""

    def __init__(self, faults: list[str]) -> None:
        self._faults = faults

    def load(self, text: str) -> Any:
        try:
            return self._decoder(None).decode(text)
        except json.JSONDecodeError:
            raise
        except ValueError:  # an integer of more digits than CPython converts (PEP 686's sibling limit)
            return self._decoder(self._integer).decode(text)

    def _decoder(self, parse_int: Callable[[str], Any] | None) -> json.JSONDecoder:
        return json.JSONDecoder(
            object_pairs_hook=self._pairs,
            parse_float=self._float,
            parse_int=parse_int,
            parse_constant=self._constant,
        )

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            self._faults.append(Fault.DUPLICATE_KEY)
        return made

    def _float(self, text: str) -> float:
        number = float(text)
        if math.isinf(number):
            self._faults.append(Fault.HUGE_NUMBER)
        return number

    def _integer(self, text: str) -> int | float:
        try:
            return int(text)
        except ValueError:
            self._faults.append(Fault.HUGE_NUMBER)
            return -math.inf if text.startswith("-") else math.inf

    def _constant(self, text: str) -> float:
        self._faults.append(Fault.NAN)
        return float(text.replace("Infinity", "inf"))


def _shallow(raw: bytes, faults: list[str]) -> dict[str, Any] | None:
    """The members of a frame that is nested too deeply as a whole."""
    spans = members(raw)
    if spans is None:
        return None
    value: dict[str, Any] = {}
    for name, (start, end) in spans.items():
        try:
            value[name] = _Loader(faults).load(raw[start:end].decode("utf-8", "replace"))
        except RecursionError:
            value[name] = Unparsed(start, end)
        except ValueError:
            faults.append(Fault.NOT_JSON)
            return None
    return value


def _shape_of(value: Any, faults: list[str]) -> Frame:
    if isinstance(value, list):
        if not value:
            return Frame(Shape.INVALID, value, faults=_once([*faults, Fault.EMPTY_BATCH]))
        return Frame(Shape.BATCH, value, faults=_once(faults))
    if not isinstance(value, dict):
        return Frame(Shape.INVALID, value, faults=_once([*faults, Fault.NOT_OBJECT]))
    if value.get("jsonrpc") != "2.0":
        faults.append(Fault.NO_JSONRPC)
    id_text = _id_text(value, faults)
    method = value.get("method")
    if "method" in value:
        return Frame(_call_shape(value, faults), value, _method(method), id_text, _once(faults))
    return Frame(_reply_shape(value, faults), value, None, id_text, _once(faults))


def _method(method: object) -> str | None:
    return method if isinstance(method, str) else None


def _id_text(value: dict[str, Any], faults: list[str]) -> str | None:
    if "id" not in value:
        return None
    match value["id"]:
        case None:
            if not ("error" in value and "method" not in value):  # JSON-RPC 2.0 section 5 allows this one
                faults.append(Fault.ID_NULL)
        case bool():
            faults.append(Fault.ID_BOOL)
        case float():
            faults.append(Fault.ID_FLOAT)
        case int() | str():
            pass
        case Unparsed():
            faults.append(Fault.ID_SHAPE)
            return "{}"
        case _:
            faults.append(Fault.ID_SHAPE)
    try:
        return json.dumps(value["id"], ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):  # an integer too long to print, or an id of a thousand brackets
        return '"?"'


def _call_shape(value: dict[str, Any], faults: list[str]) -> Shape:
    if not isinstance(value["method"], str):
        faults.append(Fault.METHOD_TYPE)
        return Shape.INVALID
    if "result" in value or "error" in value:
        faults.append(Fault.METHOD_AND_RESULT)
    if "params" in value and not isinstance(value["params"], dict | list | Unparsed):
        faults.append(Fault.PARAMS_SHAPE)
    return Shape.REQUEST if "id" in value else Shape.NOTIFICATION


def _reply_shape(value: dict[str, Any], faults: list[str]) -> Shape:
    has_result, has_error = "result" in value, "error" in value
    if not has_result and not has_error:
        faults.append(Fault.NO_RESULT_OR_ERROR)
        return Shape.INVALID
    if "id" not in value and not has_error:
        faults.append(Fault.NO_ID)
    if has_result and has_error:
        faults.append(Fault.RESULT_AND_ERROR)
    if has_error:
        error = value["error"]
        if not isinstance(error, Unparsed) and not (
            isinstance(error, dict)
            and type(error.get("code")) is int
            and isinstance(error.get("message"), str)
        ):
            faults.append(Fault.ERROR_SHAPE)
        return Shape.ERROR
    if not isinstance(value["result"], dict | Unparsed):
        faults.append(Fault.RESULT_SHAPE)
    return Shape.RESPONSE


# Exact text. A result is printed as the server sent it, so it is cut out of the bytes, not re-made.

Span = tuple[int, int]
_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s,\]}]+")
_STRUCTURE = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)


def _skip(raw: bytes, at: int) -> int:
    found = _SPACE.match(raw, at)
    return found.end() if found else at


def _value_end(raw: bytes, at: int) -> int | None:
    """Where the JSON value that starts at `at` ends; `None` where there is none. No recursion."""
    first = raw[at : at + 1]
    if first == b'"':
        found = _STRING.match(raw, at)
        return found.end() if found else None
    if first not in (b"{", b"["):
        found = _SCALAR.match(raw, at)
        return found.end() if found else None
    depth = 0
    for token in _STRUCTURE.finditer(raw, at):
        mark = raw[token.start()]
        if mark in b"{[":
            depth += 1
        elif mark in b"}]":
            depth -= 1
            if depth == 0:
                return token.end()
    return None


def members(raw: bytes, at: int = 0) -> dict[str, Span] | None:
    """The spans of the values of the object that starts at `at`, by key (the last of duplicates wins).

    Returns `None` where no object stands there. Linear, whatever the depth.
    """
    at = _skip(raw, at + 3 if raw.startswith(b"\xef\xbb\xbf", at) else at)
    if raw[at : at + 1] != b"{":
        return None
    found: dict[str, Span] = {}
    at = _skip(raw, at + 1)
    while raw[at : at + 1] == b'"':
        key = _STRING.match(raw, at)
        if key is None:
            return None
        at = _skip(raw, key.end())
        if raw[at : at + 1] != b":":
            return None
        start = _skip(raw, at + 1)
        end = _value_end(raw, start)
        if end is None:
            return None
        try:
            found[json.loads(key.group().decode("utf-8", "replace"), strict=False)] = (start, end)
        except ValueError:
            return None
        at = _skip(raw, end)
        if raw[at : at + 1] == b",":
            at = _skip(raw, at + 1)
    return found if raw[at : at + 1] == b"}" else None


def elements(raw: bytes, at: int = 0) -> list[Span] | None:
    """The spans of the elements of the array that starts at `at`; `None` where no array stands there."""
    at = _skip(raw, at)
    if raw[at : at + 1] != b"[":
        return None
    found: list[Span] = []
    at = _skip(raw, at + 1)
    while raw[at : at + 1] not in (b"]", b""):
        end = _value_end(raw, at)
        if end is None:
            return None
        found.append((at, end))
        at = _skip(raw, end)
        if raw[at : at + 1] == b",":
            at = _skip(raw, at + 1)
    return found if raw[at : at + 1] == b"]" else None


def cut(raw: bytes, *path: str) -> bytes | None:
    """The exact bytes of the value at `path` (object keys), e.g. `cut(raw, "result", "tools")`."""
    start, end = 0, len(raw)
    for name in path:
        spans = members(raw, start)
        if spans is None or name not in spans:
            return None
        start, end = spans[name]
    return raw[start:end]


# Building. The other door, sending exactly these bytes, needs no code here.


def encode(value: Any) -> bytes:
    """`value` as one line of compact JSON in UTF-8, as this client sends it.

    Raises:
        ValueError: For NaN and infinities, which are not JSON.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8 form, only an escape
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")


def request(id: int | str, method: str, params: Mapping[str, Any] | None = None) -> bytes:
    """A request. `params` are left out where `None`."""
    message: dict[str, Any] = {"jsonrpc": "2.0", "id": id, "method": method}
    if params is not None:
        message["params"] = params
    return encode(message)


def notification(method: str, params: Mapping[str, Any] | None = None) -> bytes:
    """A notification. `params` are left out where `None`."""
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method}
    if params is not None:
        message["params"] = params
    return encode(message)


def response(id: Any, result: Any) -> bytes:
    """A response with a result, to the id exactly as it was asked."""
    return encode({"jsonrpc": "2.0", "id": id, "result": result})


def error_response(id: Any, code: int, message: str) -> bytes:
    """A response with an error, to the id exactly as it was asked."""
    return encode({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
