"""What this client can serve to a server, and how that is declared in each version.

One place decides it, so that nothing is declared that nobody answers. How something is answered is
decided in `inspector.session.answers`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal, TypeAlias

from inspector.wire.methods import TASKS_EXTENSION
from inspector.wire.versions import CAPABILITIES, era

AskedKind: TypeAlias = Literal["roots", "sampling", "elicitation-form", "elicitation-url", "other"]
"""What a server may want of its client; `other` is what no version of the protocol knows."""

SERVABLE = (
    "roots",
    "roots.listChanged",
    "sampling",
    "sampling.context",
    "sampling.tools",
    "elicitation.form",
    "elicitation.url",
    "tasks",
)
"""What can be switched on, as dotted paths below `capabilities`; a part implies its whole."""
ANSWERABLE = frozenset({"roots", "sampling", "elicitation.form", "elicitation.url"})
"""What a person can answer by hand without more to know than what the server says."""

EXTENSIONS: Mapping[str, Mapping[str, Any]] = {
    TASKS_EXTENSION: {},
    "io.modelcontextprotocol/ui": {"mimeTypes": ["text/html;profile=mcp-app"]},
}
"""Extensions that can be switched on, with what is declared of them. Apps are shown as source, never run."""

_AS_TASKS = {"sampling": "createMessage", "elicitation": "create"}
_FLAGS = frozenset({"roots.listChanged"})


def capabilities(serves: Collection[str], version: str) -> dict[str, Any]:
    """What to declare in `version`: of what is served, whatever that version has a word for.

    Before 2025-11-25 elicitation has no modes and means forms: nothing tells of URLs there. Extensions are
    declared in every version, as hosts do it since before there was a word for them; but tasks, which the
    legacy eras have in their core. `tasks` covers whatever else is served that may be asked as one.

    Args:
        serves: Words of `SERVABLE` and identifiers of extensions; of one that is not in `EXTENSIONS`, nothing
            but its identifier is declared.
        version: The protocol version.
    """
    known = CAPABILITIES[version].client if version in CAPABILITIES else frozenset()
    declared: dict[str, Any] = {}
    for path in SERVABLE:
        name, _, part = path.partition(".")
        if path not in serves or name not in known:
            continue
        if path in known:
            whole = declared.setdefault(name, {})
            if part:
                whole[part] = path in _FLAGS or {}
        elif path == "elicitation.form":
            declared[name] = {}
    if "tasks" in declared:
        requests: dict[str, Any] = {kind: {part: {}} for kind, part in _AS_TASKS.items() if kind in declared}
        declared["tasks"] = {"list": {}, "cancel": {}, "requests": requests}
    extensions = {
        name: dict(EXTENSIONS.get(name, {}))
        for name in sorted(serves)
        if "/" in name and not (name == TASKS_EXTENSION and era(version) == "legacy")
    }
    return declared | ({"extensions": extensions} if extensions else {})


def with_extension(declared: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Declared capabilities with an extension among them, as a request that needs it has to declare it."""
    extensions = declared.get("extensions")
    extensions = dict(extensions) if isinstance(extensions, Mapping) else {}
    extensions.setdefault(name, dict(EXTENSIONS.get(name, {})))
    return {**declared, "extensions": extensions}


def kind_of(method: str, params: Mapping[str, Any]) -> AskedKind:
    """What a request of the server wants. An elicitation without a mode is a form (client/elicitation)."""
    match method:
        case "roots/list":
            return "roots"
        case "sampling/createMessage":
            return "sampling"
        case "elicitation/create":
            return "elicitation-url" if params.get("mode") == "url" else "elicitation-form"
    return "other"


def declares(declared: Mapping[str, Any], kind: AskedKind) -> bool:
    """Whether declared capabilities cover requests of a kind."""
    name, _, mode = kind.partition("-")
    whole = declared.get(name)
    if whole is None or not mode:
        return whole is not None
    modes = whole if isinstance(whole, Mapping) else {}
    return mode in modes or (mode == "form" and "url" not in modes)
