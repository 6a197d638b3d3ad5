"""What becomes of tokens at real servers: they expire, are revoked, are good for too little, or for another
authorization server than today's.
"""

from __future__ import annotations

import time

import anyio
import pytest

from inspector.errors import ConnectionFailed
from inspector.session.outcome import HttpFailed, Outcome
from inspector.transport.target import HttpTarget
from inspector.wire.versions import V4
from tests.servers.authorization_server import AuthorizationServer, authorization_server
from tests.servers.protected import fastmcp_server, gated, mcp_server
from tests.servers.visitor import Visitor
from tests.session.auth.connecting import Machine, echo, result


@pytest.mark.parametrize("rotate", [True, False])
async def test_an_expired_token_is_refreshed(
    machine: Machine, issuer: AuthorizationServer, rotate: bool
) -> None:
    issuer.behaviour.rotate = rotate
    with mcp_server(issuer) as server:
        async with machine.connected(server.url) as session:
            for _ in range(3):
                issuer.expire()
                assert await echo(session) == "hi"
    assert len(machine.visitor.visits) == 1
    grants = [form["grant_type"] for form in issuer.token_requests]
    assert grants == ["authorization_code", *["refresh_token"] * 3]
    assert {form["resource"] for form in issuer.token_requests} == {server.url}
    sent = {form["refresh_token"] for form in issuer.token_requests[1:]}
    assert len(sent) == (3 if rotate else 1)


async def test_a_token_is_refreshed_before_it_expires(machine: Machine, issuer: AuthorizationServer) -> None:
    with mcp_server(issuer) as server:
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
        machine.clock = lambda: time.time() + issuer.behaviour.expires_in - 1
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
        assert "" not in server.bearers[1:]
    grants = [form["grant_type"] for form in issuer.token_requests]
    assert grants[:2] == [
        "authorization_code",
        "refresh_token",
    ]
    assert len(machine.visitor.visits) == 1


async def test_a_revoked_token_costs_the_whole_flow(machine: Machine, issuer: AuthorizationServer) -> None:
    with mcp_server(issuer) as server:
        async with machine.connected(server.url) as session:
            issuer.revoke()
            assert await echo(session) == "hi"
        assert len(machine.visitor.visits) == 2
        issuer.revoke()
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
    assert len(machine.visitor.visits) == 3
    assert len(issuer.registrations) == 1


async def test_a_server_without_refresh_tokens(machine: Machine, issuer: AuthorizationServer) -> None:
    issuer.behaviour.refresh = False
    with mcp_server(issuer) as server:
        async with machine.connected(server.url) as session:
            issuer.expire()
            assert await echo(session) == "hi"
    assert len(machine.visitor.visits) == 2


async def test_a_forgotten_client_registers_again(machine: Machine, issuer: AuthorizationServer) -> None:
    """As after a restart of an authorization server that keeps nothing."""
    with mcp_server(issuer) as server:
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
        issuer.revoke()
        issuer.clients.clear()
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
    assert len(issuer.registrations) == 2


async def test_parallel_calls_authorize_once(machine: Machine, issuer: AuthorizationServer) -> None:
    said: list[str] = []
    with mcp_server(issuer) as server:
        async with machine.connected(server.url) as session:
            await echo(session)
            issuer.revoke()

            async def one(text: str) -> None:
                said.append(await echo(session, text))

            async with anyio.create_task_group() as tasks:
                for number in range(8):
                    tasks.start_soon(one, str(number))
    assert sorted(said) == [str(number) for number in range(8)]
    assert len(machine.visitor.visits) == 2


async def test_a_tool_that_wants_more_scope(machine: Machine, issuer: AuthorizationServer) -> None:
    with gated(issuer, challenge='Bearer scope="read", resource_metadata="{prm}"', scope="read") as (
        server,
        rules,
    ):
        rules.tools = {"admin": "admin"}
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
            done = result(await session.call("tools/call", {"name": "admin", "arguments": {}}))
            assert done["content"][0]["text"] == "done"
            assert await echo(session) == "hi"
    first, second = (set(asked["scope"].split()) - {"offline_access"} for asked in issuer.authorizations)
    assert (first, second) == ({"read"}, {"read", "admin"})


async def test_the_sdks_own_403_names_no_scope(machine: Machine, issuer: AuthorizationServer) -> None:
    """`mcp` answers `insufficient_scope` without `scope`: what it needs stands in its metadata."""
    with mcp_server(issuer, scopes=("read", "write")) as server:
        machine.with_options(scope="read")
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
    asked = [set(asked["scope"].split()) for asked in issuer.authorizations]
    assert [scopes - {"offline_access"} for scopes in asked] == [{"read"}, {"read", "write"}]


async def test_more_scope_is_not_asked_for_without_end(machine: Machine, issuer: AuthorizationServer) -> None:
    issuer.behaviour.grants_scope = "read"
    with gated(issuer, tools={"admin": "admin"}) as (server, _):
        async with machine.connected(server.url) as session:
            outcome: Outcome = await session.call("tools/call", {"name": "admin", "arguments": {}})
            assert isinstance(outcome, HttpFailed)
            assert outcome.status == 403
            assert machine.oauth is not None
            assert machine.oauth.failure is not None
            assert "admin" in machine.oauth.failure.message
            assert await echo(session) == "hi"
    assert len(machine.visitor.visits) == 3


async def test_a_forbidden_request_authorizes_nothing(machine: Machine, issuer: AuthorizationServer) -> None:
    """403 without `insufficient_scope` is about something else, such as an origin."""
    with gated(issuer) as (server, rules):
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
            rules.forbids = "Not from here"
            outcome = await session.call("tools/call", {"name": "echo", "arguments": {"text": "x"}})
            assert isinstance(outcome, HttpFailed)
            assert outcome.status == 403
    assert len(machine.visitor.visits) == 1


async def test_one_of_several_authorization_servers_is_chosen(
    machine: Machine, issuer: AuthorizationServer
) -> None:
    with authorization_server() as other, gated(issuer, other) as (server, _):
        machine.servers.append(other)
        machine.visitor = Visitor(pick=other.issuer)
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
        assert len(other.granted) == 1
        assert issuer.requests == []
        (choice,) = machine.visitor.choices
        assert list(choice.options) == [issuer.issuer, other.issuer]


async def test_fastmcp_with_several_authorization_servers(
    machine: Machine, issuer: AuthorizationServer
) -> None:
    with authorization_server() as other, fastmcp_server(issuer, other) as server:
        machine.servers.append(other)
        machine.visitor = Visitor(pick=issuer.issuer)
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
        assert other.requests == []


async def test_a_server_that_moves_to_another_authorization_server(
    machine: Machine, issuer: AuthorizationServer
) -> None:
    """Nothing that one issuer gave is ever shown to another."""
    with authorization_server() as other, gated(issuer) as (server, rules):
        machine.servers.append(other)
        async with machine.connected(server.url) as session:
            assert await echo(session) == "hi"
            rules.trusted = (other,)
            issuer.revoke()
            assert await echo(session) == "hi"
        assert len(other.registrations) == 1
        theirs = {text for _, text in issuer.issued} | set(issuer.clients)
        heard = str([other.token_requests, other.authorizations, other.registrations, other.requests])
        assert [text for text in theirs if len(text) > 8 and text in heard] == []


async def test_a_token_goes_to_no_other_origin(machine: Machine, issuer: AuthorizationServer) -> None:
    with gated(issuer) as (server, rules), gated(issuer) as (elsewhere, _):
        async with machine.connected(server.url, protocol=V4) as session:
            assert await echo(session) == "hi"
            rules.redirect = elsewhere.url
            outcome = await session.call("tools/call", {"name": "echo", "arguments": {"text": "x"}})
            assert isinstance(outcome, HttpFailed)
            assert outcome.redirect == elsewhere.url
        # Neither the call, nor the GET stream, nor the DELETE of the session.
        assert set(elsewhere.bearers) <= {""}
        assert all("cookie" not in seen.headers for seen in elsewhere.place.requests)


async def test_a_server_that_redirects_from_the_start(machine: Machine, issuer: AuthorizationServer) -> None:
    """Nothing is authorized for an origin that nobody named."""
    with gated(issuer) as (elsewhere, _), gated(issuer, redirect=elsewhere.url) as (server, _):
        with pytest.raises(ConnectionFailed) as failure:
            async with machine.connected(server.url):
                pytest.fail("it is somewhere else")
        assert elsewhere.url in f"{failure.value.message} {failure.value.next}"
    assert issuer.requests == []


async def test_a_token_of_one_server_is_not_shown_to_another(
    machine: Machine, issuer: AuthorizationServer
) -> None:
    with gated(issuer) as (first, _), gated(issuer) as (second, _):
        for server in (first, second):
            async with machine.connected(HttpTarget(server.url)) as session:
                assert await echo(session) == "hi"
        assert not set(first.bearers) & (set(second.bearers) - {""})


async def test_two_programs_at_once_with_one_refresh_token(
    machine: Machine, issuer: AuthorizationServer
) -> None:
    """Where each refresh ends the old refresh token, the second program takes what the first one got."""
    other = Machine(machine.folder, machine.servers)
    with mcp_server(issuer) as server:
        async with machine.connected(server.url) as one:
            assert await echo(one) == "hi"
            other.recordings = [*machine.recordings]
            async with other.connected(server.url) as two:
                assert await echo(two) == "hi"
                for _ in range(2):
                    issuer.expire()
                    assert await echo(one) == "hi"
                    assert await echo(two) == "hi"
    assert other.visitor.visits == []
    assert len(machine.visitor.visits) == 1
    assert [form["grant_type"] for form in issuer.token_requests].count("refresh_token") == 2
