from __future__ import annotations

import re

import pytest

from inspector.journal.redact import fingerprint, is_secret_name, redact_headers, redact_url


def test_equal_secrets_have_equal_fingerprints() -> None:
    assert re.fullmatch("sha256:[0-9a-f]{8}", fingerprint("abc"))
    assert fingerprint("abc") == fingerprint("abc") != fingerprint("abd")
    assert fingerprint(fingerprint("abc")) == fingerprint("abc")
    assert fingerprint("\ud800")


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "PROXY-AUTHORIZATION",
        "Cookie",
        "set-cookie",
        "X-API-Key",
        "x-my-token",
        "Client-Secret",
        "x-password",
        "my-api-key",
        "X-Auth",
    ],
)
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)
    (pair,) = redact_headers([(name, "hunter2=hunter3")])
    assert "hunter3" not in pair[1]


@pytest.mark.parametrize(
    "name", ["WWW-Authenticate", "content-type", "mcp-session-id", "accept", "mcp-method"]
)
def test_other_names_keep_their_values(name: str) -> None:
    assert redact_headers([(name, "some value")]) == [[name, "some value"]]


def test_the_scheme_and_the_names_of_cookies_stay() -> None:
    token = fingerprint("tok")
    assert redact_headers([("Authorization", "Bearer tok"), ("Cookie", "a=tok; b=tok")]) == [
        ["Authorization", f"Bearer {token}"],
        ["Cookie", f"a={token}; b={token}"],
    ]
    assert redact_headers([("Set-Cookie", "a=tok; Path=/; HttpOnly")]) == [
        ["Set-Cookie", f"a={token}; Path=/; HttpOnly"]
    ]
    quoted = fingerprint('"a;b"')
    assert redact_headers(
        [("Cookie", "tok"), ("Cookie", 'a="a;b"; tok;'), ("Set-Cookie", 'a="a;b"; Path=/')]
    ) == [
        ["Cookie", token],
        ["Cookie", f"a={quoted}; {token};"],
        ["Set-Cookie", f"a={quoted}; Path=/"],
    ]
    assert redact_headers([("Authorization", "tok")]) == [["Authorization", token]]
    assert redact_headers([("Authorization", "")]) == [["Authorization", ""]]
    digest = redact_headers([("Authorization", 'Digest username="me", response="x"')])[0][1]
    assert digest.startswith("Digest sha256:")
    assert len(digest) == len("Digest sha256:12345678")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/mcp?x=1#top", "https://example.com/mcp?x=1#top"),
        ("https://me:tok@example.com/", "https://me:{}@example.com/"),
        ("https://tok@example.com/", "https://{}@example.com/"),
        ("https://e.com/?a=1&access_token=tok&b=2", "https://e.com/?a=1&access_token={}&b=2"),
        ("https://e.com/cb?code=tok&state=tok", "https://e.com/cb?code={}&state={}"),
        ("https://e.com/#access_token=tok", "https://e.com/#access_token={}"),
        ("https://e.com/?api_key=", "https://e.com/?api_key="),
        ("https://e.com/a@b?c=d@e", "https://e.com/a@b?c=d@e"),
        ("not a url", "not a url"),
        ("https://me:a#tok@e.com/", "https://me:{a#tok}@e.com/"),
        ("https://me:a/b?c@d@e.com/", "https://me:{a/b?c@d}@e.com/"),
        ("me:tok@e.com/mcp", "me:{}@e.com/mcp"),
        ("localhost:8000/a@b", "localhost:8000/a@b"),
        ("https://e.com:8000/a@b:c", "https://e.com:8000/a@b:c"),
        ("http://[::1]:8000/a@b", "http://[::1]:8000/a@b"),
    ],
)
def test_urls(url: str, expected: str) -> None:
    cleaned = re.sub(r"\{(.*?)\}", lambda found: fingerprint(found[1] or "tok"), expected)
    assert redact_url(url) == cleaned
    assert redact_url(cleaned) == cleaned
