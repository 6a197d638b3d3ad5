"""What to connect to, as values: a command to start, or a URL.

A target says how it is described in a recording's header and in a title, and there without secrets.
It connects to nothing; `transport_for` imports what does, and only the one that is needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from inspector.journal.redact import redact_url
from inspector.journal.redact_argv import redact_argv

if TYPE_CHECKING:
    from inspector.transport.base import Authorizer, Transport

HttpKind: TypeAlias = Literal["auto", "http", "sse"]

_TITLE_LENGTH = 60


@dataclass(frozen=True, slots=True)
class StdioTarget:
    """A server that is started as a child process and spoken to over its standard streams.

    Attributes:
        argv: The command, as given.
        env: Variables added to this program's own environment. Their values are never shown.
        cwd: The directory to start in; this program's own where `None`.
        inherit: Whether `env` is added to this program's own environment, or is the whole of it.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    cwd: str | None = None
    inherit: bool = True

    @property
    def title(self) -> str:
        """One short line, e.g. `python server.py`."""
        program, *rest = redact_argv(self.argv) or ("",)
        return _short(" ".join([re.split(r"[/\\]", program)[-1] or program, *rest]))

    def describe(self) -> dict[str, Any]:
        """What stands in a recording's header."""
        return {
            "transport": "stdio",
            "argv": list(redact_argv(self.argv)),
            "cwd": self.cwd,
            "env": sorted(self.env),
        }


@dataclass(frozen=True, slots=True)
class HttpTarget:
    """A server at a URL.

    Attributes:
        url: The endpoint.
        headers: Added to every request, in order. Their values are no part of its description.
        insecure: Do not verify the server's certificate.
        cacert: A file of certificates to trust instead of the system's.
        cert: A PEM file with the client's certificate, and with its key unless `key` holds it.
        key: A PEM file with the key of `cert`.
        unix_socket: Connect to this socket instead of the URL's host, as `curl --unix-socket` does.
        transport: `auto`, or the only one to try: `http` (streamable HTTP), `sse` (HTTP+SSE of 2024-11-05).
    """

    url: str
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    insecure: bool = False
    cacert: str | None = None
    cert: str | None = None
    key: str | None = None
    unix_socket: str | None = None
    transport: HttpKind = "auto"

    @property
    def title(self) -> str:
        """One short line, e.g. `example.com/mcp`."""
        return _short(re.sub(r"^https?://", "", redact_url(self.url)))

    def describe(self) -> dict[str, Any]:
        """What stands in a recording's header."""
        described: dict[str, Any] = {
            "transport": "http",
            "url": redact_url(self.url),
            "headers": [name for name, _ in self.headers],
        }
        if self.insecure:
            described["insecure"] = True
        for name in ("cacert", "cert", "unix_socket"):
            if (value := getattr(self, name)) is not None:
                described[name] = value
        if self.transport != "auto":
            described["wanted"] = self.transport
        return described


Target: TypeAlias = StdioTarget | HttpTarget


def transport_for(target: Target, authorizer: Authorizer | None = None) -> Transport:
    """The transport that reaches `target`. `authorizer` is for HTTP only."""
    # Imported here because the one must not pay for the other: HTTP costs a fifth of a second.
    if isinstance(target, StdioTarget):
        from inspector.transport.stdio import StdioTransport

        return StdioTransport(target)
    if target.transport == "sse":
        from inspector.transport.legacy_sse import LegacySseTransport

        return LegacySseTransport(target, authorizer)
    from inspector.transport.http import HttpTransport

    return HttpTransport(target, authorizer)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1] + "…"
