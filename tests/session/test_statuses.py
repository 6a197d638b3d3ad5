"""What an HTTP status means: what ends the attempt, whom it asks to do what, and in which words."""

from __future__ import annotations

import pytest

from inspector.errors import AuthNeeded, ConnectionFailed
from inspector.session.outcome import HttpFailed
from inspector.session.statuses import (
    Response,
    lost_endpoint,
    meaning,
    no_verdict,
    says_nothing_of_the_era,
    unanswered,
)

URL = "https://example.com/mcp"


@pytest.mark.parametrize("status", [None, 301, 302, 307, 308, 401, 403, 421, 429, 500, 502, 503, 504, 599])
def test_what_is_no_verdict(status: int | None) -> None:
    assert says_nothing_of_the_era(status)


@pytest.mark.parametrize("status", [200, 202, 204, 400, 404, 405, 406, 409, 410, 413, 415, 422])
def test_what_may_be_one(status: int) -> None:
    assert not says_nothing_of_the_era(status)
    assert no_verdict(Response(status), "the server answered", URL) is None


@pytest.mark.parametrize(
    ("challenges", "named"),
    [
        ((), "no WWW-Authenticate challenge"),
        (('Bearer realm="mcp"',), 'challenge: Bearer realm="mcp"'),
        (("Basic", "DPoP algs=ES256"), "challenge: Basic, DPoP algs=ES256"),
    ],
)
def test_401_wants_authorization_and_names_the_line_to_paste(challenges: tuple[str, ...], named: str) -> None:
    error = no_verdict(Response(401, challenges), "", URL)
    assert isinstance(error, AuthNeeded)
    assert named in error.message
    assert error.next == f"mcp-inspect auth login {URL}"
    assert error.facts["status"] == 401


def test_a_challenge_that_no_login_meets() -> None:
    error = no_verdict(Response(401, ('Basic realm="x"',)), "", URL)
    assert error is not None
    assert "--header" in error.next
    assert "auth login" not in error.next


def test_the_url_is_quoted_for_a_shell_and_without_control_characters() -> None:
    error = no_verdict(Response(401), "", "https://example.com/mcp?a=1&b=$(id)\x1b")
    assert error is not None
    assert error.next == "mcp-inspect auth login 'https://example.com/mcp?a=1&b=$(id)\u241b'"
    error = no_verdict(Response(401), "", "")
    assert error is not None
    assert "--header" in error.next


def test_credentials_that_were_sent_are_mentioned() -> None:
    error = no_verdict(Response(401, ("Bearer",), authorized=True), "", URL)
    assert error is not None
    assert "to the credentials that were sent" in error.message


@pytest.mark.parametrize(
    "response", [Response(403, ('Bearer error="insufficient_scope"',)), Response(403, authorized=True)]
)
def test_403_about_a_token(response: Response) -> None:
    assert isinstance(no_verdict(response, "", URL), AuthNeeded)


@pytest.mark.parametrize("response", [Response(403), Response(403, ("Basic",))])
def test_403_about_something_else_hints_at_host_and_origin(response: Response) -> None:
    error = no_verdict(response, "", URL)
    assert isinstance(error, ConnectionFailed)
    assert "Host or Origin" in error.next


@pytest.mark.parametrize(
    ("status", "means", "next"),
    [
        (421, "does not serve the host", "allow this host"),
        (429, "too many requests", "Try again later"),
        (500, "itself failed", "own log"),
        (502, "behind it", "runs"),
        (503, "not ready", "Try again later"),
        (504, "waited in vain", "runs"),
        (599, "", "own log"),
    ],
)
def test_trouble(status: int, means: str, next: str) -> None:
    error = no_verdict(Response(status), f"the server answered {status}", URL)
    assert isinstance(error, ConnectionFailed)
    assert f"answered {status}" in error.message
    assert means in error.message
    assert next in error.next
    assert error.facts["status"] == status


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("30", "after 30 s"),
        (" 5 ", "after 5 s"),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "after Wed, 21 Oct 2026 07:28:00 GMT"),
        ("\x1b[31m", "after \u241b[31m"),
        ("9" * 400, "…"),
    ],
)
def test_retry_after(value: str, says: str) -> None:
    error = no_verdict(Response(503, retry_after=value), "x", URL)
    assert error is not None
    assert says in error.next
    assert len(error.next) < 100


def test_no_response_and_redirects() -> None:
    error = unanswered(HttpFailed(1, None, "the certificate of x is not trusted"))
    assert error is not None
    assert "--cacert" in error.next
    error = unanswered(HttpFailed(1, None, "x refused the connection"))
    assert error is not None
    assert "running" in error.next
    error = unanswered(HttpFailed(1, 302, "the server answered 302", "https://other/mcp"))
    assert error is not None
    assert "https://other/mcp" in error.next
    assert unanswered(HttpFailed(1, 404, "the server answered 404")) is None


def test_the_same_status_means_something_else_in_each_era() -> None:
    for status in (400, 404, 405):
        modern, legacy = meaning(status, "modern")[0], meaning(status, "legacy")[0]
        assert modern
        assert legacy
        assert modern != legacy
    assert "-32601" in meaning(404, "modern")[0]
    for status in (406, 413, 415):
        assert meaning(status, "modern") == meaning(status, "legacy")
        assert meaning(status, "modern")[0]
    for unknown in (None, 418):
        assert meaning(unknown, "legacy") == ("", "Check the URL's path, often /mcp or /sse")


def test_what_a_path_allows_is_told() -> None:
    assert "it allows GET, HEAD" in meaning(405, "legacy", "GET, HEAD")[0]
    assert "\x1b" not in meaning(405, "legacy", "\x1b")[0]


def test_an_endpoint_that_is_lost_is_named_without_its_secrets() -> None:
    error = lost_endpoint(HttpFailed(1, 404, "the server answered 404"), "http://x/m?token=secret-1")
    assert "http://x/m" in error.message
    assert "secret-1" not in error.message
    assert error.facts["status"] == 404
