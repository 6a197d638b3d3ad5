"""What names the server's origin, and what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.proxy.http_rewrite import EndpointRewriter, Rewriting, readable_encodings

SERVER, PROXY = "https://api.example", "http://127.0.0.1:8080"
ONE = Rewriting(SERVER, PROXY)


def test_hop_by_hop_headers_stay_and_the_others_go_on_in_order_and_spelling() -> None:
    given = [
        ("Host", "127.0.0.1:8080"),
        ("CONNECTION", "close, X-Mine"),
        ("X-Mine", "1"),
        ("Transfer-Encoding", "chunked"),
        ("Expect", "100-continue"),
        ("Proxy-Authorization", "x"),
        ("MCP-Session-ID", "a"),
        ("x-b", "1"),
        ("X-B", "2"),
    ]
    assert ONE.to_server(given, "api.example") == [
        ("Host", "api.example"),
        ("MCP-Session-ID", "a"),
        ("x-b", "1"),
        ("X-B", "2"),
    ]


@pytest.mark.parametrize(
    ("accepted", "goes"),
    [
        ("gzip, deflate, br, zstd", "gzip, deflate"),
        ("br;q=1.0, gzip;q=0.8", "gzip;q=0.8"),
        ("br", "identity"),
        ("*", "identity"),
        ("identity", "identity"),
        ("", "identity"),
    ],
)
def test_only_what_can_be_read_is_asked_for(accepted: str, goes: str) -> None:
    assert readable_encodings(accepted) == goes
    assert ("Accept-Encoding", goes) in ONE.to_server([("Accept-Encoding", accepted)], "h")


def test_a_page_of_the_proxy_is_one_of_the_servers() -> None:
    assert ("Origin", SERVER) in ONE.to_server([("Origin", PROXY)], "h")
    assert ("Origin", "http://localhost:3000") in ONE.to_server([("Origin", "http://localhost:3000")], "h")


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://api.example/x?y=1", f"{PROXY}/x?y=1"),
        ("HTTPS://API.example:443/x", f"{PROXY}/x"),
        ("https://api.example", PROXY),
        ("/x", "/x"),
        ("https://api.example.evil/x", "https://api.example.evil/x"),
        ("https://api.example:8443/x", "https://api.example:8443/x"),
        ("http://api.example/x", "http://api.example/x"),
        ("https://other.example/?u=https://api.example/", "https://other.example/?u=https://api.example/"),
        (
            "http://localhost:9/cb?code=c&iss=https%3A%2F%2Fapi.example&state=s",
            "http://localhost:9/cb?code=c&iss=http%3A%2F%2F127.0.0.1%3A8080&state=s",
        ),
        ("http://localhost:9/cb?iss=https://idp.example", "http://localhost:9/cb?iss=https://idp.example"),
    ],
)
def test_redirects(location: str, shown: str) -> None:
    assert ONE.to_host([("Location", location)]) == [("Location", shown)]


def test_a_challenge() -> None:
    said = 'Bearer error="invalid_token", resource_metadata="https://api.example/.well-known/x"'
    assert ONE.to_host([("WWW-Authenticate", said)]) == [
        ("WWW-Authenticate", said.replace(SERVER, PROXY)),
    ]


def test_cookies_can_be_sent_to_the_proxy() -> None:
    said = "a=b; Domain=api.example; Path=/; Secure; HttpOnly; SameSite=Lax"
    assert ONE.to_host([("Set-Cookie", said)]) == [("Set-Cookie", "a=b; Path=/; HttpOnly; SameSite=Lax")]
    assert ONE.to_host([("Set-Cookie", "a=secure; Path=/secure")]) == [
        ("Set-Cookie", "a=secure; Path=/secure")
    ]


def test_what_leads_past_the_proxy_stays() -> None:
    assert ONE.to_host([("Alt-Svc", 'h3=":443"')]) == []


def test_metadata_byte_for_byte_but_for_the_origin() -> None:
    said = (
        b'{ "issuer":"https://api.example" ,"a":"https:\\/\\/api.example\\/t","b":"https://api.example/x",'
        b'"c":"https://api.example.evil/","d":"see https://api.example/","e":1.0, "authorization_servers":'
        b'["https://idp.example"]}'
    )
    assert ONE.metadata_to_host(said) == (
        b'{ "issuer":"http://127.0.0.1:8080" ,"a":"http:\\/\\/127.0.0.1:8080\\/t","b":"http://127.0.0.1:8080/x",'
        b'"c":"https://api.example.evil/","d":"see https://api.example/","e":1.0, "authorization_servers":'
        b'["https://idp.example"]}'
    )
    assert ONE.elsewhere(said) == "https://idp.example"
    assert ONE.elsewhere(b'{"authorization_servers":["https://api.example/a"]}') == ""


@pytest.mark.parametrize(
    "body", [b"", b"[", b"[" * 100_000, b'{"authorization_servers":[1,{}]}', b"\xff", b"1"]
)
def test_metadata_may_be_anything(body: bytes) -> None:
    assert ONE.metadata_to_host(body) == body
    assert ONE.elsewhere(body) == ""


@pytest.mark.parametrize(
    ("target", "goes"),
    [
        (
            "/authorize?a=b&resource=http%3A%2F%2F127.0.0.1%3A8080%2Fmcp&c=%20d",
            "/authorize?a=b&resource=https%3A%2F%2Fapi.example%2Fmcp&c=%20d",
        ),
        ("/x?resource=https%3A%2F%2Fapi.example", "/x?resource=https%3A%2F%2Fapi.example"),
        ("/x?my_resource=http%3A%2F%2F127.0.0.1%3A8080", "/x?my_resource=http%3A%2F%2F127.0.0.1%3A8080"),
        ("/x", "/x"),
        ("/x?", "/x?"),
        ("*", "*"),
    ],
)
def test_the_resource_is_the_servers_again(target: str, goes: str) -> None:
    assert ONE.target_to_server(target) == goes


ENDPOINT = b"event: endpoint\r\ndata: https://api.example/messages?s=1\r\n\r\n"
SHOWN = b"event: endpoint\r\ndata: http://127.0.0.1:8080/messages?s=1\r\n\r\n"


@given(st.data())
def test_the_endpoint_however_the_bytes_are_cut(data: st.DataObject) -> None:
    after = b"event: message\r\ndata: https://api.example/\r\n\r\n"
    whole = b": hello\n\n" + ENDPOINT + after + ENDPOINT
    rewriter, out, rest = EndpointRewriter(ONE), b"", whole
    while rest:
        at = data.draw(st.integers(1, len(rest)))
        out, rest = out + rewriter.feed(rest[:at]), rest[at:]
    assert out + rewriter.close() == b": hello\n\n" + SHOWN + after + ENDPOINT


@given(st.lists(st.binary(max_size=30) | st.sampled_from([b"\n\n", b"\r\n\r\n", b": x\n\n", b"data: 1\n"])))
def test_any_other_stream_passes_byte_for_byte(chunks: list[bytes]) -> None:
    rewriter = EndpointRewriter(ONE)
    assert b"".join(rewriter.feed(chunk) for chunk in chunks) + rewriter.close() == b"".join(chunks)


def test_an_event_goes_on_with_its_last_byte_and_a_comment_at_once() -> None:
    rewriter = EndpointRewriter(ONE)
    assert rewriter.feed(b": x\n\n") == b": x\n\n"
    assert rewriter.feed(b"data: 1\n") == b""
    assert rewriter.feed(b"\n") == b"data: 1\n\n"
    assert rewriter.feed(b"da") == b"da"


def test_a_first_event_without_an_end_is_not_held_back_for_ever() -> None:
    rewriter = EndpointRewriter(ONE)
    assert rewriter.feed(b"x" * 100_000) == b"x" * 100_000


@given(st.text(), st.text())
def test_nothing_raises(name: str, value: str) -> None:
    for header in ("Location", "WWW-Authenticate", "Set-Cookie", "Connection", name):
        ONE.to_host([(header, value)])
        ONE.to_server([(header, value)], "h")
    ONE.target_to_server(value)
    ONE.form_to_server(value)
