"""The protocol's versions: their eras, the capabilities and error codes of each, the reserved `_meta` keys.

Facts only. Which version to speak is decided by the session; the methods stand in `inspector.wire.methods`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Era = Literal["legacy", "modern"]
"""Legacy versions begin with a handshake; modern ones say everything in every request."""

V1 = "2024-11-05"
V2 = "2025-03-26"
V3 = "2025-06-18"
V4 = "2025-11-25"
V5 = "2026-07-28"

LEGACY = (V1, V2, V3, V4)
MODERN = (V5,)
ALL = LEGACY + MODERN
LATEST_LEGACY = LEGACY[-1]
LATEST_MODERN = MODERN[-1]


def era(version: str | None) -> Era | None:
    """The era of `version`; `None` for one that this program does not know."""
    if version in LEGACY:
        return "legacy"
    return "modern" if version in MODERN else None


# Capabilities, as dotted paths below `capabilities`.


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What each side can declare in one version, as dotted paths such as `resources.subscribe`."""

    client: frozenset[str]
    server: frozenset[str]


_CLIENT_1 = frozenset({"experimental", "roots", "roots.listChanged", "sampling"})
_SERVER_1 = frozenset(
    {
        "experimental",
        "logging",
        "prompts",
        "prompts.listChanged",
        "resources",
        "resources.listChanged",
        "resources.subscribe",
        "tools",
        "tools.listChanged",
    }
)
_SERVER_2 = _SERVER_1 | {"completions"}
_CLIENT_3 = _CLIENT_1 | {"elicitation"}
_TASKS = frozenset({"tasks", "tasks.cancel", "tasks.list", "tasks.requests"})
_MODES = frozenset({"elicitation.form", "elicitation.url", "sampling.context", "sampling.tools"})
_CLIENT_TASKS = _TASKS | {
    "tasks.requests.elicitation",
    "tasks.requests.elicitation.create",
    "tasks.requests.sampling",
    "tasks.requests.sampling.createMessage",
}
_SERVER_TASKS = _TASKS | {"tasks.requests.tools", "tasks.requests.tools.call"}

CAPABILITIES: Mapping[str, Capabilities] = MappingProxyType(
    {
        V1: Capabilities(_CLIENT_1, _SERVER_1),
        V2: Capabilities(_CLIENT_1, _SERVER_2),
        V3: Capabilities(_CLIENT_3, _SERVER_2),
        V4: Capabilities(_CLIENT_3 | _MODES | _CLIENT_TASKS, _SERVER_2 | _SERVER_TASKS),
        V5: Capabilities(
            (_CLIENT_3 - {"roots.listChanged"}) | _MODES | {"extensions"},
            _SERVER_2 | {"extensions"},
        ),
    }
)


# Error codes.

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
HEADER_MISMATCH = -32020
MISSING_CLIENT_CAPABILITY = -32021
UNSUPPORTED_VERSION = -32022
RESOURCE_NOT_FOUND = -32002
URL_ELICITATION_REQUIRED = -32042
REFUSED = -1

_JSONRPC_ERRORS: Mapping[int, str] = {  # JSON-RPC 2.0, section 5.1
    PARSE_ERROR: "parse error",
    INVALID_REQUEST: "invalid request",
    METHOD_NOT_FOUND: "method not found",
    INVALID_PARAMS: "invalid params",
    INTERNAL_ERROR: "internal error",
}
# These two stand in the specification's text (server/resources, client/sampling), not in its schemas.
_LEGACY_ERRORS: Mapping[int, str] = {
    **_JSONRPC_ERRORS,
    RESOURCE_NOT_FOUND: "resource not found",
    REFUSED: "refused by the user",
}

ERRORS: Mapping[str, Mapping[int, str]] = MappingProxyType(
    {
        V1: _LEGACY_ERRORS,
        V2: _LEGACY_ERRORS,
        V3: _LEGACY_ERRORS,
        V4: {**_LEGACY_ERRORS, URL_ELICITATION_REQUIRED: "URL elicitation required"},
        V5: {
            **_JSONRPC_ERRORS,
            HEADER_MISMATCH: "header mismatch",
            MISSING_CLIENT_CAPABILITY: "missing required client capability",
            UNSUPPORTED_VERSION: "unsupported protocol version",
        },
    }
)


def error_name(code: object, version: str | None = None) -> str:
    """What an error code means.

    Args:
        code: The code as received; anything that is no integer means nothing.
        version: The version that is spoken. A code that only other versions define is named with the
            newest of them, so that nobody takes it for this version's. `None`: all versions.

    Returns:
        A few lower-case words, or the empty string where the specification gives no meaning.
    """
    if type(code) is not int:
        return ""
    spoken = ERRORS.get(version, {}) if version else {}
    if code in spoken:
        return spoken[code]
    for other in reversed(ALL):
        if code in ERRORS[other]:
            name = ERRORS[other][code]
            return f"{name} (as of {other})" if spoken else name
    return ""


# Reserved keys of `_meta`.

META_PREFIX = "io.modelcontextprotocol/"
META_PROTOCOL_VERSION = META_PREFIX + "protocolVersion"
META_CLIENT_INFO = META_PREFIX + "clientInfo"
META_CLIENT_CAPABILITIES = META_PREFIX + "clientCapabilities"
META_LOG_LEVEL = META_PREFIX + "logLevel"
META_SERVER_INFO = META_PREFIX + "serverInfo"
META_SUBSCRIPTION_ID = META_PREFIX + "subscriptionId"
META_PROGRESS_TOKEN = "progressToken"

META_REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    dict.fromkeys(LEGACY, ()) | dict.fromkeys(MODERN, (META_PROTOCOL_VERSION, META_CLIENT_CAPABILITIES))
)
"""The `_meta` keys that every request of the client must carry, per version."""
