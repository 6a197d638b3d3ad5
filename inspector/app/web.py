"""The app in a browser: textual-serve on loopback, behind a token that stands in the path of every URL.

A tab is a process of its own that runs the app; what the browser sends and is sent are its keys and its
screen. Whoever knows the URL can start what the app can start: so the token is long and new each time, and
nothing but loopback is listened at. A name that a page made point here is refused by its `Host`, another
page's script by its `Origin`. The page loads nothing from elsewhere.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web
from textual_serve.server import Server

TITLE = "mcp-inspect"
_FONT = re.compile(r'<link\s+rel="stylesheet"\s+href="https:[^"]*"\s*/>')
"""Of textual-serve's page: a font that would be asked of somebody else."""
_OF_CMD = re.compile(r'[()%!^"<>&|]')
_GRACE = 10.0  # seconds to stop the servers of open tabs in
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws://127.0.0.1:{port}; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def shell_line(words: Sequence[str], *, windows: bool) -> str:
    """The line that a shell runs as these words: a tab is begun by one.

    `cmd.exe` knows `&` and `%NAME%` between quotation marks as well as without: each sign of its own is
    escaped, the quotation marks too, so that it sees no quotation at all.
    """
    if windows:
        return _OF_CMD.sub(r"^\g<0>", subprocess.list2cmdline(words))
    return shlex.join(words)


class Tabs(Server):
    """The pages, and the process of each tab.

    Args:
        words: Run the app on a terminal.
        port: Where it is listened at.
        token: Stands before every path.
    """

    def __init__(self, words: Sequence[str], port: int, token: str) -> None:
        super().__init__(
            shell_line(words, windows=sys.platform == "win32"), host="127.0.0.1", port=port, title=TITLE
        )
        self._token = token
        self._open: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> str:
        """What to visit."""
        return f"{self.public_url}/{self._token}/"

    async def guarded(self) -> web.Application:
        """The application: everything under the token, and nothing beside it."""
        pages = await self._make_app()
        pages.on_startup.clear()  # which print a title and the command on stdout
        outer = web.Application(middlewares=[self._guard])
        outer.add_subapp(f"/{self._token}/", pages)
        return outer

    async def handle_index(self, request: web.Request) -> Any:
        response = await super().handle_index(request)
        assert isinstance(response, web.Response)
        response.text = _FONT.sub("", response.text or "")
        return response

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            return await super().handle_websocket(request)
        finally:
            self._open.discard(task)

    async def on_shutdown(self, app: web.Application) -> None:
        """End the processes of open tabs, which nobody would end by closing them."""
        for task in tuple(self._open):
            task.cancel()
        if self._open:
            await asyncio.wait(tuple(self._open), timeout=_GRACE)

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        given = request.path.removeprefix("/").partition("/")[0]  # a proxy's request has no path
        host, origin = request.headers.get("Host"), request.headers.get("Origin")
        if host not in {f"127.0.0.1:{self.port}", f"localhost:{self.port}"}:
            raise web.HTTPForbidden(text="The Host is not this server.\n")
        if origin is not None and origin != f"http://{host}":
            raise web.HTTPForbidden(text="The page is not this server's.\n")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            raise web.HTTPForbidden(text="The URL lacks the token that mcp-inspect --web printed.\n")
        response: web.StreamResponse = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = _POLICY.format(port=self.port)
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Cache-Control"] = "no-store"
        return response


def serve(words: Sequence[str], ready: Callable[[str], object]) -> int:
    """Serve the app that `words` run until a signal; returns the exit code.

    Args:
        words: A command and its arguments.
        ready: Is told the URL once it can be visited.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        tabs = Tabs(words, listening.getsockname()[1], secrets.token_urlsafe(32))

        async def application() -> web.Application:
            made = await tabs.guarded()

            async def tell(_: web.Application) -> None:
                ready(tabs.url)

            made.on_startup.append(tell)
            return made

        web.run_app(application(), sock=listening, print=None, shutdown_timeout=_GRACE, access_log=None)
    return 0
