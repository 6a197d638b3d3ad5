from __future__ import annotations

import pytest

from inspector.journal.line import write
from inspector.journal.payload import read_head, read_payload
from inspector.journal.prefix import read_prefix
from inspector.wire.event import Direction, Kind


def line_of(body: bytes, data: bytes | None = None, kind: Kind = Kind.STDERR) -> bytes:
    return write(1, 0.5, kind, Direction.S2C, 1, 0, len(body), (), body, data, None)[:-1]


@pytest.mark.parametrize(
    "body",
    [b"plain", b"", "ä€😀".encode() * 20, b'\\" \n\t\x00\x1f' * 30, b"\xff" * 100, b'"}' * 50, b"\\" * 99],
)
def test_any_head_of_any_line_is_a_head_of_the_body(body: bytes) -> None:
    line = line_of(body)
    prefix = read_prefix(line)
    assert prefix is not None
    assert read_payload(line, prefix) == (body, {})
    for end in range(prefix.at + 1, len(line) + 1):
        for limit in (0, 1, 7, 4096):
            head = read_head(line[:end], prefix, limit)
            assert head is not None
            assert body.startswith(head)
            assert len(head) <= limit
    assert read_head(line, prefix, 100_000) == body


def test_data_and_body_stand_in_one_line() -> None:
    line = line_of(b"bytes \xff", b'{"what":"body","n":1}', Kind.HTTP)
    prefix = read_prefix(line)
    assert prefix is not None
    assert (prefix.key, prefix.what) == ("data", "body")
    assert read_payload(line, prefix) == (b"bytes \xff", {"what": "body", "n": 1})
    assert read_head(line, prefix, 10) is None


@pytest.mark.parametrize(
    "damage", [b'"text":"cut', b'"text":7}', b'"base64":"a"}', b'"message":{}', b'"message":', b'"http":[]}']
)
def test_damage_is_empty_and_never_raises(damage: bytes) -> None:
    line = b'{"seq":1,"t":0.5,"kind":"stderr",' + damage
    prefix = read_prefix(line)
    if prefix is not None:
        body, data = read_payload(line, prefix)
        assert body in (b"", b"{}")
        assert data == {}
