"""Sentences about how things ended: a process, an exchange, a connection.

For people, with the cause first. Server text in them is made safe for a terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from inspector.wire.event import Kind
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

_LOOK_BACK = 5000
_WIDTH = 300

_STAGES: Mapping[str, str] = {
    "dns": "the host name was not found",
    "connect": "nothing accepted the connection",
    "tls": "the TLS handshake failed",
    "send": "the request could not be sent",
    "wait": "no response came",
    "read": "the response broke off",
}


def exit_says(exit: Mapping[str, Any]) -> str:
    """How a process ended, without a full stop: `the server exited with code 3`.

    Args:
        exit: The data of the journal's `exited` event.
    """
    if exit.get("signal"):
        return f"the server was killed by {exit['signal']}"
    if exit.get("code") is None:
        return "the server exited"
    return f"the server exited with code {exit['code']}"


def last_words(journal: Journal, conn: int | None = None, stream: Kind = Kind.STDERR) -> str:
    """What the server last wrote to stderr, one safe line; empty if it wrote nothing.

    Args:
        journal: Where to look.
        conn: The connection; the newest where `None`.
        stream: `STDOUT` for what is no message there instead.
    """
    newest = len(journal) - 1
    if newest < 0:
        return ""
    wanted = journal.conn(newest) if conn is None else conn
    for seq in range(newest, max(-1, newest - _LOOK_BACK), -1):
        if journal.conn(seq) < wanted:
            break
        if journal.conn(seq) == wanted and journal.kind(seq) is stream:
            text = journal.head(seq).decode("utf-8", "replace").strip()
            if text:
                return clip(visible(text), _WIDTH)
    return ""


LAST_WROTE = "; it last wrote to "
"""Stands in every sentence that quotes a server's last words."""


def with_last_words(says: str, journal: Journal) -> str:
    """A sentence about an end, and what the server last said: on stderr, or else beside the messages."""
    for stream in (Kind.STDERR, Kind.STDOUT):
        words = last_words(journal, stream=stream)
        if words:
            return f"{says}{LAST_WROTE}{stream.word}: {words}"
    return says


def exchange_says(end: Mapping[str, Any]) -> str:
    """How an HTTP exchange ended without an answer, without a full stop.

    Args:
        end: The data of the journal's `end` event.
    """
    status, error = end.get("status"), visible(str(end.get("error") or ""))
    because = f" ({clip(error, _WIDTH)})" if error else ""
    if status is None:
        return clip(error, _WIDTH) or _STAGES.get(str(end.get("stage")), "no response came")
    if isinstance(end.get("redirect"), str):
        because = f"; {clip(error, _WIDTH)}" if error else ""
        return f"the server answered {status} and points to {clip(visible(end['redirect']), _WIDTH)}{because}"
    match end.get("outcome"):
        case "complete" if status == 202:
            return "the server answered 202, which promises no reply to a request"
        case "complete" if isinstance(status, int) and status >= 400:
            return f"the server answered {status}"
        case "complete":
            return f"the server answered {status} without a JSON-RPC reply"
        case "closed-early" | "failed":
            return f"the server answered {status}, and the response broke off before the reply{because}"
        case "aborted":
            return f"the exchange was given up after status {status}"
    return f"the server answered {status} without a JSON-RPC reply{because}"
