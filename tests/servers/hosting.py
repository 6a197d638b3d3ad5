"""Serve an ASGI application from a thread of the test's own process, on a free port of 127.0.0.1.

In-process, so that a test can look into a server and change how it behaves; in a thread, so that a server
that blocks does not hold up the client under test.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

App = Callable[..., Any]


@dataclass
class Place:
    """Where a server listens; connections are taken once an application was given.

    Attributes:
        url: Its origin.
    """

    url: str
    _listener: socket.socket
    _certificate: Path | None = None
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None
    requests: list[Seen] = field(default_factory=list)

    def serve(self, app: App) -> None:
        """Serve `app` from now on. What came before waits in the backlog."""
        config = uvicorn.Config(
            _noting(app, self.requests),
            log_level="critical",
            timeout_graceful_shutdown=1,
            ws="none",
            ssl_certfile=self._certificate,
        )
        self._server = uvicorn.Server(config)
        run = self._server.run
        self._thread = threading.Thread(target=lambda: run(sockets=[self._listener]), name=self.url)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving; returns when nothing runs any more."""
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        self._listener.close()


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that came to a server.

    Attributes:
        headers: Names in lower case.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]


def _noting(app: App, requests: list[Seen]) -> App:
    async def note(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            requests.append(Seen(scope["method"], scope["path"], scope["query_string"].decode(), headers))
        await app(scope, receive, send)

    return note


@contextmanager
def place(host: str = "127.0.0.1", certificate: Path | None = None) -> Iterator[Place]:
    """A free port, so that an application can be made that knows its own URL.

    Args:
        certificate: A file with certificate and key: served over TLS.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, 0))
    listener.listen(128)
    shown = f"[{host}]" if ":" in host else host
    scheme = "https" if certificate else "http"
    here = Place(f"{scheme}://{shown}:{listener.getsockname()[1]}", listener, certificate)
    try:
        yield here
    finally:
        here.stop()


@contextmanager
def hosting(app: App) -> Iterator[Place]:
    """`app` on a free port, until the block is left."""
    with place() as here:
        here.serve(app)
        yield here
