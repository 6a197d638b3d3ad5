"""The one table of MCP methods: who may send which since when, with what members, under what capability.

Facts that the tests hold against the official schemas. No behaviour but looking things up; what a message is
about is named by `inspector.wire.targets`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from inspector.wire.versions import ALL, MODERN, V4

Sender = Literal["client", "server", "both"]
MethodKind = Literal["request", "notification"]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of params or of a result. `_meta`, which all of them may have, is not listed.

    Attributes:
        name: The key.
        versions: The versions that have it, oldest first.
        required: Those of them in which it must stand.
    """

    name: str
    versions: tuple[str, ...]
    required: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Method:
    """One method.

    Attributes:
        name: As on the wire.
        kind: Whether an answer is owed.
        sender: Who may send it in at least one version; `sender_in` says it for one.
        versions: The versions that have it, oldest first.
        params: Its parameters over all versions.
        result: The members of its complete result over all versions; for what may come instead see
            `INSTEAD`. Empty for notifications.
        capability: Dotted path of the capability under which it may be used, declared by who answers
            a request and by who sends a notification; `None` if none is needed.
        senders: Per version, where it differs from `sender`.
        embedded: The versions in which it is no message of its own but an entry of `inputRequests`.
        extension: The extension that brings it, `None` for the core.
    """

    name: str
    kind: MethodKind
    sender: Sender
    versions: tuple[str, ...]
    params: tuple[Member, ...] = ()
    result: tuple[Member, ...] = ()
    capability: str | None = None
    senders: Mapping[str, Sender] = field(default_factory=dict)
    embedded: tuple[str, ...] = ()
    extension: str | None = None

    def sender_in(self, version: str) -> Sender | None:
        """Who may send it in `version`; `None` where that version does not have it."""
        return self.senders.get(version, self.sender) if version in self.versions else None


def _versions(span: str) -> tuple[str, ...]:
    """`"2-4"`, `"3-"` or `"5"`: the versions by number, from 1."""
    first, dash, last = span.partition("-")
    end = int(last) if last else len(ALL) if dash else int(first)
    return ALL[int(first) - 1 : end]


def _members(text: str, versions: tuple[str, ...]) -> tuple[Member, ...]:
    """Members from words such as `name`, `cursor?` (optional), `task?@4`, `context?@3-` (since)."""
    having: dict[str, tuple[str, ...]] = {}
    required: dict[str, tuple[str, ...]] = {}
    for word in text.split():
        spelled, _, span = word.partition("@")
        name = spelled.removesuffix("?")
        spanned = tuple(v for v in (_versions(span) if span else versions) if v in versions)
        having[name] = having.get(name, ()) + spanned
        required[name] = required.get(name, ()) + (() if spelled.endswith("?") else spanned)
    return tuple(Member(name, having[name], required[name]) for name in having)


def _method(
    kind: MethodKind,
    name: str,
    sender: Sender,
    params: str = "",
    result: str = "",
    *,
    since: str = "1-",
    capability: str | None = None,
    senders: Mapping[str, Sender] | None = None,
    embedded: tuple[str, ...] = (),
    extension: str | None = None,
) -> Method:
    versions = _versions(since)
    # Every result of a modern server says what it is; an embedded answer is no result of its own.
    if kind == "request" and not embedded:
        result += " resultType@5-"
    return Method(
        name,
        kind,
        sender,
        versions,
        _members(params, versions),
        _members(result, versions) if kind == "request" else (),
        capability,
        senders or {},
        embedded,
        extension,
    )


def _request(name: str, sender: Sender, *args: str, **more: Any) -> Method:
    return _method("request", name, sender, *args, **more)


def _notification(name: str, sender: Sender, params: str = "", **more: Any) -> Method:
    return _method("notification", name, sender, params, **more)


def _by_name(methods: Iterable[Method]) -> Mapping[str, Method]:
    return MappingProxyType({method.name: method for method in methods})


_PAGE = "nextCursor? ttlMs@5- cacheScope@5-"
_RETRY = "inputResponses?@5- requestState?@5-"
_TASK = "taskId status statusMessage? createdAt lastUpdatedAt ttl pollInterval?"

METHODS: Mapping[str, Method] = _by_name(
    (
        # the client asks
        _request(
            "initialize",
            "client",
            "protocolVersion capabilities clientInfo",
            "protocolVersion capabilities serverInfo instructions?",
            since="1-4",
        ),
        _request(
            "server/discover",
            "client",
            "",
            "supportedVersions capabilities instructions? ttlMs cacheScope",
            since="5-",
        ),
        _request("ping", "both", since="1-4"),
        _request("tools/list", "client", "cursor?", "tools " + _PAGE, capability="tools"),
        _request(
            "tools/call",
            "client",
            "name arguments? task?@4 " + _RETRY,
            "content structuredContent?@3- isError?",
            capability="tools",
        ),
        _request("prompts/list", "client", "cursor?", "prompts " + _PAGE, capability="prompts"),
        _request(
            "prompts/get",
            "client",
            "name arguments? " + _RETRY,
            "messages description?",
            capability="prompts",
        ),
        _request("resources/list", "client", "cursor?", "resources " + _PAGE, capability="resources"),
        _request(
            "resources/templates/list",
            "client",
            "cursor?",
            "resourceTemplates " + _PAGE,
            capability="resources",
        ),
        _request(
            "resources/read",
            "client",
            "uri " + _RETRY,
            "contents ttlMs@5- cacheScope@5-",
            capability="resources",
        ),
        _request("resources/subscribe", "client", "uri", since="1-4", capability="resources.subscribe"),
        _request("resources/unsubscribe", "client", "uri", since="1-4", capability="resources.subscribe"),
        _request("subscriptions/listen", "client", "notifications", since="5-"),
        _request(
            "completion/complete",
            "client",
            "ref argument context?@3-",
            "completion",
            capability="completions",
        ),
        _request("logging/setLevel", "client", "level", since="1-4", capability="logging"),
        # tasks, in the one version that has them in its core
        _request("tasks/get", "both", "taskId", _TASK, since="4", capability="tasks"),
        _request("tasks/result", "both", "taskId", since="4", capability="tasks"),
        _request("tasks/list", "both", "cursor?", "tasks nextCursor?", since="4", capability="tasks.list"),
        _request("tasks/cancel", "both", "taskId", _TASK, since="4", capability="tasks.cancel"),
        # the server asks
        _request("roots/list", "server", "", "roots", capability="roots", embedded=MODERN),
        _request(
            "sampling/createMessage",
            "server",
            "messages maxTokens systemPrompt? modelPreferences? includeContext? temperature? stopSequences?"
            " metadata? tools?@4- toolChoice?@4- task?@4",
            "role content model stopReason?",
            capability="sampling",
            embedded=MODERN,
        ),
        _request(
            "elicitation/create",
            "server",
            # By form or by URL since the fourth version: what only one of the two needs is optional.
            "message requestedSchema@3 requestedSchema?@4- mode?@4- url?@4- elicitationId?@4 task?@4",
            "action content?",
            since="3-",
            capability="elicitation",
            embedded=MODERN,
        ),
        # notifications
        _notification("notifications/initialized", "client", since="1-4"),
        _notification(
            "notifications/roots/list_changed", "client", since="1-4", capability="roots.listChanged"
        ),
        # The server's only ends a subscription, on stdio, in the modern versions.
        _notification("notifications/cancelled", "both", "requestId@1-3 requestId?@4 requestId@5- reason?"),
        _notification(
            "notifications/progress",
            "both",
            "progressToken progress total? message?@2-",
            senders=dict.fromkeys(MODERN, "server"),
        ),
        _notification("notifications/message", "server", "level logger? data", capability="logging"),
        _notification("notifications/tools/list_changed", "server", capability="tools.listChanged"),
        _notification("notifications/prompts/list_changed", "server", capability="prompts.listChanged"),
        _notification("notifications/resources/list_changed", "server", capability="resources.listChanged"),
        _notification("notifications/resources/updated", "server", "uri", capability="resources.subscribe"),
        _notification("notifications/subscriptions/acknowledged", "server", "notifications", since="5-"),
        _notification("notifications/elicitation/complete", "server", "elicitationId", since="4"),
        _notification("notifications/tasks/status", "both", _TASK, since="4", capability="tasks"),
    )
)
"""The methods of the core, by name."""

TASKS_EXTENSION = "io.modelcontextprotocol/tasks"
_EXT_TASK = (
    "taskId status statusMessage? createdAt lastUpdatedAt ttlMs pollIntervalMs? result? error? inputRequests?"
)

EXTENSION_METHODS: Mapping[str, Method] = _by_name(
    (
        _request("tasks/get", "client", "taskId", _EXT_TASK, since="5-", extension=TASKS_EXTENSION),
        _request("tasks/update", "client", "taskId inputResponses", since="5-", extension=TASKS_EXTENSION),
        _request("tasks/cancel", "client", "taskId", since="5-", extension=TASKS_EXTENSION),
        _notification("notifications/tasks", "server", _EXT_TASK, since="5-", extension=TASKS_EXTENSION),
    )
)
"""Methods that official extensions bring, by name. No schema of the core holds them."""


@dataclass(frozen=True, slots=True)
class Instead:
    """A result that some methods may give in place of their complete one."""

    versions: tuple[str, ...]
    methods: frozenset[str]
    members: tuple[Member, ...]


INSTEAD: Mapping[str, Instead] = MappingProxyType(
    {
        "task": Instead(
            (V4,),
            frozenset({"tools/call", "sampling/createMessage", "elicitation/create"}),
            _members("task", (V4,)),
        ),
        "input_required": Instead(
            MODERN,
            frozenset({"tools/call", "prompts/get", "resources/read"}),
            _members("resultType inputRequests? requestState?", MODERN),
        ),
    }
)
"""By what they mean: a task was created; the client must answer questions first."""


@dataclass(frozen=True, slots=True)
class ListOf:
    """How one section of what a server offers is listed.

    Attributes:
        method: The request.
        key: The member of its result that holds the entries.
        capability: What a server declares that has it.
        heading: What people are told that it is.
    """

    method: str
    key: str
    capability: str
    heading: str


LISTS: Mapping[str, ListOf] = MappingProxyType(
    {
        "tools": ListOf("tools/list", "tools", "tools", "Tools"),
        "resources": ListOf("resources/list", "resources", "resources", "Resources"),
        "templates": ListOf("resources/templates/list", "resourceTemplates", "resources", "Templates"),
        "prompts": ListOf("prompts/list", "prompts", "prompts", "Prompts"),
    }
)


def exists(method: str, version: str | None, sender: Literal["client", "server"] | None = None) -> bool:
    """Whether `version` has `method`, in its core or by an official extension.

    Args:
        method: As on the wire.
        version: `None` means any.
        sender: Ask also whether this side may send it as a message of its own.
    """
    for table in (METHODS, EXTENSION_METHODS):
        known = table.get(method)
        if known is None:
            continue
        asked = known.versions if version is None else (version,)
        if any(_sends(known, one, sender) for one in asked):
            return True
    return False


def _sends(method: Method, version: str, sender: str | None) -> bool:
    allowed = method.sender_in(version)
    if allowed is None or sender is None:
        return allowed is not None
    return allowed in (sender, "both") and version not in method.embedded
