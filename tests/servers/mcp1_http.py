"""A server written with `mcp` 1.x, over HTTP: streamable HTTP of the legacy eras, or HTTP+SSE.

    mcp1_http.py http|sse [ISSUER INTROSPECTION]

Run by the interpreter of `mcp1_venv`. The URL is stdout's first line. With an issuer it wants a token of
it, which it has checked at the introspection endpoint (RFC 7662), with the scope `read`.
"""

from __future__ import annotations

import socket
import sys

import httpx
import uvicorn
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.fastmcp import Context, FastMCP


class Introspection:
    """Asks the authorization server about each token."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    async def verify_token(self, token: str) -> AccessToken | None:
        async with httpx.AsyncClient(trust_env=False) as client:
            said = (await client.post(self._endpoint, data={"token": token})).json()
        if not said["active"]:
            return None
        about = {"client_id": said["client_id"], "scopes": said["scope"].split(), "expires_at": said["exp"]}
        return AccessToken(token=token, resource=said["aud"], **about)


def main(kind: str, issuer: str = "", introspection: str = "") -> None:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/{'sse' if kind == 'sse' else 'mcp'}"
    protected = {}
    if issuer:
        settings = AuthSettings(
            issuer_url=issuer, resource_server_url=url, required_scopes=["read"], validate_token_resource=True
        )
        protected = {"auth": settings, "token_verifier": Introspection(introspection)}
    server = FastMCP("mcp1-http", log_level="CRITICAL", **protected)

    @server.tool()
    def echo(text: str) -> str:
        """Say the text again."""
        return text

    @server.tool()
    async def slow(n: int, ctx: Context) -> str:
        """Report progress n times."""
        for step in range(n):
            await ctx.report_progress(step + 1, n)
        return f"took {n} steps"

    sys.stdout.write(f"{url}\n")
    sys.stdout.flush()
    app = server.sse_app() if kind == "sse" else server.streamable_http_app()
    config = uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
