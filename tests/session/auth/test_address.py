"""Addresses that are refused, and those that are derived."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.session.auth import address


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "empty"),
        (None, "empty"),
        (7, "no text"),
        ("javascript:alert(1)", "scheme 'javascript'"),
        ("data:text/html,x", "scheme 'data'"),
        ("file:///etc/passwd", "scheme 'file'"),
        ("-x", "no scheme"),
        ("--gpu-launcher=calc", "no scheme"),
        ("as.example", "no scheme"),
        ("//as.example", "no scheme"),
        ("https:as.example", "no host"),
        ("https:///path", "no host"),
        ("https://-x/", "no host that can be asked"),
        ("https://as.example:0/", "no host that can be asked"),
        ("https://as.example:port/", "is no URL"),
        ("https://[::1/", "is no URL"),
        ("https://user:secret@as.example/", "user name"),
        ("https://as.example@evil.example/", "user name"),
        ("https://as.example\\@evil.example/", "characters"),
        ("https://as.example/\r\nHost: evil", "characters"),
        ("https://as.exämple/", "characters"),
        (" https://as.example/", "characters"),
        ("https://as.example/" + "x" * 5000, "longer"),
    ],
)
def test_what_must_not_be_asked_says_why(url: object, why: str) -> None:
    assert why in address.unsafe(url)


@pytest.mark.parametrize(
    "url", ["https://as.example", "http://127.0.0.1:8000/mcp", "https://[2001:db8::1]:8443/a?b=c#d"]
)
def test_what_may_be_asked(url: str) -> None:
    assert address.unsafe(url) == ""


@given(st.text() | st.binary().map(lambda raw: f"https://{raw.decode('latin-1')}"))
def test_no_text_is_too_odd(text: str) -> None:
    if not address.unsafe(text):
        assert address.canonical(address.canonical(text)) == address.canonical(text)
        assert address.fit(text.partition("#")[0], text) == "same"
        address.resource_metadata(text)
        address.server_metadata(text)
        address.insecure(text)


def test_plain_http_is_for_this_machine() -> None:
    assert address.insecure("http://as.example/token")
    assert address.insecure("http://127.evil.example/token")
    for host in ("127.0.0.1", "127.9.9.9:80", "[::1]", "localhost:9", "mcp.localhost"):
        assert not address.insecure(f"http://{host}/token")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://MCP.Example/MCP", "https://mcp.example/MCP"),
        ("https://mcp.example/", "https://mcp.example"),
        ("https://mcp.example:443/mcp#part", "https://mcp.example/mcp"),
        ("https://mcp.example:8443/mcp/", "https://mcp.example:8443/mcp/"),
        ("http://[::1]:80/mcp?a=b", "http://[::1]/mcp?a=b"),
    ],
)
def test_canonical_uri(url: str, canonical: str) -> None:
    assert address.canonical(url) == canonical


def test_an_indicator_has_no_query() -> None:
    assert address.indicator("https://mcp.example/mcp?key=secret") == "https://mcp.example/mcp"


@pytest.mark.parametrize(
    ("resource", "fit"),
    [
        ("https://mcp.example/a/mcp", "same"),
        ("https://MCP.example/a/mcp/", "same"),
        ("https://mcp.example/a", "parent"),
        ("https://mcp.example", "parent"),
        ("https://mcp.example/", "parent"),
        ("https://mcp.example/a/mc", "other"),
        ("https://mcp.example/a/mcp/deeper", "other"),
        ("https://mcp.example/a/../b", "other"),
        ("https://mcp.example/a/mcp#part", "other"),
        ("https://mcp.example.evil.example/a/mcp", "other"),
        ("http://mcp.example/a/mcp", "other"),
        ("https://mcp.example:8443/a/mcp", "other"),
        ("https://evil.example/a/mcp", "other"),
        ("", "other"),
        ("javascript:alert(1)", "other"),
    ],
)
def test_which_resource_fits_a_server(resource: str, fit: str) -> None:
    assert address.fit(resource, "https://mcp.example/a/mcp") == fit


@pytest.mark.parametrize(
    ("issuer", "other", "apart"),
    [
        ("https://as.example/", "https://as.example", True),
        ("https://as.example", "https://as.example/", True),
        ("https://as.example//", "https://as.example", False),
        ("https://as.example/a/", "https://as.example/a", False),
        ("https://as.example/", "https://other.example", False),
        ("", "", False),
    ],
)
def test_a_slash_that_stands_for_an_empty_path(issuer: str, other: str, apart: bool) -> None:
    assert address.slash_apart(issuer, other) == apart


def test_where_the_metadata_of_a_resource_is() -> None:
    well_known = "https://mcp.example/.well-known/oauth-protected-resource"
    assert address.resource_metadata("https://mcp.example/a/mcp/") == [f"{well_known}/a/mcp", well_known]
    assert address.resource_metadata("https://mcp.example/mcp?a=b") == [f"{well_known}/mcp?a=b", well_known]
    assert address.resource_metadata("https://mcp.example/") == [well_known]


def test_where_the_metadata_of_an_authorization_server_is() -> None:
    assert [url for url, _ in address.server_metadata("https://as.example/")] == [
        "https://as.example/.well-known/oauth-authorization-server",
        "https://as.example/.well-known/openid-configuration",
    ]
    assert [url for url, _ in address.server_metadata("https://as.example/tenant1")] == [
        "https://as.example/.well-known/oauth-authorization-server/tenant1",
        "https://as.example/.well-known/openid-configuration/tenant1",
        "https://as.example/tenant1/.well-known/openid-configuration",
    ]
