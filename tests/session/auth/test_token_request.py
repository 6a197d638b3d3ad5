"""Token endpoints: what is asked of them, and what they grant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inspector.session.auth.flow import authorize, refresh
from inspector.session.auth.model import AuthOptions, Client, Credentials, Tokens
from inspector.session.auth.steps import Decision, Got, Verdict
from tests.session.auth.pump import AS, CALLBACK, MCP, NOW, Ran, granted, known, run, stops, world

TOKEN = f"POST {AS}/token"
ME = {"client_id": "me"}
GRANT = (400, {"error": "invalid_grant", "error_description": "used once"})


def tried(answer: Any, *, scope: str | None = None, past: str = "", **more: Any) -> Ran:
    options = AuthOptions(scope=scope, past=frozenset({past} - {""}))
    flow = authorize(MCP, None, options, known(**more.pop("world", {})))
    return run(flow, world(**{TOKEN: answer}), **more)


def notes(ran: Ran) -> list[str]:
    return [v.says for v in ran.verdicts if v.step == "token" and v.judgement == "note"]


def test_what_is_asked() -> None:
    ran = tried(granted(), scope="a b")
    form = ran.form()
    assert form.pop("code_verifier").startswith("random-")
    assert form == {
        "grant_type": "authorization_code",
        "code": "the-code",
        "redirect_uri": CALLBACK,
        "resource": MCP,
        "client_id": "registered",
    }
    assert ran.headers()["content-type"] == "application/x-www-form-urlencoded"
    assert ran.fetches[-1].purpose == "token (authorization code)"
    assert "the-code" not in repr(ran.fetches[-1])


def test_what_is_granted() -> None:
    ran = tried(granted(scope="a b"), scope="a b")
    assert ran.credentials is not None
    assert ran.credentials.tokens == Tokens(
        access_token="access",
        refresh_token="refresh",
        scope="a b",
        obtained_at=NOW,
        expires_at=NOW + 3600,
    )
    assert (ran.credentials.token_endpoint, ran.credentials.indicator) == (f"{AS}/token", MCP)
    assert ran.rules == []
    assert notes(ran) == []
    last = ran.verdicts[-1]
    assert last.facts == {
        "token_type": "Bearer",
        "expires_in": 3600.0,
        "scope": "a b",
        "requested": "a b",
        "refresh_token": True,
        "resource": MCP,
    }
    assert not any(secret in str(ran.verdicts) for secret in ("'access'", "'refresh'", "the-code", "random-"))


@pytest.mark.parametrize(
    ("answer", "rule", "scope", "lifetime"),
    [
        (granted(scope="a"), "scope-narrowed", "a", 3600),
        (granted(scope="a b c"), "", "a b c", 3600),
        (granted(scope=["a"]), "token-scope", "a b", 3600),
        (granted(), "", "a b", 3600),
        (granted(expires_in="60"), "token-lifetime", "a b", 60),
        (granted(expires_in=60.5), "", "a b", 60.5),
        (granted(expires_in=0), "", "a b", 0),
        (granted(expires_in=-1), "token-lifetime", "a b", None),
        (granted(expires_in=True), "token-lifetime", "a b", None),
        (granted(expires_in=10**400), "token-lifetime", "a b", None),
        (granted(expires_in=1e30), "token-lifetime", "a b", None),
        (granted(expires_in=float("nan")), "token-lifetime", "a b", None),
        (granted(expires_in="²"), "token-lifetime", "a b", None),
        (granted(expires_in=[1]), "token-lifetime", "a b", None),
        (granted(expires_in=None), "", "a b", None),
        (granted(token_type="bearer"), "", "a b", 3600),
    ],
)
def test_what_is_odd_is_warned_of(answer: Got, rule: str, scope: str, lifetime: float | None) -> None:
    ran = tried(answer, scope="a b")
    assert ran.credentials is not None
    assert ran.credentials.tokens is not None
    assert [name for name in ran.rules if name != "auth-document"] == ([rule] if rule else [])
    assert ran.credentials.tokens.scope == scope
    assert ran.credentials.tokens.expires_at == (None if lifetime is None else NOW + lifetime)


def test_what_is_missing_is_noted() -> None:
    bare = replace(
        granted(expires_in=None, refresh_token=None), headers=(("content-type", "application/json"),)
    )
    assert [note.partition(":")[0] for note in notes(tried(bare))] == [
        "The server does not say when the token expires",
        "The answer with the token lacks Cache-Control",
        "No refresh token came",
    ]


@pytest.mark.parametrize("kind", ["DPoP", "mac", None])
def test_another_type_of_token(kind: str | None) -> None:
    assert tried(granted(token_type=kind)).rules == ["token-type"]
    assert tried(granted(token_type=kind), past="token-type").credentials is not None


@pytest.mark.parametrize("token", [None, "", 7, "a b", "a\r\nX: y", "tökén", "x" * 70_000])
def test_a_token_that_cannot_be_sent(token: Any) -> None:
    ran = tried(granted(access_token=token), past="all")
    assert ran.rules == ["token-missing"]
    assert ran.failure is not None


@pytest.mark.parametrize(
    ("answer", "says", "next", "code"),
    [
        (GRANT, "used already (used once)", "auth login", "invalid_grant"),
        ((401, {"error": "invalid_client"}), "does not know this client", "auth logout", "invalid_client"),
        ((200, {"error": "bad_code"}), "refuses: bad_code", "auth login", "bad_code"),
        ((200, {"error": 7}), "an error that has no name", "auth login", None),
        ((500, b"<html>"), "answered 500 without an error code", "auth login", None),
        ((302, b""), "answered 302", "auth login", None),
        ((200, b"access_token=x&token_type=bearer"), "something else than JSON", "auth login", None),
        (Got(0, None, error="timed out"), "timed out", "auth login", None),
    ],
)  # fmt: skip
def test_a_refusal_in_words(answer: Any, says: str, next: str, code: str | None) -> None:
    ran = tried(answer, past="all")
    assert ran.rules == ["token-refused"]
    assert ran.failure is not None
    assert says in ran.failure.message
    assert next in ran.failure.next
    assert ran.failure.facts.get("code") == code


def test_a_token_for_somebody_else() -> None:
    def seen(*audience: str) -> list[str]:
        return tried(granted(), world={"audience": lambda token: audience}).rules

    assert seen("https://other.example", f"{MCP}/") == ["token-audience"]
    assert seen() == ["token-audience"]
    assert seen("x", "https://MCP.example/mcp") == []
    assert tried(granted(), world={"audience": lambda token: None}).rules == []


def test_asked_once_more_on_demand() -> None:
    answers = iter([(503, {}), granted()])

    def decide(verdict: Verdict) -> Decision:
        return Decision.REPEAT if verdict.rule == "token-refused" else stops(verdict)

    ran = tried(lambda fetch: next(answers), decide=decide)
    assert ran.asked.count(TOKEN) == 2
    assert len(ran.visits) == 1
    assert ran.credentials is not None


def held(**more: Any) -> Credentials:
    tokens = Tokens(access_token="old", refresh_token="r1", scope="a b", expires_at=NOW)
    made: dict[str, Any] = {
        "resource": MCP,
        "issuer": AS,
        "client": Client(issuer=AS, client_id="me", client_secret="s", auth_method="client_secret_basic"),
        "tokens": tokens,
        "token_endpoint": f"{AS}/token",
    }
    return Credentials(**(made | more))


@pytest.mark.parametrize(("rotated", "kept"), [("r2", "r2"), (None, "r1")])
def test_refresh(rotated: str | None, kept: str) -> None:
    answer = granted(refresh_token=rotated, access_token="new")
    ran = run(refresh(held(), AuthOptions(), known()), {TOKEN: answer})
    assert ran.form() == {"grant_type": "refresh_token", "refresh_token": "r1", "resource": MCP} | ME
    assert ran.headers()["authorization"].startswith("Basic ")
    assert ran.credentials is not None
    assert ran.credentials.tokens == Tokens(
        access_token="new", refresh_token=kept, scope="a b", obtained_at=NOW, expires_at=NOW + 3600
    )
    assert {verdict.step for verdict in ran.verdicts} == {"refresh"}


def test_refresh_names_the_resource_as_it_was_named_before() -> None:
    ran = run(refresh(held(indicator="https://mcp.example"), AuthOptions(), known()), {TOKEN: granted()})
    assert ran.form()["resource"] == "https://mcp.example"


@pytest.mark.parametrize(
    ("credentials", "answer", "code"),
    [
        (held(), (400, {"error": "invalid_grant"}), "invalid_grant"),
        (held(), (401, {"error": "invalid_client"}), "invalid_client"),
        (held(), Got(0, None, error="timed out"), None),
        (held(token_endpoint="file:///x"), 200, None),
        (held(tokens=None), 200, "no_refresh_token"),
        (held(tokens=Tokens(access_token="x")), 200, "no_refresh_token"),
        (held(client=Client(issuer=AS, client_id="me", auth_method="private_key_jwt")), 200, None),
    ],
)
def test_why_there_is_no_refresh(credentials: Credentials, answer: Any, code: str | None) -> None:
    ran = run(refresh(credentials, AuthOptions(), known()), {TOKEN: answer})
    assert ran.credentials is None
    assert ran.failure is not None
    assert ran.failure.facts.get("code") == code
