"""Authorization through the proxy: from the challenge to the first answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from inspector.errors import ConnectionFailed, InspectError
from inspector.journal.journal import Journal
from tests.proxy.http_through import through
from tests.servers.authorization_server import authorization_server
from tests.servers.protected import PRM, fastmcp_own, mcp_own, mcp_server
from tests.session.auth.connecting import Machine, echo, tools


@pytest.mark.parametrize("serve", [fastmcp_own, mcp_own])
async def test_a_server_that_is_its_own_authorization_server(tmp_path: Path, serve: Any) -> None:
    machine = Machine(tmp_path, [])
    recording = tmp_path / "proxy.jsonl"
    with serve() as server:
        journal = Journal.create(recording, mode="proxy")
        async with through(server.url, journal) as seen:
            async with machine.connected(seen.url) as session:
                assert await tools(session) == {"echo", "admin"}
                assert await echo(session) == "hi"
            await seen.ended(len(seen.http("request")))
            visits = [urlsplit(visit.url) for visit in machine.visitor.visits]
            assert [f"{visit.scheme}://{visit.netloc}" for visit in visits] == [seen.origin]
        asked = [request for request in server.place.requests if request.path == "/authorize"]
        assert [parse_qs(request.query)["resource"] for request in asked] == [[server.url]]
    assert machine.visitor.violations == []
    assert "/token" in " ".join(request["url"] for request in seen.http("request"))
    assert ("tools/call", "ok") in seen.pairs()
    journal.close()
    # What the client keeps is secret, and none of it stands in the proxy's recording.
    kept = machine.store.path.read_text()
    written = recording.read_text()
    secrets = _texts(json.loads(kept), ("access_token", "refresh_token", "client_secret"))
    assert secrets
    assert not [secret for secret in secrets if secret in written]


def _texts(value: Any, names: tuple[str, ...]) -> list[str]:
    """The texts under these names, however deep."""
    match value:
        case dict():
            own = [text for name, text in value.items() if name in names and isinstance(text, str) and text]
            return own + [text for each in value.values() for text in _texts(each, names)]
        case list():
            return [text for each in value for text in _texts(each, names)]
    return []


async def test_what_a_client_validates_names_the_proxy() -> None:
    with authorization_server() as issuer, mcp_server(issuer) as server:
        async with through(server.url) as seen, httpx.AsyncClient(timeout=30) as client:
            refused = await client.post(seen.url, json={"jsonrpc": "2.0", "id": 1, "method": "ping"})
            assert refused.status_code == 401
            challenge = refused.headers["www-authenticate"]
            assert f'resource_metadata="{seen.origin}{PRM}/mcp"' in challenge
            metadata = (await client.get(f"{seen.origin}{PRM}/mcp")).json()
    assert metadata["resource"] == seen.url
    # Elsewhere, and so past us: nothing of it is touched.
    assert metadata["authorization_servers"] == [issuer.issuer] or metadata["authorization_servers"] == [
        f"{issuer.issuer}/"
    ]
    assert any("authorization server" in event.data["says"] for event in seen.events(what="warning"))


async def test_a_strict_authorization_server_elsewhere_is_what_cannot_be_done(tmp_path: Path) -> None:
    """The token that it grants is for the proxy, and the server says so: docs/proxy.md."""
    with authorization_server() as issuer, mcp_server(issuer) as server:
        machine = Machine(tmp_path, [issuer])
        async with through(server.url) as seen:
            with pytest.raises((InspectError, ConnectionFailed)):
                async with machine.connected(seen.url):
                    pass
    assert [granted.resource for granted in issuer.granted.values()] in ([], [seen.url])
