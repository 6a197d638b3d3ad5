"""MCP servers that want a token: with the `mcp` SDK's own settings, with `fastmcp`'s providers, and behind a
gate that can be as wrong as a test wants.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from fastmcp import FastMCP
from fastmcp.server.auth import JWTVerifier, RemoteAuthProvider
from fastmcp.server.auth.providers.in_memory import InMemoryOAuthProvider
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions
from mcp.server.mcpserver import MCPServer
from starlette.responses import JSONResponse, Response

from tests.servers.authorization_server import AuthorizationServer
from tests.servers.hosting import App, Place, place

PATH = "/mcp"
PRM = "/.well-known/oauth-protected-resource"


@dataclass(frozen=True)
class Protected:
    """A server that runs.

    Attributes:
        place: Where, and what came to it.
        url: Its endpoint.
    """

    place: Place

    @property
    def url(self) -> str:
        return f"{self.place.url}{PATH}"

    @property
    def bearers(self) -> list[str]:
        """The credentials that came to the endpoint, in order; empty for a request without."""
        return [seen.headers.get("authorization", "") for seen in self.place.requests if seen.path == PATH]


def _tools(server: Any) -> None:
    @server.tool()
    def echo(text: str) -> str:
        """Say the text again."""
        return text

    @server.tool()
    def admin() -> str:
        """For few."""
        return "done"


class _Introspection:
    """Asks the authorization server itself, as RFC 7662 would: what was revoked is known at once."""

    def __init__(self, servers: Sequence[AuthorizationServer]) -> None:
        self._servers = servers

    async def verify_token(self, token: str) -> AccessToken | None:
        for server in self._servers:
            granted = server.active(token)
            if granted is not None:
                return AccessToken(
                    token=token,
                    client_id=granted.client_id,
                    scopes=granted.scopes,
                    expires_at=int(granted.expires_at),
                    resource=granted.resource,
                )
        return None


@contextmanager
def mcp_server(trusted: AuthorizationServer, scopes: Sequence[str] = ("read",)) -> Iterator[Protected]:
    """The `mcp` SDK's own authorization settings; a token must be for this very server."""
    with place() as where:
        server = MCPServer(
            "mcp2-protected",
            log_level="CRITICAL",
            token_verifier=_Introspection([trusted]),
            auth=AuthSettings(
                issuer_url=trusted.issuer,
                resource_server_url=f"{where.url}{PATH}",
                required_scopes=list(scopes),
                validate_token_resource=True,
            ),
        )
        _tools(server)
        where.serve(server.streamable_http_app())
        yield Protected(where)


@contextmanager
def fastmcp_server(*trusted: AuthorizationServer, scopes: Sequence[str] = ("read",)) -> Iterator[Protected]:
    """`fastmcp`, which fetches the key of the first authorization server and verifies tokens by itself."""
    with place() as where:
        issuer = trusted[0].issuer
        verifier = JWTVerifier(
            jwks_uri=f"{issuer}/jwks",
            issuer=issuer,
            audience=f"{where.url}{PATH}",
            algorithm="ES256",
            required_scopes=list(scopes),
        )
        auth = RemoteAuthProvider(verifier, [server.issuer for server in trusted], where.url)
        server: FastMCP[Any] = FastMCP("fastmcp-protected", auth=auth)
        _tools(server)
        where.serve(server.http_app(path=PATH))
        yield Protected(where)


@contextmanager
def fastmcp_own() -> Iterator[Protected]:
    """`fastmcp` as its own authorization server."""
    with place() as where:
        registration = ClientRegistrationOptions(enabled=True)
        provider = InMemoryOAuthProvider(base_url=where.url, client_registration_options=registration)
        server: FastMCP[Any] = FastMCP("fastmcp-own", auth=provider)
        _tools(server)
        where.serve(server.http_app(path=PATH))
        yield Protected(where)


@contextmanager
def mcp_own(*, metadata: bool = True) -> Iterator[Protected]:
    """The `mcp` SDK as its own authorization server.

    Args:
        metadata: Whether it has protected-resource metadata; without, it is as servers were in 2025-03-26.
    """
    with place() as where:
        provider = InMemoryOAuthProvider(base_url=where.url)
        server = MCPServer(
            "mcp2-own",
            log_level="CRITICAL",
            auth_server_provider=provider,
            auth=AuthSettings(
                issuer_url=where.url,
                resource_server_url=f"{where.url}{PATH}" if metadata else None,
                client_registration_options=ClientRegistrationOptions(enabled=True),
                validate_token_resource=False,
            ),
        )
        _tools(server)
        where.serve(server.streamable_http_app())
        yield Protected(where)


@dataclass
class Rules:
    """What a gate wants and says; read at each request.

    Attributes:
        trusted: Whose tokens it takes.
        issuers: What its metadata name instead of those.
        scope: The scope that each token needs.
        tools: The scope that a call of a tool needs, by the tool's name.
        challenge: `WWW-Authenticate` instead of the usual one; {prm} is the metadata's URL.
        metadata: Protected-resource metadata instead of the usual ones; `None` for a 404.
        supported: `scopes_supported` of the metadata.
        metadata_at: Where they lie.
        ever: Refuse every token with this status, 401 or 403.
        forbids: Refuse every request with a plain 403 that says this.
        redirect: Send each request elsewhere with a 307.
    """

    trusted: tuple[AuthorizationServer, ...] = ()
    issuers: tuple[str, ...] = ()
    scope: str = ""
    tools: Mapping[str, str] = field(default_factory=dict)
    challenge: str = 'Bearer error="invalid_token", resource_metadata="{prm}"'
    metadata: Response | dict[str, Any] | None = field(default_factory=dict)
    supported: Sequence[str] | None = None
    metadata_at: str = f"{PRM}{PATH}"
    ever: int = 0
    forbids: str = ""
    redirect: str = ""


class Gate:
    """Stands before an MCP server that knows nothing of authorization."""

    def __init__(self, app: App, url: str, rules: Rules) -> None:
        self._app = app
        self._url = url
        self._rules = rules

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"] == self._rules.metadata_at:
            await self._metadata()(scope, receive, send)
        elif scope["path"] != PATH:
            await JSONResponse({"error": "not found"}, 404)(scope, receive, send)
        else:
            body = await _read(receive)
            refusal = self._refusal(dict(scope["headers"]), body)
            if refusal is not None:
                await refusal(scope, receive, send)
            else:
                await self._app(scope, _again(body, receive), send)

    def _metadata(self) -> Response:
        rules = self._rules
        if isinstance(rules.metadata, Response):
            return rules.metadata
        if rules.metadata is None:
            return JSONResponse({"error": "not found"}, 404)
        issuers = rules.issuers or tuple(server.issuer for server in rules.trusted)
        said = {"resource": f"{self._url}{PATH}", "authorization_servers": list(issuers), **rules.metadata}
        if rules.supported is not None:
            said["scopes_supported"] = list(rules.supported)
        return JSONResponse(said)

    def _refusal(self, headers: dict[bytes, bytes], body: bytes) -> Response | None:
        rules = self._rules
        if rules.redirect:
            return Response(None, 307, {"Location": rules.redirect})
        if rules.forbids:
            return Response(rules.forbids, 403)
        challenge = rules.challenge.format(prm=f"{self._url}{rules.metadata_at}")
        token = headers.get(b"authorization", b"").decode().removeprefix("Bearer ")
        granted = next((found for server in rules.trusted if (found := server.active(token))), None)
        if granted is None or rules.ever == 401:
            return JSONResponse({"error": "invalid_token"}, 401, {"WWW-Authenticate": challenge})
        wanted = {rules.scope, self._wanted(body)} - {""}
        if not wanted <= set(granted.scopes) or rules.ever == 403:
            missing = f'Bearer error="insufficient_scope", scope="{" ".join(sorted(wanted))}"'
            more = f'{missing}, resource_metadata="{self._url}{rules.metadata_at}"'
            return JSONResponse({"error": "insufficient_scope"}, 403, {"WWW-Authenticate": more})
        return None

    def _wanted(self, body: bytes) -> str:
        message = json.loads(body) if body else {}
        if message.get("method") != "tools/call":
            return ""
        return self._rules.tools.get(message["params"]["name"], "")


async def _read(receive: Any) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Any) -> Any:
    """`receive` as if the body had not been read."""
    given = False

    async def replay() -> Any:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


@contextmanager
def gated(*trusted: AuthorizationServer, **rules: Any) -> Iterator[tuple[Protected, Rules]]:
    """An MCP server behind a gate, with these attributes of `Rules`."""
    with place() as where:
        server = MCPServer("gated", log_level="CRITICAL")
        _tools(server)
        wanted = Rules(trusted, **rules)
        where.serve(Gate(server.streamable_http_app(), where.url, wanted))
        yield Protected(where), wanted
