"""Header fields: bytes and text, layers, and what is private."""

from __future__ import annotations

import re

import pytest

from inspector.transport.fields import merged, pairs, private, raw, readable, without_secrets


@pytest.mark.parametrize(
    ("text", "octets"),
    [("plain", b"plain"), ("caf\u00e9", b"caf\xc3\xa9"), ("a\udcff", b"a\xff"), ("\ud800", b"?")],
)
def test_text_as_bytes(text: str, octets: bytes) -> None:
    assert raw(text) == octets


def test_bytes_as_text() -> None:
    assert (readable(b"caf\xc3\xa9"), readable(b"caf\xe9")) == ("caf\u00e9", "caf\u00e9")
    assert pairs([(b"X-A", b"1"), (b"x-a", b"2")]) == (("X-A", "1"), ("x-a", "2"))


def test_a_later_layer_replaces_what_an_earlier_one_says() -> None:
    own = [("accept", "a"), ("user-agent", "ours")]
    given = [("User-Agent", "theirs"), ("X-A", "1"), ("x-a", "2")]
    assert merged(own, given) == [
        (b"accept", b"a"),
        (b"User-Agent", b"theirs"),
        (b"X-A", b"1"),
        (b"x-a", b"2"),
    ]


def test_what_the_user_gave_is_private_whatever_its_name() -> None:
    sent = ["Accept", "X-Plain", "Cookie", "MCP-Session-Id"]
    assert private([("x-plain", "1"), ("x-not-sent", "2")], sent) == {"x-plain", "cookie", "mcp-session-id"}


@pytest.mark.parametrize(
    ("octets", "shown"),
    [
        (b"HTTP/1.1 200 OK\r\nServer: x\r\n", rb"HTTP/1.1 200 OK\r\nServer: x\r\n"),
        (b"Set-Cookie: sid=abc; Path=/\r\nX: y", rb"Set-Cookie: sid=sha256:[0-9a-f]{8}; Path=/\r\nX: y"),
        (b"Authorization : Bearer abc", rb"Authorization : Bearer sha256:[0-9a-f]{8}"),
        (b"GET /mcp?token=abc HTTP/1.1", rb"GET /mcp\?token=sha256:[0-9a-f]{8}"),
        (b"\x00\xff\xfe:\r", rb"\x00\xff\xfe:\r"),
    ],
)
def test_what_is_no_http_is_shown_without_secrets(octets: bytes, shown: bytes) -> None:
    assert re.match(shown, without_secrets(octets))
    assert b"abc" not in without_secrets(octets)
