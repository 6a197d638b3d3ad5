"""Whole flows, as conversations."""

from __future__ import annotations

from inspector.session.auth.flow import authorize
from inspector.session.auth.model import AuthOptions
from tests.session.auth.pump import AS, CALLBACK, MCP, Shelf, challenge, known, run, world

WELL_KNOWN = "https://mcp.example/.well-known/oauth-protected-resource/mcp"


def test_a_server_that_does_everything_right() -> None:
    shelf = Shelf()
    header = f'Bearer resource_metadata="{WELL_KNOWN}", scope="read write"'
    ran = run(authorize(MCP, challenge(header), AuthOptions(), known(shelf)), world())

    assert ran.failure is None, ran.failure
    assert ran.asked == [
        f"GET {WELL_KNOWN}",
        f"GET {AS}/.well-known/oauth-authorization-server",
        f"POST {AS}/register",
        f"POST {AS}/token",
    ]
    assert ran.rules == []
    query, form = ran.query(), ran.form()
    assert query["resource"] == form["resource"] == MCP
    assert query["scope"] == "read write"
    assert query["redirect_uri"] == form["redirect_uri"] == CALLBACK
    assert query["code_challenge_method"] == "S256"
    assert form["client_id"] == "registered"
    credentials = ran.credentials
    assert credentials is not None and credentials.tokens is not None
    assert (credentials.issuer, credentials.resource) == (AS, MCP)
    assert credentials.tokens.access_token == "access"
    assert shelf.clients[AS].client_id == "registered"
