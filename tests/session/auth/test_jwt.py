"""Tokens read locally: what they say in words, and that nothing in them does harm."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.session.auth.jwt import Decoded, decode, expires
from inspector.wire.visible import visible

NOW = 1_800_000_000.0
SERVER = "https://example.com/mcp"


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token(claims: Any, header: Any = None, signature: str = "c2ln") -> str:
    return f"{part(header or {'alg': 'RS256', 'typ': 'at+jwt'})}.{part(claims)}.{signature}"


def read(**claims: Any) -> Decoded:
    return decode(token({"aud": SERVER, **claims}), SERVER, now=NOW)


def test_a_good_token() -> None:
    decoded = read(exp=NOW + 3592, iat=NOW - 8, nbf=NOW - 8, sub="ann")
    assert decoded.kind == "jwt"
    assert decoded.header == {"alg": "RS256", "typ": "at+jwt"}
    assert decoded.claims["sub"] == "ann"
    assert decoded.expiry == "expires in 59:52 (2027-01-15 08:59:52 UTC)"
    assert decoded.times == {
        "issued": "8.00 s ago (2027-01-15 07:59:52 UTC)",
        "not before": "8.00 s ago (2027-01-15 07:59:52 UTC)",
    }
    assert decoded.audience == (SERVER,)
    assert decoded.expires_at == NOW + 3592
    assert decoded.problems == ()
    assert "signature is not checked" in decoded.says


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({"exp": NOW - 90}, "It expired 1:30 ago"),
        ({"exp": NOW - 3 * 86400}, "It expired 3 days ago"),
        ({"nbf": NOW + 30}, "It is not valid yet: it will be in 30.00 s"),
        ({"iat": NOW + 7200}, "It was issued 2:00:00 in the future: a clock is wrong"),
        ({"exp": "soon"}, 'Its exp is no time: "soon"'),
        ({"exp": True}, "Its exp is no time: true"),
        ({"iat": 1e300}, "Its iat is no time: 1e+300"),
        ({"nbf": float("nan")}, "Its nbf is no time: NaN"),
        ({"aud": "https://other.example"}, "It is not for this server: it is for https://other.example, and"),
        ({"aud": None}, "It is not for this server: it names no audience, and the server is"),
        ({"aud": "\x1b[2J"}, "it is for ␛[2J"),
    ],
)
def test_what_is_wrong_with_it(claims: dict[str, Any], problem: str) -> None:
    (said,) = read(**claims).problems
    assert problem in said


@pytest.mark.parametrize(
    "audience",
    [SERVER, f"{SERVER}/", "HTTPS://EXAMPLE.com:443/mcp", ["https://a.example", SERVER]],
)
def test_the_audience_is_the_server(audience: Any) -> None:
    assert read(aud=audience).problems == ()


def test_only_the_present_servers_audience_is_held_against_it() -> None:
    assert decode(token({"aud": "https://other.example"}), now=NOW).problems == ()


@pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "None"}])
def test_an_unsigned_token(header: dict[str, Any]) -> None:
    assert decode(token({}, header), now=NOW).problems == (
        "It is not signed (alg none): no server should take it",
    )
    assert len(decode(token({}, signature=""), now=NOW).problems) == 1


def test_an_encrypted_token() -> None:
    decoded = decode(f"{part({'alg': 'dir', 'enc': 'A128GCM'})}..aXY.Y2lwaGVy.dGFn")
    assert (decoded.kind, decoded.claims) == ("jwe", {})
    assert "encrypted" in decoded.says


@pytest.mark.parametrize(
    "text",
    [
        "",
        "opaque",
        "a.b.c",
        "gho_16C7e42F292c6912E7710c838347Ae178B4a",
        "1.2.3.4.5",
        f"{part([])}.{part({})}.x",
        f"{part({})}.{part([])}.x",
        f"{part(b'[' * 5000)}.{part({})}.x",
        "." * 300_000,
    ],
)
def test_an_opaque_token(text: str) -> None:
    decoded = decode(text, SERVER)
    assert (decoded.kind, decoded.problems) == ("opaque", ())
    assert "only its issuer knows" in decoded.says


def test_claims_that_are_none() -> None:
    assert decode(f"{part({'alg': 'RS256'})}.{part(b'nope')}.x").problems == (
        "Its claims are no JSON object",
    )


@given(st.text(), st.text())
def test_any_text_is_read(text: str, resource: str) -> None:
    decode(text, resource)
    decode(f"{part({'alg': text})}.{part({'aud': text, 'exp': text})}.{text}", resource)


@given(
    st.dictionaries(
        st.sampled_from(["exp", "nbf", "iat", "aud", "alg"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_any_claims_are_read(claims: dict[str, Any]) -> None:
    decoded = decode(token(claims, {"alg": "RS256", **claims}), SERVER, now=NOW)
    assert all(visible(problem) == problem for problem in decoded.problems)


def test_a_time_beyond_the_calendar_has_no_date() -> None:
    assert expires(1e18, NOW) == "expires in 11574074053240 days"
