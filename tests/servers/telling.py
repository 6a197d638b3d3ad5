"""Tells by itself: what was subscribed to is updated at once, a level brings messages, and the lists change.

    telling.py [ends]

A URI with `forbidden` in it is refused. With `ends` it exits with code 3 after telling.
"""

from __future__ import annotations

import sys
from typing import Any

from _stdio import fail, notify, reply, serve, text


def go(id: Any) -> None:
    notify("notifications/tools/list_changed")
    reply(id, text("done"))


def more(id: Any, method: str, params: dict[str, Any]) -> bool:
    """Subscriptions and levels."""
    uri = str(params.get("uri"))
    if method == "logging/setLevel":
        reply(id, {})
        notify("notifications/message", {"level": "error", "logger": "telling", "data": {"why": "\x1b[1m"}})
    elif method == "resources/subscribe" and "forbidden" in uri:
        fail(id, -32602, "not this one")
    elif method == "resources/subscribe":
        reply(id, {})
        notify("notifications/resources/updated", {"uri": uri})
        notify("notifications/tools/list_changed")
        if "ends" in sys.argv:
            sys.exit(3)
    else:
        return False
    return True


serve(
    go,
    more=more,
    capabilities={"tools": {"listChanged": True}, "resources": {"subscribe": True}, "logging": {}},
)
