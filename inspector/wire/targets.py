"""What a message is about, in a few words for a column of a table. It knows no table and no terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inspector.wire.methods import LISTS

_LONGEST_TARGET = 512


def target_of(method: str | None, params: Mapping[str, Any]) -> str:
    """What a request or notification is about: a tool's name, a URI, a level, `3/10`; empty if nothing.

    The text is the peer's own, cut to 512 characters and otherwise as received: make it `visible`.
    """
    find = _TARGETS.get(method or "")
    return find(params)[:_LONGEST_TARGET] if find else ""


def _text(value: object) -> str:
    if isinstance(value, str):
        return value[:_LONGEST_TARGET]
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**40 else "a huge number"
    return ""


def _member(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda params: _text(params.get(name))


def _progress(params: Mapping[str, Any]) -> str:
    done, total = _text(params.get("progress")), _text(params.get("total"))
    return f"{done}/{total}" if done and total else done


def _completion(params: Mapping[str, Any]) -> str:
    ref, argument = params.get("ref"), params.get("argument")
    of = (_text(ref.get("name")) or _text(ref.get("uri"))) if isinstance(ref, dict) else ""
    name = _text(argument.get("name")) if isinstance(argument, dict) else ""
    return f"{of} {name}".strip()


def _subscribed(params: Mapping[str, Any]) -> str:
    wanted = params.get("notifications")
    if not isinstance(wanted, dict):
        return ""
    return " ".join(name for name in list(wanted)[:16] if wanted[name] not in (False, None))


def _task(params: Mapping[str, Any]) -> str:
    return f"{_text(params.get('taskId'))} {_text(params.get('status'))}".strip()


_TARGETS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "initialize": _member("protocolVersion"),
    "tools/call": _member("name"),
    "prompts/get": _member("name"),
    "resources/read": _member("uri"),
    "resources/subscribe": _member("uri"),
    "resources/unsubscribe": _member("uri"),
    "completion/complete": _completion,
    "logging/setLevel": _member("level"),
    "subscriptions/listen": _subscribed,
    "elicitation/create": _member("message"),
    "tasks/get": _member("taskId"),
    "tasks/result": _member("taskId"),
    "tasks/cancel": _member("taskId"),
    "tasks/update": _member("taskId"),
    "notifications/cancelled": _member("requestId"),
    "notifications/progress": _progress,
    "notifications/message": _member("level"),
    "notifications/resources/updated": _member("uri"),
    "notifications/subscriptions/acknowledged": _subscribed,
    "notifications/elicitation/complete": _member("elicitationId"),
    "notifications/tasks/status": _task,
    "notifications/tasks": _task,
    **dict.fromkeys((listing.method for listing in LISTS.values()), _member("cursor")),
    "tasks/list": _member("cursor"),
}
