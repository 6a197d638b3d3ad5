from __future__ import annotations

import json
import re

import pytest

from inspector.journal.redact import fingerprint, is_secret_name, redact_body, redact_headers, redact_url


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
        "Ocp-Apim-Subscription-Key",
        "X-Functions-Key",
        "X-Amz-Credential",
        "X-Hub-Signature-256",
        "X-Jwt",
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


# Bodies of authorization

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"grant_type=authorization_code&code=a%2Bb&x=1", "grant_type=authorization_code&code={a+b}&x=1"),
        (b"client_id=me&client_secret=s&scope=a+b", "client_id=me&client_secret={s}&scope=a+b"),
        (b"refresh_token=r&resource=https%3A%2F%2Fe.com%2Fmcp", None),
        (
            b"client_assertion_type=urn%3Ax&client_assertion=j",
            "client_assertion_type=urn%3Ax&client_assertion={j}",
        ),
        (b"subject_token=t&subject_token_type=u&actor_token=v", None),
        (b"%63ode=c-1", "%63ode={c-1}"),
        (b"code=&state=s-1\r\n", "code=&state={s-1}\r\n"),
        (b"a=1&b=2", "a=1&b=2"),
        (b"redirect=https%3A%2F%2Fe.com%2F%3Fcode%3Dc-9", "redirect=https://e.com/?code={c-9}"),
        (b"", ""),
    ],
)
def test_forms(body: bytes, expected: str | None) -> None:
    cleaned = redact_body(FORM, body)
    if expected is not None:
        assert cleaned.decode() == re.sub(r"\{(.*?)\}", lambda found: fingerprint(found[1]), expected)
    assert redact_body(FORM, cleaned) == cleaned
    assert len(cleaned.split(b"&")) == len(body.split(b"&"))


SECRET = "s-3cret"


@pytest.mark.parametrize(
    "name",
    [
        "access_token",
        "refresh_token",
        "id_token",
        "client_secret",
        "code",
        "code_verifier",
        "assertion",
        "client_assertion",
        "subject_token",
        "actor_token",
        "registration_access_token",
        "device_code",
        "password",
        "state",
        "API_KEY",
        "vendor_token",
    ],
)
def test_every_secret_in_json_and_in_forms(name: str) -> None:
    nested = json.dumps({"a": [{"b": {name: SECRET, "token_type": "Bearer"}}]}).encode()
    for content_type in ("application/json", "text/html", ""):
        cleaned = redact_body(content_type, nested)
        assert SECRET.encode() not in cleaned
        assert json.loads(cleaned)["a"][0]["b"] == {name: fingerprint(SECRET), "token_type": "Bearer"}
    form = f"x=1&{name}={SECRET}".encode()
    assert redact_body(FORM, form) == redact_body("text/plain", form)
    assert SECRET.encode() not in redact_body(FORM, form)


def test_json_without_secrets_stays_byte_for_byte() -> None:
    body = (
        b'\xef\xbb\xbf{ "issuer" : "https://e.com", "n":1.50, "n":2, "token_endpoint":"https://e.com/token" }'
    )
    assert redact_body("application/json", body) == body
    error = b'{"jsonrpc":"2.0","error":{"code":-32601,"message":"no"},"id":1e2}'
    assert redact_body("application/json", error) == error


def test_json_keeps_its_order_its_repetitions_and_its_numbers() -> None:
    body = b'{"b":1.50,"access_token":"t","access_token":"u","expires_in":24000000000000000000001,"x":null}'
    assert redact_body("application/json", body).decode() == (
        f'{{"b":1.50,"access_token":"{fingerprint("t")}","access_token":"{fingerprint("u")}",'
        '"expires_in":24000000000000000000001,"x":null}'
    )
    assert b"1234" not in redact_body("", b'{"password":1234}')


def test_an_escaped_name_is_no_way_around() -> None:
    assert b"s-3cret" not in redact_body("application/json", b'{"\\u0061ccess_token":"s-3cret"}')


@pytest.mark.parametrize(
    "body",
    [
        b'{"access_token":"s-3cret","tok',
        b"access_token: s-3cret\n",
        b'<input name="x" value="">id_token=s-3cret</html>',
        b"\xff\xfe access_token = s-3cret",
        b"here: eyJhbGciOiJub25lIn0.eyJzdWIiOiJzLTNjcmV0In0.",
        b'["' * 5000 + b'access_token":"s-3cret',
    ],
)
def test_what_cannot_be_read_and_sounds_secret_is_not_written(body: bytes) -> None:
    cleaned = redact_body("text/plain", body)
    assert b"s-3cret" not in cleaned
    assert b"eyJ" not in cleaned
    assert f"({len(body)} bytes".encode() in cleaned


@pytest.mark.parametrize(
    "body", [b"<form><input type=password name=password></form>", b"Not found", b"\x00\xff", b"a: b"]
)
def test_other_bodies_stay(body: bytes) -> None:
    assert redact_body("text/html", body) == body


@pytest.mark.timeout(100)  # which no time that grows with the square would keep to
@pytest.mark.parametrize(
    "body",
    [
        b"a=1&" * 250_000 + b"<",
        b"eyJ-" * 250_000,
        b'{"a":"' + b"h" * 1_000_000 + b'://"}',
        b'{"a":"' + b"://" * 300_000 + b'"}',
        b'{"a":"' + b"x://y:" * 150_000 + b'"}',
        b"&" * 1_000_000,
        b"password " * 100_000,
        b'{"a":' * 300_000,
        b"=" * 1_000_000,
        b'{"a":"x://h/' + b"?" * 1_000_000 + b'"}',
        b'{"a":"x://h/' + b"a?" * 500_000 + b'"}',
    ],
)
def test_hostile_bodies_are_read_in_linear_time(body: bytes) -> None:
    for content_type in (FORM, "application/json"):
        assert redact_body(content_type, body)


@pytest.mark.timeout(100)  # which no time that grows with the square would keep to
@pytest.mark.parametrize("part", ["?", "a?", "?a", "a=?", "&", "a:", "@", "://", "x://@", "#;"])
def test_hostile_urls_are_read_in_linear_time(part: str) -> None:
    for start in ("", "https://host/"):
        assert redact_url(start + part * (1_000_000 // len(part)))


def test_a_name_behind_a_second_question_mark_gives_a_secret_away() -> None:
    assert redact_url("https://h/?a?b?token=s3cret") == f"https://h/?a?b?token={fingerprint('s3cret')}"
