"""The end of credentials: a real server is told that a token is not needed any more."""

from __future__ import annotations

import pytest

from inspector.journal.journal import Journal
from inspector.session.auth.case import Known
from inspector.session.auth.revocation import revoke
from inspector.transport.fetch import fetching
from inspector.transport.tap import Tap
from inspector.transport.target import HttpTarget
from tests.servers.authorization_server import AuthorizationServer
from tests.servers.protected import gated
from tests.session.auth.connecting import Machine


async def revoked(machine: Machine, url: str) -> str:
    """Why the credentials for a server are not revoked; empty where they are."""
    target = HttpTarget(url)
    credentials = machine.store.credentials(url)
    assert credentials is not None
    path = machine.folder / "revoking.jsonl"
    journal = Journal.create(path, target=target.describe())
    try:
        async with fetching(target, Tap(journal)) as fetcher:
            return await revoke(credentials, fetcher, Known(store=machine.store))
    finally:
        journal.close()
        machine.assert_silent(path.read_bytes(), "the recording")


@pytest.mark.parametrize("method", ["none", "client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize("refresh", [True, False])
async def test_both_tokens_end(
    machine: Machine, issuer: AuthorizationServer, method: str, refresh: bool
) -> None:
    issuer.behaviour.auth_methods = (method,)
    issuer.behaviour.refresh = refresh
    with gated(issuer) as (server, _):
        await machine.login(server.url)
        assert [bool(issuer.active(token)) for token in issuer.granted] == [True]
        assert await revoked(machine, server.url) == ""
        assert [bool(issuer.active(token)) for token in issuer.granted] == [False]
        assert [granted.refresh_revoked for granted in issuer.granted.values()] == [True]


async def test_a_server_that_knows_the_client_no_more(machine: Machine, issuer: AuthorizationServer) -> None:
    with gated(issuer) as (server, _):
        await machine.login(server.url)
        issuer.clients.clear()
        assert "invalid_client" in await revoked(machine, server.url)
