from __future__ import annotations

import json
import math

import pytest

from inspector.journal.line import envelope_id, write, write_data
from inspector.journal.payload import read_payload
from inspector.journal.prefix import read_prefix
from inspector.wire.event import Direction, Kind, Shape
from inspector.wire.jsonrpc import classify


def line_of(raw: bytes) -> bytes:
    frame = classify(raw)
    return write(7, 0.012345, Kind.MESSAGE, Direction.C2S, 1, 3, len(raw), frame.faults, raw, None, frame)


def test_the_envelope_stands_first_and_the_message_last() -> None:
    raw = b'{"jsonrpc":"2.0","id":9,"method":"tools/call"}'
    assert line_of(raw) == (
        b'{"seq":7,"t":0.012345,"kind":"message","dir":"c2s","conn":1,"shape":"request",'
        b'"method":"tools/call","id":9,"exchange":3,"size":46,"message":' + raw + b"}\n"
    )


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b'{"a": 1,  "a": 2, "b": 1.50, "c": 1e400}', "message"),
        (b' {"x":1}\r', "message"),
        ('{"x":"\u2028ä"}'.encode(), "message"),
        (b'{"x":"\\ud800"}', "message"),
        (b'{\n"x": 1}', "text"),
        (b'{"x":NaN}', "text"),
        (b'{"x":"\x01"}', "text"),
        (b"\xef\xbb\xbf{}", "text"),
        (b"[" * 100_000, "text"),
        (b'{"x":', "text"),
        (b"", "text"),
        (b'{"x":"\xff"}', "base64"),
    ],
)
def test_only_one_line_of_strict_json_stands_verbatim(raw: bytes, key: str) -> None:
    line = line_of(raw)
    prefix = read_prefix(line[:-1])
    assert prefix is not None
    assert prefix.key == key
    assert read_payload(line[:-1], prefix)[0] == raw
    assert line.count(b"\n") == 1
    if key == "message":
        assert line.endswith(b'"message":' + raw + b"}\n")
    parsed = json.loads(line)
    assert list(parsed)[-1] == key


@pytest.mark.parametrize("id", ["2", "2.0", '"2"', "null", "true", "-1", '"ä\\u0001\\""', "1e+22"])
def test_ids_keep_their_spelling(id: str) -> None:
    raw = b'{"jsonrpc":"2.0","id":' + id.encode() + b',"result":{}}'
    prefix = read_prefix(line_of(raw)[:-1])
    assert prefix is not None
    assert prefix.id == classify(raw).id
    assert f',"id":{classify(raw).id},'.encode() in line_of(raw)


@pytest.mark.parametrize(
    "raw", [b'"' + b"x" * 5000 + b'"', b"[1,2]", b'{"a":1}', b'"\\ud800"', b'"\\ud800\\u00e4"']
)
def test_a_long_or_odd_id_is_not_copied(raw: bytes) -> None:
    raw = b'{"jsonrpc":"2.0","id":' + raw + b',"result":{}}'
    line = line_of(raw)
    prefix = read_prefix(line[:-1])
    assert prefix is not None
    assert prefix.id == envelope_id(classify(raw).id)
    assert prefix.at < 250
    json.loads(line)


def test_an_envelope_never_grows_long() -> None:
    raw = json.dumps({"id": "\x01" * 128, "method": "\x7f\x01" * 64}).encode()
    prefix = read_prefix(line_of(raw)[:-1])
    assert prefix is not None
    assert prefix.at < 1500


def test_a_tool_error_is_told_by_the_envelope() -> None:
    prefix = read_prefix(line_of(b'{"jsonrpc":"2.0","id":1,"result":{"isError":true}}')[:-1])
    assert prefix is not None
    assert prefix.outcome == "tool-error"
    prefix = read_prefix(line_of(b'{"jsonrpc":"2.0","id":1,"result":{"isError":1}}')[:-1])
    assert prefix is not None
    assert prefix.outcome == ""


def test_the_start_of_a_line_is_enough() -> None:
    line = line_of(b'{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{}}')
    whole, part = read_prefix(line[:-1]), read_prefix(line[:170])
    assert whole == part
    assert whole is not None
    assert (whole.shape, whole.method, whole.exchange, whole.what) == (Shape.REQUEST, "tools/call", 3, None)


def test_another_spelling_is_read_all_the_same() -> None:
    raw = b'{"jsonrpc":"2.0","id":9,"method":"tools/call"}'
    line = json.dumps(json.loads(line_of(raw)), sort_keys=True, indent=None).encode()
    prefix = read_prefix(line)
    assert prefix is not None
    assert prefix.at == -1
    assert (prefix.seq, prefix.t, prefix.kind, prefix.direction) == (7, 0.012345, "message", Direction.C2S)
    assert (prefix.shape, prefix.method, prefix.id, prefix.size) == (Shape.REQUEST, "tools/call", "9", 46)
    assert json.loads(read_payload(line, prefix)[0]) == json.loads(raw)


def test_keys_added_behind_the_payload_do_not_get_into_it() -> None:
    raw = b'{"jsonrpc":"2.0","id":9,"method":"tools/call"}'
    for line in (line_of(raw)[:-2] + b',"mine":true}', line_of(b"no json")[:-2] + b',"mine":true}'):
        prefix = read_prefix(line)
        assert prefix is not None
        assert read_payload(line, prefix)[0] in (raw, b"no json")


@pytest.mark.parametrize(
    "junk", [b"", b"{}", b"null", b'{"kind":1}', b"\x00\xff", b'{"kind":', b"[" * 100_000]
)
def test_what_is_no_event_is_none(junk: bytes) -> None:
    assert read_prefix(junk) is None


@pytest.mark.parametrize(
    "line",
    [
        b'{"kind":"message","seq":-1,"t":1e400,"size":"x","conn":99999999999,"faults":7,"message":1e5}',
        b'{"kind":"http","t":true,"exchange":null,"http":[1]}',
        b'{"seq":1,"t":0.5,"kind":"stderr","text":5}',
        b'{"seq":1,"t":0.5,"kind":"stderr","base64":"?"}',
        b'{"seq":1,"t":0.5,"kind":"message","size":9}',
    ],
)
def test_nonsense_in_an_envelope_never_raises(line: bytes) -> None:
    prefix = read_prefix(line)
    assert prefix is not None
    assert math.isfinite(prefix.t)
    read_payload(line, prefix)


def test_a_kind_from_a_newer_version_keeps_its_data() -> None:
    line = b'{"seq":1,"t":0.5,"kind":"hologram","depth":3,"hologram":{"what":"shown"},"text":"x"}'
    prefix = read_prefix(line)
    assert prefix is not None
    assert read_payload(line, prefix) == (b"x", {"depth": 3, "what": "shown", "kind": "hologram"})


def test_data_begins_with_what_and_is_always_json() -> None:
    assert write_data({"code": 1, "what": "exited"}) == b'{"what":"exited","code":1}'
    assert json.loads(write_data({"x": math.nan, "y": {1: {2}}, "z": b"b"})) == {
        "x": "nan",
        "y": {"1": [2]},
        "z": "b'b'",
    }
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]
    json.loads(write_data({"deep": deep, "huge": 10**5000}))
    looped: dict[str, object] = {}
    looped["self"] = looped
    json.loads(write_data(looped))
