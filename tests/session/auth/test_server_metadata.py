"""Authorization server metadata: where it is looked for, and what is refused in it."""

from __future__ import annotations

from typing import Any

import pytest

from inspector.session.auth.flow import authorize
from inspector.session.auth.model import AuthOptions
from inspector.session.auth.steps import Decision, Got
from tests.session.auth.pump import AS, MCP, Ran, granted, known, metadata, run, world

ROOT = "https://mcp.example/.well-known/oauth-protected-resource"
OAUTH = f"GET {AS}/.well-known/oauth-authorization-server"
TENANT = f"{AS}/tenant1"


def tried(answer: Any, *past: str, **more: Any) -> Ran:
    """A flow at an authorization server whose metadata is `answer`."""
    return run(
        authorize(MCP, None, AuthOptions(past=frozenset(past)), known()), world(**{OAUTH: answer}), **more
    )


def test_every_address_of_a_tenant_in_order() -> None:
    answers = {
        f"GET {ROOT}/mcp": {"resource": MCP, "authorization_servers": [TENANT]},
        f"GET {TENANT}/.well-known/openid-configuration": metadata(TENANT),
        f"POST {TENANT}/register": (201, {"client_id": "x"}),
        f"POST {TENANT}/token": granted(),
    }
    ran = run(authorize(MCP, None, AuthOptions(), known()), answers)
    assert ran.credentials is not None
    assert ran.asked[1:4] == [
        f"{OAUTH}/tenant1",
        f"GET {AS}/.well-known/openid-configuration/tenant1",
        f"GET {TENANT}/.well-known/openid-configuration",
    ]
    assert [fetch.purpose for fetch in ran.fetches][1:4] == [
        "authorization server metadata (OAuth)",
        "authorization server metadata (OIDC)",
        "authorization server metadata (OIDC, appended)",
    ]
    notes = [verdict for verdict in ran.verdicts if verdict.step == "server-metadata"]
    assert [verdict.judgement for verdict in notes] == ["note", "note", "ok"]
    assert "answered 404" in notes[0].says
    assert notes[2].facts["token_endpoint"] == f"{TENANT}/token"


@pytest.mark.parametrize(
    "issuer", ["https://attacker.example", f"{AS}//x", "https://AS.example", f"{AS}:443", None, 7, ""]
)
def test_the_issuer_is_the_same_character_by_character(issuer: Any) -> None:
    ran = tried(metadata(issuer=issuer))
    assert ran.rules == ["issuer-mismatch"]
    assert ran.failure is not None
    assert ran.asked == [f"GET {ROOT}/mcp", OAUTH]


def test_a_slash_more_is_a_warning_where_there_is_no_path() -> None:
    """Servers written with mcp 1.x write it into their resource metadata."""
    ran = tried({**metadata(), "issuer": f"{AS}/"})
    assert ran.rules == ["issuer-slash"]
    assert ran.failure is None


def test_a_slash_more_after_a_path_is_another_issuer() -> None:
    answers = {
        f"GET {ROOT}/mcp": {"resource": MCP, "authorization_servers": [TENANT]},
        f"GET {TENANT}/.well-known/openid-configuration": metadata(f"{TENANT}/"),
    }
    ran = run(authorize(MCP, None, AuthOptions(), known()), answers)
    assert ran.rules == ["issuer-mismatch"]
    assert ran.failure is not None


@pytest.mark.parametrize(
    ("methods", "says"), [(None, "does not say"), ([], "does not say"), (["plain"], "only by plain")]
)
def test_without_pkce_it_is_refused(methods: Any, says: str) -> None:
    answer = metadata(code_challenge_methods_supported=methods)
    ran = tried(answer)
    assert ran.rules == ["auth-pkce"]
    assert ran.failure is not None
    assert says in ran.failure.message
    past = tried(answer, "auth-pkce")
    assert past.credentials is not None
    assert past.query()["code_challenge_method"] == "S256"


@pytest.mark.parametrize(
    ("name", "url", "rule"),
    [
        ("token_endpoint", None, "auth-endpoint"),
        ("authorization_endpoint", "", "auth-endpoint"),
        ("authorization_endpoint", "javascript:alert(1)", "address-refused"),
        ("authorization_endpoint", "--x", "address-refused"),
        ("token_endpoint", "file:///etc/passwd", "address-refused"),
        ("token_endpoint", f"{AS}/token#x", "address-refused"),
        ("token_endpoint", ["https://as.example/token"], "auth-endpoint"),
        ("token_endpoint", "https://user@as.example/token", "address-refused"),
    ],
)
def test_nothing_lies_past_an_endpoint_that_is_refused(name: str, url: Any, rule: str) -> None:
    ran = tried(metadata(**{name: url}), "all")
    assert ran.rules == [rule]
    assert ran.failure is not None
    assert ran.verdicts[-1].dead_end


def test_plain_http_can_be_passed_on_purpose_but_never_in_the_browser() -> None:
    assert tried(metadata(token_endpoint="http://as.example/token")).rules == ["auth-insecure"]
    answers = world(**{OAUTH: metadata(token_endpoint="http://as.example/token")})
    answers["POST http://as.example/token"] = granted()
    ran = run(authorize(MCP, None, AuthOptions(past=frozenset({"auth-insecure"})), known()), answers)
    assert ran.credentials is not None
    ran = tried(metadata(authorization_endpoint="http://as.example/authorize"), "all")
    assert ran.failure is not None
    assert ran.rules == ["auth-insecure", "address-refused"]
    assert ran.visits == []


def test_a_registration_endpoint_that_is_refused_is_left_out() -> None:
    ran = tried(metadata(registration_endpoint="data:,x"), enter=lambda wanted: {"client_id": "by-hand"})
    assert ran.rules == ["address-refused"]
    assert ran.form()["client_id"] == "by-hand"


def test_odd_lists_are_warned_of() -> None:
    ran = tried(
        metadata(
            scopes_supported="x", response_types_supported=["token"], grant_types_supported=["implicit", 7]
        )
    )
    assert ran.credentials is not None
    assert ran.rules == ["auth-document", "auth-response-type", "auth-grant-type"]


def test_no_metadata_anywhere() -> None:
    ran = tried(404)
    assert ran.rules == ["auth-server-metadata"]
    assert ran.failure is not None
    assert "at any of 2 addresses" in ran.failure.message
    assert ran.verdicts[-1].facts["tried"] == [OAUTH[4:], f"{AS}/.well-known/openid-configuration"]
    past = tried(404, "auth-server-metadata")
    assert past.credentials is not None
    assert past.rules == ["auth-server-metadata", "auth-default-endpoints"]


def test_an_authorization_server_that_is_down() -> None:
    down = Got(3, None, error="the name cannot be resolved")
    answers = world(**{OAUTH: down, f"GET {AS}/.well-known/openid-configuration": down})
    ran = run(authorize(MCP, None, AuthOptions(), known()), answers, decide=lambda _: Decision.PROCEED)
    assert ran.rules == ["unreachable"]
    assert ran.failure is not None
    assert "as.example cannot be reached" in ran.failure.message


def test_an_insecure_issuer() -> None:
    answers = world(**{f"GET {ROOT}/mcp": {"resource": MCP, "authorization_servers": ["http://as.example"]}})
    assert run(authorize(MCP, None, AuthOptions(), known()), answers).rules == ["auth-insecure"]
