"""JSON-RPC 2.0 frames: classify any bytes without raising, cut exact text out of them, build new ones.

Server input never raises here. What is wrong with a frame becomes words in `Frame.faults`
(`inspector.wire.fault` explains each); what can still be understood is.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.wire.event import Shape
from inspector.wire.exact import Span as Span
from inspector.wire.exact import cut as cut
from inspector.wire.exact import elements as elements
from inspector.wire.exact import members as members
from inspector.wire.exact import skip, start_of, value_end
from inspector.wire.fault import Fault
from inspector.wire.parse import has_lone_surrogate, parse


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
        method: The method of a request or notification, as received: it may hold anything, even half
            a surrogate pair.
        id: The id as compact JSON text (`2`, `2.0`, `"2"`, `null`); `None` where there is none. It is
            JSON always and encodes to UTF-8: a container is `{}` or `[]`, NaN is `"NaN"`.
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
            return tuple(_item(item) for item in self.value)
        return (self,)


def id_key(text: str) -> str:
    """The form under which ids that a sloppy server respells still meet: `2`, `2.0` and `"2"` are one.

    Args:
        text: An id as JSON text, as in `Frame.id`.
    """
    if text.isascii() and text.isdigit():  # as nearly all are
        return text
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
        value = parse(text, faults)
    except RecursionError:
        value = _shallow(raw, faults)
        if value is None:
            return Frame(Shape.INVALID, faults=_once([*faults, Fault.TOO_DEEP, Fault.NOT_JSON]))
        faults.append(Fault.TOO_DEEP)
    except ValueError:
        return Frame(Shape.INVALID, faults=_once([*faults, Fault.NOT_JSON]))
    if has_lone_surrogate(text):
        faults.append(Fault.LONE_SURROGATE)
    if isinstance(value, list):
        if value:
            return Frame(Shape.BATCH, value, faults=_once(faults))
        return Frame(Shape.INVALID, value, faults=_once([*faults, Fault.EMPTY_BATCH]))
    return _shape_of(value, faults, raw)


def _once(faults: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(fault) for fault in faults)) if faults else ()


def _shallow(raw: bytes, faults: list[str]) -> dict[str, Any] | list[Any] | None:
    """A frame that is nested too deeply as a whole: its members, or the messages of its batch.

    `None` where it is no JSON object or array. What stays `Unparsed` is not looked into.
    """
    start = start_of(raw)
    end = value_end(raw, start)
    if end is None or skip(raw, end) != len(raw):
        return None
    spans = elements(raw)
    if spans is None:
        return _shallow_object(raw, 0, faults)
    found: list[Any] = []
    for first, last in spans:
        try:
            found.append(parse(raw[first:last].decode("utf-8", "replace"), faults))
        except RecursionError:
            found.append(_shallow_object(raw, first, faults) or Unparsed(first, last))
        except ValueError:
            return None
    return found


def _shallow_object(raw: bytes, at: int, faults: list[str]) -> dict[str, Any] | None:
    spans = members(raw, at)
    if spans is None:
        return None
    value: dict[str, Any] = {}
    for name, (start, end) in spans.items():
        try:
            value[name] = parse(raw[start:end].decode("utf-8", "replace"), faults)
        except RecursionError:
            value[name] = Unparsed(start, end)
        except ValueError:
            return None
    return value


# Shapes.


def _item(value: Any) -> Frame:
    """A message of a batch; a batch in a batch is none."""
    return _shape_of(value, [], b"")


def _shape_of(value: Any, faults: list[str], raw: bytes) -> Frame:
    if not isinstance(value, dict):
        return Frame(Shape.INVALID, value, faults=_once([*faults, Fault.NOT_OBJECT]))
    if value.get("jsonrpc") != "2.0":
        faults.append(Fault.NO_JSONRPC)
    id_text = _id_text(value, faults, raw) if "id" in value else None
    if "method" in value:
        method = value["method"] if isinstance(value["method"], str) else None
        return Frame(_call_shape(value, faults), value, method, id_text, _once(faults))
    return Frame(_reply_shape(value, faults), value, None, id_text, _once(faults))


def _id_text(value: dict[str, Any], faults: list[str], raw: bytes) -> str:
    id = value["id"]
    if type(id) is int:
        return str(id)
    if isinstance(id, str):
        return _string_text(id)
    if id is None:
        if not ("error" in value and "method" not in value):  # JSON-RPC 2.0 section 5 allows this one
            faults.append(Fault.ID_NULL)
        return "null"
    if isinstance(id, bool):
        faults.append(Fault.ID_BOOL)
        return "true" if id else "false"
    if isinstance(id, float):
        return _float_id(id, faults, raw)
    faults.append(Fault.ID_SHAPE)
    return "[]" if isinstance(id, list) else "{}"


def _string_text(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half a surrogate pair has no UTF-8 form, only an escape
        return json.dumps(text)
    return json.dumps(text, ensure_ascii=False)


_INTEGER = re.compile(rb"-?[0-9]+")


def _float_id(id: float, faults: list[str], raw: bytes) -> str:
    exact = None if math.isfinite(id) else cut(raw, "id")
    if exact is not None and _INTEGER.fullmatch(exact):  # more digits than CPython converts
        return exact.decode("ascii")
    faults.append(Fault.ID_FLOAT)
    if math.isfinite(id):
        return json.dumps(id)
    return json.dumps(json.dumps(id) if exact is None else exact.decode("utf-8", "replace"))


def _call_shape(value: dict[str, Any], faults: list[str]) -> Shape:
    if not isinstance(value["method"], str):
        faults.append(Fault.METHOD_TYPE)
        return Shape.INVALID
    if "result" in value or "error" in value:
        faults.append(Fault.METHOD_AND_RESULT)
    if "params" in value and not isinstance(value["params"], (dict, list, Unparsed)):
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
        if not _is_error(value["error"]):
            faults.append(Fault.ERROR_SHAPE)
        return Shape.ERROR
    if not isinstance(value["result"], (dict, Unparsed)):
        faults.append(Fault.RESULT_SHAPE)
    return Shape.RESPONSE


def _is_error(error: object) -> bool:
    if isinstance(error, dict):
        return type(error.get("code")) is int and isinstance(error.get("message"), str)
    return isinstance(error, Unparsed)


# Building. The other door, sending exactly these bytes, needs no code here.


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
"""Made once: `json.dumps` makes one at each call."""


def encode(value: Any) -> bytes:
    """`value` as one line of compact JSON in UTF-8, as this client sends it.

    Raises:
        ValueError: For NaN and infinities, which are not JSON.
    """
    try:
        return _ENCODER.encode(value).encode("utf-8")
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
    """A response with a result, to the id exactly as it was asked; see `_echo` for what is no id."""
    return encode({"jsonrpc": "2.0", "id": _echo(id), "result": result})


def error_response(id: Any, code: int, message: str) -> bytes:
    """A response with an error, to the id exactly as it was asked; see `_echo` for what is no id."""
    return encode({"jsonrpc": "2.0", "id": _echo(id), "error": {"code": code, "message": message}})


def _echo(id: Any) -> int | float | str | None:
    """The id to answer to: null for containers and for what JSON cannot spell, such as NaN."""
    if isinstance(id, float):
        return id if math.isfinite(id) else None
    return id if isinstance(id, int | str) else None
