"""Whole flows, and the situation of every authorization scenario of the official conformance suite.

The suite itself drives this client over HTTP (`make interop`); here each of its situations is a table of
answers, so that a change that breaks one is seen at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from inspector.errors import AuthNeeded
from inspector.session.auth.flow import authorize
from inspector.session.auth.model import AuthOptions, Client, Credentials, Tokens
from inspector.session.auth.steps import Fetch, Visit
from tests.session.auth.pump import (
    AS,
    CALLBACK,
    MCP,
    Ran,
    Shelf,
    challenge,
    consents,
    granted,
    known,
    metadata,
    run,
    world,
)

ORIGIN = "https://mcp.example"
ROOT = f"{ORIGIN}/.well-known/oauth-protected-resource"
NAMED = f'Bearer resource_metadata="{ROOT}/mcp"'
OAUTH = f"GET {AS}/.well-known/oauth-authorization-server"
TENANT = f"{AS}/tenant1"
CIMD = "https://conformance-test.local/client-metadata.json"
REGISTERED = (201, {"client_id": "registered", "client_secret": "secret"})


def test_a_server_that_does_everything_right() -> None:
    shelf = Shelf()
    flow = authorize(MCP, challenge(f'{NAMED}, scope="read write"'), AuthOptions(), known(shelf))
    ran = run(flow, world())
    assert ran.failure is None
    assert ran.asked == [f"GET {ROOT}/mcp", OAUTH, f"POST {AS}/register", f"POST {AS}/token"]
    assert ran.rules == []
    steps = list(dict.fromkeys(verdict.step for verdict in ran.verdicts))
    assert steps == [
        "challenge",
        "resource-metadata",
        "authorization-server",
        "server-metadata",
        "registration",
        "authorize",
        "callback",
        "token",
    ]
    for step in steps:
        assert [verdict.last for verdict in ran.verdicts if verdict.step == step][-1], step
    assert all(
        verdict.clause
        for verdict in ran.verdicts
        if verdict.judgement == "ok" and verdict.step != "authorize"
    )
    assert ran.query()["redirect_uri"] == ran.form()["redirect_uri"] == CALLBACK
    assert ran.credentials is not None
    assert (ran.credentials.issuer, ran.credentials.resource) == (AS, MCP)
    assert shelf.clients[AS].client_id == "registered"


def prm(**more: Any) -> dict[str, Any]:
    return {"resource": MCP, "authorization_servers": [AS]} | more


def server(**more: Any) -> dict[str, Any]:
    """An authorization server, answering as the suite's does."""
    return {OAUTH: metadata(authorization_response_iss_parameter_supported=True, **more)}


@dataclass(frozen=True)
class Situation:
    """One scenario: what is answered, and what the client must do.

    Attributes:
        accepted: The flow ends with a token; else with `rule`, and no token is asked for.
        check: Anything else that the scenario looks at.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    header: str = NAMED
    options: dict[str, Any] = field(default_factory=dict)
    visit: Callable[[Visit], str] = field(default_factory=lambda: consents(iss=AS))
    rule: str = ""
    check: Callable[[Ran], bool] = lambda ran: True


SCENARIOS: dict[str, Situation] = {
    "metadata-default": Situation(check=lambda ran: f"GET {ROOT}" not in ran.asked),
    "metadata-var1": Situation(
        {OAUTH: 404, f"GET {AS}/.well-known/openid-configuration": metadata()}, header="Bearer"
    ),
    "metadata-var2": Situation(
        {
            f"GET {ROOT}/mcp": 404,
            f"GET {ROOT}": prm(resource=ORIGIN, authorization_servers=[TENANT]),
            f"{OAUTH}/tenant1": metadata(TENANT),
            f"POST {TENANT}/register": REGISTERED,
            f"POST {TENANT}/token": granted(),
        },
        header="Bearer",
        visit=consents(iss=TENANT),
        check=lambda ran: OAUTH not in ran.asked and ran.query()["resource"] == ORIGIN,
    ),
    "metadata-var3": Situation(
        {
            f"GET {ORIGIN}/custom/metadata/location.json": prm(authorization_servers=[TENANT]),
            f"GET {TENANT}/.well-known/openid-configuration": metadata(TENANT),
            f"POST {TENANT}/register": REGISTERED,
            f"POST {TENANT}/token": granted(),
        },
        header=f'Bearer resource_metadata="{ORIGIN}/custom/metadata/location.json"',
        visit=consents(iss=TENANT),
        check=lambda ran: OAUTH not in ran.asked,
    ),
    "basic-cimd": Situation(
        server(client_id_metadata_document_supported=True),
        options={"client_metadata_url": CIMD},
        check=lambda ran: ran.query()["client_id"] == CIMD and f"POST {AS}/register" not in ran.asked,
    ),
    "scope-from-www-authenticate": Situation(
        {f"GET {ROOT}/mcp": prm(scopes_supported=["other"])},
        header=f'{NAMED}, scope="mcp:basic"',
        check=lambda ran: ran.query()["scope"] == "mcp:basic",
    ),
    "scope-from-scopes-supported": Situation(
        {f"GET {ROOT}/mcp": prm(scopes_supported=["mcp:basic", "mcp:read", "mcp:write"])},
        check=lambda ran: ran.query()["scope"] == "mcp:basic mcp:read mcp:write",
    ),
    "scope-omitted-when-undefined": Situation(check=lambda ran: "scope" not in ran.query()),
    "token-endpoint-auth-basic": Situation(
        server(token_endpoint_auth_methods_supported=["client_secret_basic"]),
        check=lambda ran: "authorization" in ran.headers() and "client_secret" not in ran.form(),
    ),
    "token-endpoint-auth-post": Situation(
        server(token_endpoint_auth_methods_supported=["client_secret_post"]),
        check=lambda ran: "authorization" not in ran.headers() and "client_secret" in ran.form(),
    ),
    "token-endpoint-auth-none": Situation(
        server(token_endpoint_auth_methods_supported=["none"]),
        check=lambda ran: "authorization" not in ran.headers() and "client_secret" not in ran.form(),
    ),
    "pre-registration": Situation(
        server(registration_endpoint=None, token_endpoint_auth_methods_supported=["client_secret_basic"]),
        options={"client_id": "pre-registered-client", "client_secret": "pre-registered-secret"},
        check=lambda ran: "authorization" in ran.headers(),
    ),
    "2025-03-26-oauth-metadata-backcompat": Situation(
        {
            f"GET {ROOT}/mcp": 404,
            f"GET {ORIGIN}/.well-known/oauth-authorization-server": metadata(
                ORIGIN,
                authorization_endpoint=f"{ORIGIN}/oauth/authorize",
                token_endpoint=f"{ORIGIN}/oauth/token",
                registration_endpoint=f"{ORIGIN}/oauth/register",
            ),
            f"POST {ORIGIN}/oauth/register": REGISTERED,
            f"POST {ORIGIN}/oauth/token": granted(),
        },
        header='Bearer error="invalid_token"',
        visit=consents(iss=ORIGIN),
    ),
    "2025-03-26-oauth-endpoint-fallback": Situation(
        {
            f"GET {ROOT}/mcp": 404,
            f"POST {ORIGIN}/register": REGISTERED,
            f"POST {ORIGIN}/token": granted(refresh_token=None),
        },
        header='Bearer error="invalid_token"',
        visit=consents(),
        check=lambda ran: ran.visits[0].url.startswith(f"{ORIGIN}/authorize?"),
    ),
    "resource-mismatch": Situation(
        {f"GET {ROOT}/mcp": prm(resource="https://evil.example.com/mcp")}, rule="resource-mismatch"
    ),
    "offline-access-scope": Situation(
        server(scopes_supported=["mcp:basic", "offline_access"])
        | {f"GET {ROOT}/mcp": prm(scopes_supported=["mcp:basic"])},
        check=lambda ran: (
            ran.query()["scope"] == "mcp:basic offline_access"
            and ran.query()["prompt"] == "consent"
            and b'"refresh_token"' in ran.fetches[2].body
        ),
    ),
    "offline-access-not-supported": Situation(
        server(scopes_supported=["mcp:basic"]) | {f"GET {ROOT}/mcp": prm(scopes_supported=["mcp:basic"])},
        check=lambda ran: ran.query()["scope"] == "mcp:basic",
    ),
    "iss-supported": Situation(server()),
    "iss-not-advertised": Situation({OAUTH: metadata()}, visit=consents()),
    "iss-supported-missing": Situation(server(), visit=consents(), rule="iss-missing"),
    "iss-wrong-issuer": Situation(
        server(), visit=consents(iss="https://evil.example.com"), rule="iss-mismatch"
    ),
    "iss-unexpected": Situation(
        {OAUTH: metadata()}, visit=consents(iss="https://evil.example.com"), rule="iss-mismatch"
    ),
    "iss-normalized": Situation(server(), visit=consents(iss=f"{AS}/"), rule="iss-mismatch"),
    "metadata-issuer-mismatch": Situation(
        server(issuer="https://attacker.example.com"),
        rule="issuer-mismatch",
        check=lambda ran: f"POST {AS}/register" not in ran.asked and not ran.visits,
    ),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str) -> None:
    situation = SCENARIOS[name]
    flow = authorize(MCP, challenge(situation.header), AuthOptions(**situation.options), known())
    answers = world(**{f"POST {AS}/register": REGISTERED}) | situation.answers
    ran = run(flow, answers, visit=situation.visit)
    assert situation.check(ran)
    if situation.rule:
        assert ran.rules[-1] == situation.rule
        assert ran.failure is not None
        assert not any(asked.endswith("/token") for asked in ran.asked)
    else:
        assert ran.failure is None
        assert ran.credentials is not None


def test_scenario_scope_step_up() -> None:
    """The union of what was asked for before and what the challenge wants."""
    forbidden = f'Bearer error="insufficient_scope", scope="mcp:write", resource_metadata="{ROOT}/mcp"'
    shelf = Shelf(Client(issuer=AS, client_id="earlier", source="registered", redirect_uri=CALLBACK))
    flow = authorize(MCP, challenge(forbidden, status=403), AuthOptions(), known(shelf), previous="mcp:basic")
    ran = run(flow, world())
    assert ran.query()["scope"] == "mcp:basic mcp:write"
    assert ran.form()["client_id"] == "earlier"
    assert ran.rules == []


def test_scenario_authorization_server_migration() -> None:
    """A new issuer gets a registration of its own, and never sees the one of the old."""
    old = "https://as1.example"
    client = Client(issuer=old, client_id="as1-client", source="registered", redirect_uri=CALLBACK)
    shelf = Shelf(
        client,
        held=Credentials(resource=MCP, issuer=old, client=client, tokens=Tokens(access_token="stale")),
    )
    ran = run(authorize(MCP, challenge(NAMED), AuthOptions(), known(shelf)), world())
    assert ran.credentials is not None
    assert ran.credentials.issuer == AS
    assert f"POST {AS}/register" in ran.asked
    assert "as1-client" not in str([(fetch.headers, fetch.body) for fetch in ran.fetches])
    assert ran.query()["client_id"] == "registered"
    assert any(f"than before ({old})" in verdict.says for verdict in ran.verdicts)


def test_a_code_never_goes_to_another_server_than_the_one_that_was_asked() -> None:
    """Mix-up: everything after the metadata uses the one recorded issuer's endpoints (RFC 9207 section 1)."""
    ran = run(authorize(MCP, None, AuthOptions(), known()), world(), visit=consents(iss=AS))
    posted = [fetch for fetch in ran.fetches if fetch.method == "POST"]
    assert all(fetch.url.startswith(f"{AS}/") for fetch in posted)


@pytest.mark.parametrize("url", ["ftp://mcp.example", "https://user:pw@mcp.example/", "-x"])
def test_a_server_that_cannot_be_authorized_for(url: str) -> None:
    with pytest.raises(AuthNeeded):
        next(authorize(url, None, AuthOptions(), known()))


def test_nothing_secret_is_in_what_is_told() -> None:
    options = AuthOptions(client_id="me", client_secret="the-secret")
    answers = world(**server(token_endpoint_auth_methods_supported=["client_secret_post"]))
    ran = run(authorize(MCP, challenge(NAMED), options, known()), answers, visit=consents(iss=AS))
    assert ran.credentials is not None
    told = repr(ran.actions) + repr(ran.credentials)
    for secret in ("the-secret", "the-code", "random-0", "random-1", "'access'", "'refresh'"):
        assert secret not in told
    assert any(isinstance(action, Fetch) for action in ran.actions)


HOSTILE: list[Any] = [
    b"",
    b"null",
    b"[]",
    b'"x"',
    b"{}",
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"issuer": {"a": 1}, "resource": [], "authorization_servers": {}, "client_id": 1e999}',
    b'{"resource": "\\ud800", "issuer": "\\u0000", "client_id": "\\ud800", "access_token": "\\ud800"}',
    b" " * 600_000 + b"{}",
]


@pytest.mark.parametrize("place", list(world()))
@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("status", [200, 201, 400])
def test_whatever_is_answered_ends_in_words(place: str, body: bytes, status: int) -> None:
    options = AuthOptions(past=frozenset({"all"}))
    ran = run(authorize(MCP, None, options, known()), world(**{place: (status, body)}))
    assert ran.credentials is not None or ran.failure is not None
    if ran.failure is not None:
        assert ran.failure.message
        assert ran.failure.next


def test_past_it_the_metadata_of_another_issuer_are_still_not_that_issuers() -> None:
    """Whoever claims to be another gets neither the client that is registered there, nor its secret."""
    honest = "https://honest.example"
    client = Client(
        issuer=honest, client_id="theirs", client_secret="their-secret", source="entered",
        auth_method="client_secret_post",
    )  # fmt: skip
    options = AuthOptions(past=frozenset({"issuer-mismatch"}))
    answers = world(**{OAUTH: {**metadata(), "issuer": honest}, f"POST {AS}/register": REGISTERED})
    ran = run(authorize(MCP, challenge(NAMED), options, known(Shelf(client))), answers)
    assert ran.credentials is not None
    assert ran.credentials.issuer == AS
    assert "their" not in str([(fetch.headers, fetch.body) for fetch in ran.fetches])


def test_the_line_to_run_shows_no_secret_and_can_be_pasted() -> None:
    ran = run(
        authorize(f"{MCP}?api_key=s3cret&a=$(id)", None, AuthOptions(), known()), {}, enter=lambda _: {}
    )
    assert ran.failure is not None
    assert "s3cret" not in ran.failure.next
    assert "'" in ran.failure.next
