"""Serve an ASGI application on a port of 127.0.0.1 and say where, as the first line of stdout."""

from __future__ import annotations

import socket
import sys
from typing import Any

import uvicorn


def serve(app: Any, port: int, path: str = "/mcp") -> None:
    """Serve until a signal. The URL stands on stdout once connections are accepted; port 0 picks one."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}{path}\n")
    sys.stdout.flush()
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])
