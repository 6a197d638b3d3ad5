from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.wire.event import Shape
from inspector.wire.fault import EXPLAINED, Fault
from inspector.wire.jsonrpc import (
    Unparsed,
    classify,
    cut,
    encode,
    error_response,
    id_key,
    notification,
    request,
    response,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    max_leaves=20,
)


def message(**members: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", **members}).encode()


# Every shape.


@pytest.mark.parametrize(
    ("raw", "shape", "method", "id", "faults"),
    [
        (message(id=1, method="ping"), Shape.REQUEST, "ping", "1", []),
        (message(id="a", method="ping", params={}), Shape.REQUEST, "ping", '"a"', []),
        (message(id=1, method="ping", params=[]), Shape.REQUEST, "ping", "1", []),
        (message(id=1, result={}), Shape.RESPONSE, None, "1", []),
        (message(id=1, error={"code": -32601, "message": "no"}), Shape.ERROR, None, "1", []),
        (message(id=None, error={"code": -32700, "message": "no"}), Shape.ERROR, None, "null", []),
        (message(error={"code": -32700, "message": "no"}), Shape.ERROR, None, None, []),
        (message(method="notifications/message"), Shape.NOTIFICATION, "notifications/message", None, []),
        (b"[" + message(id=1, result={}) + b"]", Shape.BATCH, None, None, []),
        # faults of the envelope
        (b'{"id":1,"result":{}}', Shape.RESPONSE, None, "1", [Fault.NO_JSONRPC]),
        (b'{"jsonrpc":2.0,"id":1,"result":{}}', Shape.RESPONSE, None, "1", [Fault.NO_JSONRPC]),
        (message(id=1, result="x"), Shape.RESPONSE, None, "1", [Fault.RESULT_SHAPE]),
        (message(id=1, result=None), Shape.RESPONSE, None, "1", [Fault.RESULT_SHAPE]),
        (message(result={}), Shape.RESPONSE, None, None, [Fault.NO_ID]),
        (
            message(id=1, result={}, error={"code": 1, "message": ""}),
            Shape.ERROR,
            None,
            "1",
            [Fault.RESULT_AND_ERROR],
        ),
        (message(id=1), Shape.INVALID, None, "1", [Fault.NO_RESULT_OR_ERROR]),
        (message(id=1, error={"code": "x", "message": "m"}), Shape.ERROR, None, "1", [Fault.ERROR_SHAPE]),
        (message(id=1, error={"code": True, "message": "m"}), Shape.ERROR, None, "1", [Fault.ERROR_SHAPE]),
        (message(id=1, error={"code": 1}), Shape.ERROR, None, "1", [Fault.ERROR_SHAPE]),
        (message(id=1, error="broken"), Shape.ERROR, None, "1", [Fault.ERROR_SHAPE]),
        (message(id=1, method=7), Shape.INVALID, None, "1", [Fault.METHOD_TYPE]),
        (message(id=1, method="m", result={}), Shape.REQUEST, "m", "1", [Fault.METHOD_AND_RESULT]),
        (message(id=1, method="m", params="p"), Shape.REQUEST, "m", "1", [Fault.PARAMS_SHAPE]),
        (message(id=1, method="m", params=None), Shape.REQUEST, "m", "1", [Fault.PARAMS_SHAPE]),
        (b"[]", Shape.INVALID, None, None, [Fault.EMPTY_BATCH]),
        (b"7", Shape.INVALID, None, None, [Fault.NOT_OBJECT]),
        (b'"text"', Shape.INVALID, None, None, [Fault.NOT_OBJECT]),
        (b"null", Shape.INVALID, None, None, [Fault.NOT_OBJECT]),
        (b"{}", Shape.INVALID, None, None, [Fault.NO_JSONRPC, Fault.NO_RESULT_OR_ERROR]),
        # ids
        (message(id=2.0, result={}), Shape.RESPONSE, None, "2.0", [Fault.ID_FLOAT]),
        (message(id=None, result={}), Shape.RESPONSE, None, "null", [Fault.ID_NULL]),
        (message(id=None, method="ping"), Shape.REQUEST, "ping", "null", [Fault.ID_NULL]),
        (message(id=True, result={}), Shape.RESPONSE, None, "true", [Fault.ID_BOOL]),
        (message(id=False, result={}), Shape.RESPONSE, None, "false", [Fault.ID_BOOL]),
        (message(id=[1], result={}), Shape.RESPONSE, None, "[]", [Fault.ID_SHAPE]),
        (message(id={"a": 1}, result={}), Shape.RESPONSE, None, "{}", [Fault.ID_SHAPE]),
        (message(id="é\n", result={}), Shape.RESPONSE, None, '"é\\n"', []),
        (message(id="\ud800", result={}), Shape.RESPONSE, None, '"\\ud800"', [Fault.LONE_SURROGATE]),
        (
            b'{"jsonrpc":"2.0","id":' + b"7" * 5000 + b',"result":{}}',
            Shape.RESPONSE,
            None,
            "7" * 5000,
            [Fault.HUGE_NUMBER],
        ),
        (
            b'{"jsonrpc":"2.0","id":1e400,"result":{}}',
            Shape.RESPONSE,
            None,
            '"1e400"',
            [Fault.HUGE_NUMBER, Fault.ID_FLOAT],
        ),
        (
            b'{"jsonrpc":"2.0","id":NaN,"result":{}}',
            Shape.RESPONSE,
            None,
            '"NaN"',
            [Fault.NAN, Fault.ID_FLOAT],
        ),
        # faults of the JSON
        (b'{"jsonrpc":"2.0","id":1,"id":2,"result":{}}', Shape.RESPONSE, None, "2", [Fault.DUPLICATE_KEY]),
        (b'{"jsonrpc":"2.0","id":1,"result":{"a":NaN}}', Shape.RESPONSE, None, "1", [Fault.NAN]),
        (b'{"jsonrpc":"2.0","id":1,"result":{"a":-Infinity}}', Shape.RESPONSE, None, "1", [Fault.NAN]),
        (b'{"jsonrpc":"2.0","id":1,"result":{"a":1e999}}', Shape.RESPONSE, None, "1", [Fault.HUGE_NUMBER]),
        (b'{"jsonrpc":"2.0","id":1,"result":{"a":"\xff"}}', Shape.RESPONSE, None, "1", [Fault.BAD_UTF8]),
        (b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"result":{}}', Shape.RESPONSE, None, "1", [Fault.BOM]),
        (b'{"jsonrpc":"2.0","id":1,"result":{}}\r', Shape.RESPONSE, None, "1", []),
        (b' \t{"jsonrpc":"2.0","id":1,"result":{}} \r\n', Shape.RESPONSE, None, "1", []),
        (
            b'{"jsonrpc":"2.0","id":1,"result":{"a":"\x1b[31m"}}',
            Shape.RESPONSE,
            None,
            "1",
            [Fault.CONTROL_CHARACTER],
        ),
        (b"listening on port 3000", Shape.INVALID, None, None, [Fault.NOT_JSON]),
        (b"", Shape.INVALID, None, None, [Fault.NOT_JSON]),
        (b'{"jsonrpc":"2.0","id":1,', Shape.INVALID, None, None, [Fault.NOT_JSON]),
        (b"\xff\xfe", Shape.INVALID, None, None, [Fault.BAD_UTF8, Fault.NOT_JSON]),
        (b'{"jsonrpc":"2.0"}{"jsonrpc":"2.0"}', Shape.INVALID, None, None, [Fault.NOT_JSON]),
    ],
)
def test_classify(raw: bytes, shape: Shape, method: str | None, id: str | None, faults: list[Fault]) -> None:
    frame = classify(raw)
    assert (frame.shape, frame.method, frame.id, list(frame.faults)) == (shape, method, id, faults)


def test_what_a_fault_leaves_can_still_be_read() -> None:
    assert classify(b'{"id":1,"result":{"a":"\x1b"}}').result == {"a": "\x1b"}
    assert classify(b'{"id":1,"result":{"a":"\xff"}}').result == {"a": "\ufffd"}
    assert classify(b'{"id":1,"result":{"a":1,"a":2}}').result == {"a": 2}
    assert math.isinf(classify(b'{"id":1,"result":{"a":1e999}}').result["a"])


def test_parts_of_the_wrong_type_read_as_empty() -> None:
    frame = classify(message(id=1, method="m", params=[1]))
    assert (frame.params, frame.result, frame.error) == ({}, None, {})
    assert classify(message(id=1, error="x")).error == {}
    assert classify(b"[1").params == {}
    assert classify(message(id=1, error={"code": 1})).error == {"code": 1}


def test_the_messages_of_a_batch() -> None:
    frame = classify(b'[{"jsonrpc":"2.0","id":1,"result":{}},7,[],[[]],{"jsonrpc":"2.0","method":"m"}]')
    assert [item.shape for item in frame.items] == [
        Shape.RESPONSE,
        Shape.INVALID,
        Shape.INVALID,
        Shape.INVALID,
        Shape.NOTIFICATION,
    ]
    assert frame.items[1].faults == (Fault.NOT_OBJECT,)
    alone = classify(b"7")
    assert alone.items == (alone,)


# Anything at all.


@given(st.binary() | st.text('{}[]",:\\ 1eE.-a\n\x1b').map(str.encode))
def test_no_bytes_raise_and_every_fault_is_known(raw: bytes) -> None:
    frame = classify(raw)
    assert set(frame.faults) <= set(EXPLAINED)
    assert len(set(frame.faults)) == len(frame.faults)
    assert frame.items
    assert (Fault.NOT_JSON in frame.faults) <= (frame.value is None)


@given(st.dictionaries(st.sampled_from(["jsonrpc", "id", "method", "params", "result", "error"]), VALUES))
def test_no_envelope_raises_and_every_id_is_json_in_utf8(envelope: dict[str, Any]) -> None:
    frame = classify(encode(envelope))
    assert frame.value == envelope
    if frame.id is not None:
        json.loads(frame.id.encode("utf-8"))
        id_key(frame.id)
    assert classify(response(envelope.get("id"), {})).shape is Shape.RESPONSE


@given(VALUES)
def test_every_value_round_trips(value: Any) -> None:
    frame = classify(encode({"jsonrpc": "2.0", "id": 1, "result": {"value": value}}))
    assert frame.shape is Shape.RESPONSE
    assert frame.result == {"value": value}
    assert set(frame.faults) <= {Fault.LONE_SURROGATE}
    assert b"\n" not in encode(value)


# Depth and length.

DEEP = 100_000
NESTS = [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")]


@pytest.mark.parametrize("nest", NESTS)
def test_a_deep_result_still_settles_its_call(nest: tuple[bytes, bytes]) -> None:
    deep = nest[0] * DEEP + b"1" + nest[1] * DEEP
    raw = b'{"jsonrpc":"2.0","id":7,"result":' + deep + b"}"
    frame = classify(raw)
    assert (frame.shape, frame.id, frame.faults) == (Shape.RESPONSE, "7", (Fault.TOO_DEEP,))
    assert isinstance(frame.result, Unparsed)
    assert raw[frame.result.start : frame.result.end] == deep == cut(raw, "result")


@pytest.mark.parametrize("name", ["id", "method", "params", "error", "jsonrpc"])
def test_depth_is_survived_anywhere(name: str) -> None:
    deep = b"[" * DEEP + b"]" * DEEP
    known = {"jsonrpc": b'"2.0"', "id": b"1", "method": b'"m"', "params": b"{}"}
    if name == "error":
        known = {"jsonrpc": b'"2.0"', "id": b"1"}
    known[name] = deep
    frame = classify(
        b"{" + b",".join(b'"%s":%s' % (key.encode(), text) for key, text in known.items()) + b"}"
    )
    assert Fault.TOO_DEEP in frame.faults
    assert frame.shape is {"error": Shape.ERROR, "method": Shape.INVALID}.get(name, Shape.REQUEST)


@pytest.mark.parametrize("nest", NESTS)
@pytest.mark.parametrize("head", [b"", b'{"jsonrpc":"2.0","id":7,"result":'])
def test_deep_and_unclosed_is_not_json(nest: tuple[bytes, bytes], head: bytes) -> None:
    frame = classify(head + nest[0] * DEEP)
    assert (frame.shape, set(frame.faults)) == (Shape.INVALID, {Fault.TOO_DEEP, Fault.NOT_JSON})


def test_a_deep_array_is_a_batch_of_what_is_no_message() -> None:
    frame = classify(b"[" * DEEP + b"]" * DEEP)
    assert (frame.shape, frame.faults) == (Shape.BATCH, (Fault.TOO_DEEP,))
    assert [item.faults for item in frame.items] == [(Fault.NOT_OBJECT,)]


def test_a_deep_message_in_a_batch() -> None:
    deep = b"[" * DEEP + b"]" * DEEP
    frame = classify(
        b'[{"jsonrpc":"2.0","id":1,"result":' + deep + b'},{"jsonrpc":"2.0","id":2,"result":{}}]'
    )
    assert [(item.shape, item.id) for item in frame.items] == [(Shape.RESPONSE, "1"), (Shape.RESPONSE, "2")]
    assert isinstance(frame.items[0].result, Unparsed)


@pytest.mark.parametrize(
    ("raw", "shape"),
    [
        (b'{"jsonrpc":"2.0","id":1,"result":{"t":"' + b"ab\\n" * 5_000_000 + b'"}}', Shape.RESPONSE),
        (b'{"jsonrpc":"2.0","id":1,"result":{"t":"' + b"\\ud83d" * 3_000_000 + b'"}}', Shape.RESPONSE),
        (b'{"jsonrpc":"2.0","id":1,"result":{"t":"' + b'\\"' * 10_000_000, Shape.INVALID),
        (b'"' * 20_000_000, Shape.INVALID),
        (b"{" * 20_000_000, Shape.INVALID),
        (b"9" * 20_000_000, Shape.INVALID),
        (b"\xff" * 20_000_000, Shape.INVALID),
    ],
    ids=["text", "surrogates", "unclosed", "quotes", "braces", "digits", "bad-utf8"],
)
def test_20_megabytes_are_gone_over_once(raw: bytes, shape: Shape) -> None:
    # Quadratic time would not end before the run's time limit.
    assert classify(raw).shape is shape


# Ids and building.


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2", "2"),
        ("2.0", "2"),
        ('"2"', "2"),
        ('"2.0"', "2"),
        ("-2", "-2"),
        ('"a"', '"a"'),
        ('""', '""'),
        ('"02"', "02"),
        ("2.5", "2.5"),
        ("null", "null"),
        ('"null"', '"null"'),
        ("true", "true"),
        ('"٢"', '"٢"'),
    ],
)
def test_ids_meet_however_they_are_spelled(text: str, key: str) -> None:
    assert id_key(text) == key


def test_building() -> None:
    assert request(1, "ping") == b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
    assert request("a", "m", {"é": 1}) == '{"jsonrpc":"2.0","id":"a","method":"m","params":{"é":1}}'.encode()
    assert notification("n") == b'{"jsonrpc":"2.0","method":"n"}'
    assert notification("n", {}) == b'{"jsonrpc":"2.0","method":"n","params":{}}'
    assert response(1, {}) == b'{"jsonrpc":"2.0","id":1,"result":{}}'
    assert error_response("x", -1, "no") == b'{"jsonrpc":"2.0","id":"x","error":{"code":-1,"message":"no"}}'


@pytest.mark.parametrize(
    ("id", "echoed"),
    [
        (2.0, b"2.0"),
        (True, b"true"),
        (None, b"null"),
        (math.nan, b"null"),
        ([1], b"null"),
        (Unparsed(0, 1), b"null"),
    ],
)
def test_an_answer_echoes_the_id_or_null(id: Any, echoed: bytes) -> None:
    assert cut(response(id, {}), "id") == echoed == cut(error_response(id, 1, "no"), "id")


def test_what_is_no_json_is_not_sent_by_this_door() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode({"a": math.nan})


def test_a_lone_surrogate_is_sent_as_an_escape() -> None:
    assert encode("\ud800") == b'"\\ud800"'
