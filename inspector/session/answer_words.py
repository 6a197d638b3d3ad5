"""What a server's answer to an opening says: the versions it names, its error in words. Decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inspector.errors import ConnectionFailed
from inspector.session.moves import Refused
from inspector.session.outcome import HttpFailed, Replied
from inspector.wire.versions import ALL
from inspector.wire.visible import clip, visible


def status_says(outcome: HttpFailed) -> str:
    """The HTTP status of what failed by one; else why it failed."""
    return str(outcome.status) if outcome.status is not None and outcome.status >= 400 else outcome.says


def incompatible(theirs: list[str], says: str, ours: tuple[str, ...] = ALL, **facts: Any) -> Refused:
    """The end of it: no version of `theirs` is one of `ours`. `says` is what told of theirs."""
    return Refused(
        ConnectionFailed(
            f"No common protocol version: {says[0].lower()}{says[1:]} {listed(theirs)}, "
            f"and mcp-inspect speaks {listed(list(ours))}",
            next="Force one with --protocol VERSION if the server's list is wrong",
            **facts,
        )
    )


def versions(reply: Replied, key: str) -> list[str]:
    """The list of versions in a result or in an error's data; empty for anything else."""
    holder = reply.result if reply.ok else reply.error.get("data")
    listed = holder.get(key) if isinstance(holder, Mapping) else None
    return [version for version in listed if isinstance(version, str)] if isinstance(listed, list) else []


def best(ours: tuple[str, ...], theirs: list[str]) -> str | None:
    """The newest of `ours`, which stand oldest first, that is one of `theirs`."""
    return next((version for version in reversed(ours) if version in theirs), None)


def listed(versions: list[str]) -> str:
    """Versions as the server spells them, safe for a terminal."""
    return clip(visible(", ".join(versions)), 200) or "none"


def error_says(reply: Replied) -> str:
    """Code and message of a JSON-RPC error, safe for a terminal."""
    code, message = reply.error.get("code"), reply.error.get("message")
    if not reply.error:
        return "an answer that is neither result nor error"
    text = clip(visible(message), 300) if isinstance(message, str) else ""
    return f"error {clip(visible(str(code)), 20)}" + (f" ({text})" if text else "")


def error_facts(reply: Replied) -> dict[str, Any]:
    """The same for programs, as received."""
    return {"code": reply.error.get("code"), "data": reply.error.get("data")}
