"""Client credentials, and enterprise-managed authorization."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from inspector.session.auth.client_auth import ASSERTION
from inspector.session.auth.flow import authorize
from inspector.session.auth.model import AuthOptions
from tests.session.auth.pump import AS, MCP, NOW, Ran, granted, known, metadata, run, world

IDP = "https://idp.example"


def jwt(header: dict[str, Any] | None = None, **claims: Any) -> str:
    """A JWT whose signature nobody checks."""
    parts = (header or {"typ": "oauth-id-jag+jwt"}, claims)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, "c2ln"])


CLAIMS = {"aud": AS, "resource": MCP, "client_id": "mcp-client"}
ASSERTED = jwt(**CLAIMS)
JAG = {
    "access_token": ASSERTED,
    "issued_token_type": "urn:ietf:params:oauth:token-type:id-jag",
    "token_type": "N_A",
    "expires_in": 300,
}


def machine(server: dict[str, Any] | None = None, sign: Any = None, enter: Any = None, **options: Any) -> Ran:
    """Client credentials, without any callback."""
    said = {
        "grant_types_supported": ["client_credentials"],
        "authorization_endpoint": None,
        "code_challenge_methods_supported": None,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
    }
    answers = world(
        **{f"GET {AS}/.well-known/oauth-authorization-server": metadata(**(said | (server or {})))}
    )
    answers[f"POST {AS}/token"] = granted(refresh_token=None)
    chosen = AuthOptions(grant="client-credentials", **options)
    flow = authorize(MCP, None, chosen, known(redirect_uri="", sign=sign))
    return run(flow, answers, enter=enter or (lambda wanted: {}))


def test_client_credentials_with_a_secret() -> None:
    ran = machine(client_id="me", client_secret="secret", scope="a")
    assert ran.failure is None
    assert ran.form() == {
        "grant_type": "client_credentials",
        "resource": MCP,
        "scope": "a",
        "client_id": "me",
    }
    assert ran.headers()["authorization"].startswith("Basic ")
    assert ran.rules == []
    assert ran.visits == []
    assert f"POST {AS}/register" not in ran.asked
    assert not any("refresh token" in verdict.says for verdict in ran.verdicts)


def test_client_credentials_with_a_signed_assertion() -> None:
    claims: list[Any] = []
    ran = machine(client_id="me", private_key="PEM", sign=lambda made: claims.append(made) or "signed")
    assert ran.form() == {
        "grant_type": "client_credentials",
        "resource": MCP,
        "client_assertion_type": ASSERTION,
        "client_assertion": "signed",
    }
    assert claims[0]["aud"] == AS
    assert claims[0]["iss"] == claims[0]["sub"] == "me"
    assert claims[0]["exp"] == int(NOW) + 60
    assert ran.credentials is not None
    assert ran.credentials.client.auth_method == "private_key_jwt"


def test_an_algorithm_that_is_not_taken() -> None:
    server = {"token_endpoint_auth_signing_alg_values_supported": ["RS256"]}
    for algorithm, rules in (("ES256", ["auth-algorithm"]), ("RS256", []), ("", [])):
        ran = machine(server, client_id="me", signing_algorithm=algorithm, sign=lambda claims: "signed")
        assert ran.rules == rules


def test_client_credentials_never_register() -> None:
    assert machine().rules == ["client-needed"]
    ran = machine(enter=lambda wanted: {"client_id": "me", "client_secret": "s"})
    assert ran.credentials is not None


def test_client_credentials_need_a_secret() -> None:
    ran = machine(client_id="me", past=frozenset({"all"}))
    assert ran.failure is not None
    assert ran.rules[-1] == "client-authentication"
    assert "--client-secret" in ran.failure.next


def test_a_grant_that_is_not_listed() -> None:
    ran = machine({"grant_types_supported": ["authorization_code"]}, client_id="me", client_secret="s")
    assert ran.rules == ["auth-grant-type"]
    assert ran.credentials is not None


def enterprise(exchange: Any = JAG, *, answers: dict[str, Any] | None = None, **options: Any) -> Ran:
    server = metadata(
        grant_types_supported=["urn:ietf:params:oauth:grant-type:jwt-bearer"],
        token_endpoint_auth_methods_supported=["client_secret_basic"],
    )
    chosen: dict[str, Any] = {
        "client_id": "mcp-client",
        "client_secret": "mcp-secret",
        "idp_client_id": "idp-client",
        "idp_issuer": IDP,
        "id_token": "the-id-token",
        "scope": "a",
    }
    asked = world(
        **{
            f"GET {AS}/.well-known/oauth-authorization-server": server,
            f"GET {IDP}/.well-known/openid-configuration": {
                "issuer": IDP,
                "token_endpoint": f"{IDP}/token",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            },
            f"POST {IDP}/token": exchange,
        },
        **(answers or {}),
    )
    made = AuthOptions(grant="enterprise-managed", **(chosen | options))
    return run(authorize(MCP, None, made, known(redirect_uri="")), asked)


def test_enterprise_managed() -> None:
    ran = enterprise()
    assert ran.failure is None
    assert ran.asked[2:] == [
        f"GET {IDP}/.well-known/oauth-authorization-server",
        f"GET {IDP}/.well-known/openid-configuration",
        f"POST {IDP}/token",
        f"POST {AS}/token",
    ]
    assert ran.form(f"{IDP}/token") == {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "requested_token_type": "urn:ietf:params:oauth:token-type:id-jag",
        "audience": AS,
        "resource": MCP,
        "scope": "a",
        "subject_token": "the-id-token",
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "client_id": "idp-client",
    }
    assert ran.form() == {
        "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "assertion": ASSERTED,
        "resource": MCP,
        "client_id": "mcp-client",
    }
    assert ran.headers()["authorization"].startswith("Basic ")
    assert ran.visits == []
    assert ran.rules == []
    assert not any(secret in str(ran.verdicts) for secret in (ASSERTED, "the-id-token"))
    assert [fetch.purpose for fetch in ran.fetches[-2:]] == ["token (token exchange)", "token (jwt bearer)"]


@pytest.mark.parametrize(("endpoint", "method"), [(None, "basic"), (f"{IDP}/token", "post")])
def test_a_secret_at_the_identity_provider(endpoint: str | None, method: str) -> None:
    ran = enterprise(idp_client_secret="s", idp_token_endpoint=endpoint)
    assert ran.credentials is not None
    headers = ran.headers(f"{IDP}/token")
    assert ("authorization" in headers) == (method == "basic")
    assert ("client_secret" in ran.form(f"{IDP}/token")) == (method == "post")


@pytest.mark.parametrize(
    ("changed", "rule", "stops"),
    [
        ({"issued_token_type": None}, "issued-token-type", True),
        ({"issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}, "issued-token-type", True),
        ({"access_token": None}, "token-missing", True),
        ({"token_type": "Bearer"}, "token-type", False),
        ({"error": "invalid_grant"}, "token-refused", True),
    ],
)
def test_what_an_identity_provider_may_do_wrong(changed: dict[str, Any], rule: str, stops: bool) -> None:
    ran = enterprise({key: value for key, value in (JAG | changed).items() if value is not None})
    assert ran.rules == [rule]
    assert (ran.failure is not None) == stops


@pytest.mark.parametrize(
    ("assertion", "says"),
    [
        ("opaque", "is no JWT"),
        (jwt({"typ": "JWT"}, **CLAIMS), "not of the type"),
        (jwt(**(CLAIMS | {"aud": "https://other.example"})), "as its aud"),
        (jwt(**(CLAIMS | {"resource": None})), "as its resource"),
        (jwt(**(CLAIMS | {"client_id": ["x"]})), "as its client_id"),
    ],
)
def test_an_assertion_for_something_else_is_warned_of(assertion: str, says: str) -> None:
    ran = enterprise(JAG | {"access_token": assertion})
    assert ran.rules == ["assertion-claims"]
    assert says in next(verdict.says for verdict in ran.verdicts if verdict.rule)
    assert ran.credentials is not None


def test_an_id_token_that_will_be_refused_is_warned_of() -> None:
    assert enterprise(id_token=jwt({}, aud="idp-client", exp=NOW + 9)).rules == []
    assert enterprise(id_token=jwt({}, aud="another", exp=NOW)).rules == [
        "id-token-expired",
        "id-token-audience",
    ]


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        ({"id_token": None}, "id-token"),
        ({"idp_issuer": None}, "idp-issuer"),
        ({"idp_issuer": "file:///x"}, "idp-issuer"),
        ({"idp_token_endpoint": "javascript:x"}, "address-refused"),
        ({"idp_token_endpoint": "http://idp.example/token"}, "auth-insecure"),
    ],
)
def test_what_must_be_given(options: dict[str, Any], rule: str) -> None:
    ran = enterprise(**options)
    assert ran.rules == [rule]
    assert f"POST {AS}/token" not in ran.asked


def test_a_client_may_be_registered_for_it() -> None:
    ran = enterprise(
        client_id=None,
        client_secret=None,
        answers={f"POST {AS}/register": (201, {"client_id": "new", "client_secret": "s"})},
    )
    assert ran.credentials is not None
    assert ran.credentials.client.client_id == "new"
