"""What a server repeats of a secret is not written down."""

from __future__ import annotations

import base64
import json

import pytest

from inspector.journal.redact import fingerprint
from inspector.session.auth.secrets import Secrets

SECRET = "p@ss/word+12"


@pytest.mark.parametrize("spelt", [SECRET, "p%40ss%2Fword%2B12"])
def test_a_given_secret(spelt: str) -> None:
    assert Secrets([SECRET]).scrub(f"no such secret: {spelt}!") == f"no such secret: {fingerprint(SECRET)}!"


def test_a_short_word_is_no_secret() -> None:
    assert Secrets(["", "a", "mcp"]).scrub("a map of mcp") == "a map of mcp"


def test_those_of_a_request() -> None:
    secrets = Secrets()
    basic = base64.b64encode(b"client:s3cr%2Bet").decode()
    secrets.of_asked([("Authorization", f"Basic {basic}")], b"code=the-code&client_id=public-client&state=x")
    for secret in (basic, "s3cr%2Bet", "s3cr+et", "the-code"):
        assert secret not in secrets.scrub(f"it was {secret} all along")
    assert secrets.scrub("public-client") == "public-client"


def test_a_header_that_is_no_basic_one() -> None:
    secrets = Secrets()
    secrets.of_asked([("authorization", "Basic !!"), ("authorization", "Bearer abcdefgh")], b"\xff")
    assert "abcdefgh" not in secrets.scrub("abcdefgh")


def test_those_of_a_response() -> None:
    secrets = Secrets()
    secrets.of_response(
        json.dumps({"access_token": "tok-12345", "scope": "read-all", "id_token": 7}).encode()
    )
    assert secrets.scrub("tok-12345 read-all") == f"{fingerprint('tok-12345')} read-all"
    secrets.of_response(b'{"error":"invalid_request","code":"invalid_request"}')
    assert secrets.scrub("invalid_request") == "invalid_request"
    secrets.of_response(b"[1]")
    secrets.of_response(b"<html>")
    secrets.of_response(b"[" * 50_000)


@pytest.mark.parametrize(
    "text",
    ["http://127.0.0.1:1/cb?code=the-code&state=s", "code=the-code", "http://x/#access_token=the-code"],
)
def test_those_of_a_callback(text: str) -> None:
    secrets = Secrets()
    secrets.of_query(text)
    assert "the-code" not in secrets.scrub("the-code")


def test_a_callback_that_cannot_be_read() -> None:
    secrets = Secrets()
    secrets.of_query("http://[::1/?code=the-code")
    secrets.of_query("&".join(["code=abcdefgh"] * 300))


def test_facts_of_any_shape() -> None:
    secrets = Secrets(["tok-12345"])
    facts = {"a": "tok-12345", "b": ["x", "tok-12345"], "c": {"d": ("tok-12345",)}, "e": 7}
    assert "tok-12345" not in json.dumps(secrets.scrubbed(facts))
    assert secrets.scrubbed(facts)["e"] == 7
