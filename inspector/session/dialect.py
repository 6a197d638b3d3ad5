"""The two ways of speaking MCP, as values: how requests, headers and cancelling look in each version.

A dialect builds bytes and headers. It sends nothing, remembers nothing, and does not choose itself
(`inspector.session.negotiate` does).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from inspector import __version__
from inspector.errors import UsageError
from inspector.wire import jsonrpc
from inspector.wire.mirrored import parameters
from inspector.wire.repeated import encode, named
from inspector.wire.versions import (
    ALL,
    META_CLIENT_CAPABILITIES,
    META_CLIENT_INFO,
    META_LOG_LEVEL,
    META_PROGRESS_TOKEN,
    META_PROTOCOL_VERSION,
    MODERN,
    V1,
    V2,
    Era,
    era,
)

CLIENT_INFO: Mapping[str, Any] = {"name": "mcp-inspect", "version": __version__}

VERSION_HEADER = "MCP-Protocol-Version"


@dataclass(frozen=True, slots=True)
class Handshake:
    """Versions 2024-11-05 to 2025-11-25: `initialize`, then `notifications/initialized`.

    Attributes:
        version: One of `inspector.wire.versions.LEGACY`.
        capabilities: What we declare. It makes no other dialect.
    """

    version: str
    capabilities: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def era(self) -> Era:
        return "legacy"

    def initialize(self) -> dict[str, Any]:
        """The parameters of `initialize` (basic/lifecycle)."""
        return {
            "protocolVersion": self.version,
            "capabilities": dict(self.capabilities),
            "clientInfo": dict(CLIENT_INFO),
        }

    def request(self, id: int | str, method: str, params: Any = None, token: int | None = None) -> bytes:
        """A request. `params` that are no object are sent as they are, and carry no token."""
        return _request(id, method, params, {} if token is None else {META_PROGRESS_TOKEN: token})

    def headers(self, method: str | None, params: Any = None, schema: Any = None) -> dict[str, str]:
        """HTTP headers: the version on everything after `initialize`, since 2025-06-18."""
        if method == "initialize" or self.version in (V1, V2):
            return {}
        return {VERSION_HEADER: self.version}

    def cancel(self, id: int, method: str, reason: str, *, http: bool) -> bytes | None:
        """The notification that cancels; `None` for `initialize`, which must not be cancelled.

        basic/utilities/cancellation: a disconnect is not a cancellation, so HTTP makes no difference.
        """
        return None if method == "initialize" else _cancelled(id, reason)


@dataclass(frozen=True, slots=True)
class Modern:
    """Versions from 2026-07-28: every request says everything in its `_meta`.

    Attributes:
        version: One of `inspector.wire.versions.MODERN`.
        capabilities: What we declare. It makes no other dialect.
        log_level: The least grave log messages that are wanted; `None` for none. It makes no other either.
    """

    version: str
    capabilities: Mapping[str, Any] = field(default_factory=dict, compare=False)
    log_level: str | None = field(default=None, compare=False)

    @property
    def era(self) -> Era:
        return "modern"

    def request(self, id: int | str, method: str, params: Any = None, token: int | None = None) -> bytes:
        """A request with the metadata that basic/index requires, under what `params._meta` says already."""
        meta: dict[str, Any] = {
            META_PROTOCOL_VERSION: self.version,
            META_CLIENT_INFO: dict(CLIENT_INFO),
            META_CLIENT_CAPABILITIES: dict(self.capabilities),
        }
        if token is not None:
            meta[META_PROGRESS_TOKEN] = token
        if self.log_level is not None and method != "subscriptions/listen":  # which must carry no messages
            meta[META_LOG_LEVEL] = self.log_level
        return _request(id, method, params, meta)

    def headers(self, method: str | None, params: Any = None, schema: Any = None) -> dict[str, str]:
        """HTTP headers that repeat the body (basic/transports/streamable-http, "Request Metadata").

        Args:
            method: `None` for bytes that name none.
            params: The parameters as they stand in the body.
            schema: The tool's `inputSchema`, for `Mcp-Param-*` of `tools/call`.
        """
        version = _meta_of(params).get(META_PROTOCOL_VERSION)
        made = {VERSION_HEADER: encode(version) if isinstance(version, str) else self.version}
        if method is not None:
            made["Mcp-Method"] = encode(method)
            name = named(method, params)
            if name is not None:
                made["Mcp-Name"] = name
        if method == "tools/call" and isinstance(params, Mapping):
            made.update(parameters(schema, params.get("arguments")))
        return made

    def cancel(self, id: int, method: str, reason: str, *, http: bool) -> bytes | None:
        """The notification that cancels; `None` over HTTP, where closing the stream is the cancellation."""
        return None if http else _cancelled(id, reason)


Dialect: TypeAlias = Handshake | Modern


def dialect_of(version: str) -> Dialect:
    """The dialect of a version.

    Raises:
        UsageError: It is not one that this program speaks.
    """
    if era(version) is None:
        raise UsageError(
            f"Protocol version {version!r} is not one that mcp-inspect speaks",
            next=f"Use auto, or one of {', '.join(ALL)}",
        )
    return Modern(version) if version in MODERN else Handshake(version)


def _request(id: int | str, method: str, params: Any, meta: Mapping[str, Any]) -> bytes:
    message: dict[str, Any] = {"jsonrpc": "2.0", "id": id, "method": method}
    if meta and (params is None or isinstance(params, Mapping)):
        # Ours first and theirs over it: whoever names a key himself means it.
        given = (params or {}).get("_meta")
        if given is None or isinstance(given, Mapping):
            params = {**(params or {}), "_meta": {**meta, **(given or {})}}
    if params is not None:
        message["params"] = params
    return jsonrpc.encode(message)


def _meta_of(params: Any) -> Mapping[str, Any]:
    meta = params.get("_meta") if isinstance(params, Mapping) else None
    return meta if isinstance(meta, Mapping) else {}


def _cancelled(id: int, reason: str) -> bytes:
    return jsonrpc.notification("notifications/cancelled", {"requestId": id, "reason": reason})
