"""Authorization in the browser against real servers: an authorization server of authlib's, MCP servers of
the `mcp` SDK's and of `fastmcp`'s, from the challenge to the first answer.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from inspector.errors import AuthNeeded
from inspector.session.auth.model import AuthOptions
from inspector.transport.target import HttpTarget
from inspector.wire.versions import V4
from tests.servers.authorization_server import AuthorizationServer, authorization_server
from tests.servers.certificate import write_certificate
from tests.servers.protected import PRM, Protected, fastmcp_own, fastmcp_server, gated, mcp_own, mcp_server
from tests.servers.visitor import Visitor
from tests.session.auth.connecting import Machine, echo, tools

FULL = [
    "flow",
    "challenge",
    "resource-metadata",
    "server-metadata",
    "registration",
    "authorize",
    "callback",
    "token",
]
METADATA_URL = "https://client.example/metadata.json"
CALLBACK = "http://127.0.0.1:1/callback"
"""The port of a loopback redirect may be any."""

Serve = Callable[[AuthorizationServer], AbstractContextManager[Protected]]


@pytest.fixture(params=[mcp_server, fastmcp_server], ids=["mcp", "fastmcp"])
def protected(request: pytest.FixtureRequest, issuer: AuthorizationServer) -> Iterator[Protected]:
    """The same server with either package's own authorization."""
    with request.param(issuer) as server:
        yield server


@pytest.mark.parametrize("protocol", ["auto", V4])
async def test_from_the_challenge_to_the_tools(
    machine: Machine, issuer: AuthorizationServer, protected: Protected, protocol: str
) -> None:
    async with machine.connected(protected.url, protocol=protocol) as session:
        assert await tools(session) == {"echo", "admin"}
        assert await echo(session) == "hi"
    assert [step for step in machine.story() if step in FULL] == FULL
    assert machine.visitor.violations == []
    assert len(machine.visitor.visits) == 1
    # After the challenge each request carried the token, GET and DELETE included.
    assert protected.bearers[0] == ""
    assert set(protected.bearers[1:]) == {f"Bearer {token}" for token in issuer.granted}
    (granted,) = issuer.granted.values()
    assert granted.resource == protected.url
    (registered,) = issuer.registrations
    assert registered["application_type"] == "native"


async def test_the_second_time_nobody_is_asked(
    machine: Machine, issuer: AuthorizationServer, protected: Protected
) -> None:
    for _ in range(2):
        async with machine.connected(protected.url) as session:
            assert await echo(session) == "hi"
    assert len(machine.visitor.visits) == 1
    assert machine.story() == []
    assert len(issuer.token_requests) == 1


@pytest.mark.parametrize("serve", [fastmcp_own, mcp_own])
async def test_a_server_that_is_its_own_authorization_server(machine: Machine, serve: Any) -> None:
    with serve() as server:
        for _ in range(2):
            async with machine.connected(server.url) as session:
                assert await echo(session) == "hi"
    assert machine.visitor.violations == []
    assert len(machine.visitor.visits) == 1


async def test_a_server_as_they_were_before_there_was_resource_metadata(machine: Machine) -> None:
    """Of 2025-03-26: the metadata of the authorization server lie at the server's own origin."""
    with mcp_own(metadata=False) as server:
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
    assert machine.visitor.violations == []
    assert "/.well-known/oauth-authorization-server" in [seen.path for seen in server.place.requests]


@pytest.mark.parametrize(
    ("path", "flavour"),
    [
        ("", "oauth"),
        ("", "oidc"),
        *[(path, kind) for path in ("/tenant", "/a/b") for kind in ("oauth", "oidc", "oidc-appended")],
    ],
)
async def test_each_place_of_the_metadata(machine: Machine, flavour: str, path: str) -> None:
    with authorization_server(path, metadata=(flavour,)) as issuer, mcp_server(issuer) as server:
        machine.servers.append(issuer)
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
        asked = [seen.path for seen in issuer.requests if "well-known" in seen.path]
    places = [
        f"/.well-known/oauth-authorization-server{path}",
        f"/.well-known/openid-configuration{path}",
        f"{path}/.well-known/openid-configuration",
    ]
    assert asked == places[: {"oauth": 1, "oidc": 2, "oidc-appended": 3}[flavour]]


@pytest.mark.parametrize(
    ("place", "challenge"),
    [
        (f"{PRM}/mcp", "Bearer"),
        (PRM, 'Bearer realm="x"'),
        ("/custom/place", 'Bearer resource_metadata="{prm}"'),
        ("/custom/place", 'Basic realm="a, b", Bearer scope="read", resource_metadata="{prm}"'),
    ],
)
async def test_each_place_of_the_resource_metadata(
    machine: Machine, issuer: AuthorizationServer, place: str, challenge: str
) -> None:
    with gated(issuer, metadata_at=place, challenge=challenge) as (server, _):
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
    assert machine.visitor.violations == []


async def test_an_authorization_server_over_tls(machine: Machine, tmp_path: Path) -> None:
    """It is trusted by the same authority as the server, and by no other."""
    certificate = write_certificate(tmp_path / "server.pem")
    with authorization_server(certificate=certificate) as issuer, gated(issuer) as (server, _):
        machine.servers.append(issuer)
        machine.visitor = Visitor(cafile=str(certificate))
        with pytest.raises(AuthNeeded) as failure:
            async with machine.connected(server.url):
                pytest.fail("nobody trusts that certificate")
        assert "reached" in failure.value.message or "certificate" in failure.value.message
        async with machine.connected(HttpTarget(server.url, cacert=str(certificate))) as session:
            assert await echo(session) == "hi"


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
async def test_an_authorization_server_at_an_ipv6_address(machine: Machine) -> None:
    with authorization_server("/t", host="::1") as issuer, mcp_server(issuer) as server:
        machine.servers.append(issuer)
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"


@pytest.mark.parametrize("method", ["none", "client_secret_basic", "client_secret_post"])
async def test_each_way_to_authenticate_as_a_client(
    machine: Machine, issuer: AuthorizationServer, method: str
) -> None:
    issuer.behaviour.auth_methods = (method,)
    with gated(issuer) as (server, _):
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
    assert issuer.registrations[0]["token_endpoint_auth_method"] == method
    assert ("client_secret" in issuer.token_requests[0]) == (method == "client_secret_post")


@pytest.mark.parametrize("secret", [True, False])
async def test_a_client_that_was_registered_beforehand(
    machine: Machine, issuer: AuthorizationServer, secret: bool
) -> None:
    method = "client_secret_basic" if secret else "none"
    client = issuer.client(redirect_uris=(CALLBACK,), auth_method=method)
    given = client.client_secret if secret else None
    machine.with_options(client_id=client.client_id, client_secret=given)
    with gated(issuer) as (server, _):
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
    assert issuer.registrations == []
    assert {granted.client_id for granted in issuer.granted.values()} == {client.client_id}


@pytest.mark.parametrize("supported", [True, False])
async def test_a_client_id_metadata_document(
    machine: Machine, issuer: AuthorizationServer, supported: bool
) -> None:
    document = {
        "client_id": METADATA_URL,
        "client_name": "mcp-inspect",
        "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
    }
    issuer.behaviour.documents = {METADATA_URL: document} if supported else None
    machine.with_options(client_metadata_url=METADATA_URL)
    with gated(issuer) as (server, _):
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
    assert (METADATA_URL in issuer.clients) is supported
    assert (issuer.registrations == []) is supported


async def test_without_registration_the_person_is_asked(
    machine: Machine, issuer: AuthorizationServer
) -> None:
    issuer.behaviour.registration = False
    client = issuer.client(redirect_uris=(CALLBACK,))
    machine.visitor = Visitor(entries={"client_id": client.client_id, "client_secret": ""})
    with gated(issuer) as (server, _):
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
        # What was entered once is kept.
        machine.visitor = Visitor()
        issuer.revoke()
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"


async def test_the_answer_can_be_pasted(machine: Machine, issuer: AuthorizationServer) -> None:
    machine.visitor = Visitor(paste=True)
    with gated(issuer) as (server, _):
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"


@pytest.mark.parametrize(
    ("challenged", "supported", "server", "given", "wanted"),
    [
        ("read", ["write"], ("read", "write"), None, "read"),
        ("", ["read", "write"], ("read", "write"), None, "read write"),
        ("", None, ("read", "write"), None, ""),
        ("read", None, ("read", "offline_access"), None, "read offline_access"),
        ("read", ["write"], ("read", "write"), "write", "write"),
    ],
)
async def test_which_scope_is_asked_for(
    machine: Machine,
    issuer: AuthorizationServer,
    challenged: str,
    supported: list[str] | None,
    server: tuple[str, ...],
    given: str | None,
    wanted: str,
) -> None:
    issuer.behaviour.scopes = server
    challenge = f'Bearer scope="{challenged}"' if challenged else "Bearer"
    machine.with_options(scope=given)
    with gated(issuer, challenge=challenge, supported=supported) as (protected, _):
        async with machine.connected(protected.url) as session:
            assert await echo(session) == "hi"
    (asked,) = issuer.authorizations
    assert set(asked.get("scope", "").split()) == set(wanted.split())
    assert asked["resource"] == protected.url
    assert asked["code_challenge_method"] == "S256"


async def test_a_token_that_was_given_is_used_as_it_is(machine: Machine, issuer: AuthorizationServer) -> None:
    with gated(issuer) as (server, _):
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
        (token,) = issuer.granted
        other = Machine(machine.folder / "other", [issuer], AuthOptions(token=token))
        other.folder.mkdir()
        async with other.connected(server.url) as session:
            assert await echo(session) == "hi"
        issuer.revoke()
        with pytest.raises(AuthNeeded):
            async with other.connected(server.url):
                pytest.fail("the token was revoked")
    assert other.visitor.visits == []


async def test_what_a_headers_option_says_wins(machine: Machine, issuer: AuthorizationServer) -> None:
    with gated(issuer) as (server, _):
        target = HttpTarget(server.url, headers=(("Authorization", "Bearer mine"),))
        with pytest.raises(AuthNeeded):
            async with machine.connected(target):
                pytest.fail("nobody granted that token")
        assert set(server.bearers) == {"Bearer mine"}
    assert machine.visitor.visits == []
