"""When whoever waits for a message that is held will probably give up. It reads a journal and nothing else.

Nobody says on the wire how long he waits, so this is a table of what is known of programs, by the name that
they give themselves; what is not known is said to be unknown. Where the figures come from:

- TypeScript SDK: `DEFAULT_REQUEST_TIMEOUT_MSEC = 60000` (packages/…/shared/protocol.ts). Progress begins the
  time anew only where the caller says `resetTimeoutOnProgress`.
- Python SDK: `ClientSession(read_timeout_seconds=None)`: no limit unless the program sets one. `fastmcp`'s
  client is built on it (`timeout=None`).
- Claude Desktop, Cursor, Windsurf: built on the TypeScript SDK with its default, as their users measure it
  (anthropics/claude-code issues 22542, 43791, 63379). Newer Claude Desktop gives tools 4 minutes (44032); the
  shorter one is told.
- Claude Code: `MCP_TIMEOUT` for connecting, 30 s; `MCP_TOOL_TIMEOUT` for tools, by default more than a day.
- Codex: `startup_timeout_sec` 10, `tool_timeout_sec` 60 (config.toml). Gemini CLI: `timeout` 600,000 ms
  (settings.json). Zed: context servers' `timeout` 60 s. The official Inspector: its
  settings' request timeout, the SDK's by default.
- This program's own calls: their deadline stands still while one of their messages is held.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from inspector.wire.event import Direction, Shape
from inspector.wire.jsonrpc import encode
from inspector.wire.versions import META_CLIENT_INFO
from inspector.wire.visible import clip, visible

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

SOON, NEAR = 10.0, 30.0
"""Seconds before the end from which on it is told in red, and in amber."""
_LARGEST = 262_144
_MOST_CANCELS = 1_000
_REPLIES = (Shape.RESPONSE, Shape.ERROR)
_OPENING = ("initialize", "server/discover")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one program.

    Attributes:
        name: What people call it.
        call: Seconds that it waits for an answer; `None` for as long as it takes.
        opening: The same while connecting, where that differs.
    """

    name: str
    call: float | None
    opening: float | None = None


_SDK = 60.0
_KNOWN: tuple[tuple[re.Pattern[str], Known], ...] = tuple(
    (re.compile(pattern), known)
    for pattern, known in (
        (r"^claude-code", Known("Claude Code", None, 30.0)),
        (r"^claude-ai|^claude", Known("Claude Desktop", _SDK)),
        (r"^cursor", Known("Cursor", _SDK)),
        (r"^windsurf|^codeium", Known("Windsurf", _SDK)),
        (r"^zed", Known("Zed", 60.0)),
        (r"^codex", Known("Codex", 60.0, 10.0)),
        (r"^gemini", Known("Gemini CLI", 600.0)),
        (r"inspector", Known("the Inspector", _SDK)),
        (r"^mcporter", Known("mcporter", _SDK)),
        (r"^visual studio code|^vscode", Known("VS Code", None)),
        (r"^mcp$|^fastmcp|^mcp-python|python", Known("the Python SDK", None)),
    )
)
"""By the name of `clientInfo`, in lower case; the first that suits."""


@dataclass(frozen=True, slots=True)
class Waiter:
    """Who waits for what a held message brings.

    Attributes:
        who: In words, safe for a terminal; empty where nobody waits.
        until: When he gives up, in seconds since the journal's start; `None` where that is not known.
        why: What is known where `until` is not: `waits without limit`, `its clock stands still`.
    """

    who: str = ""
    until: float | None = None
    why: str = ""

    def words(self, now: float) -> str:
        """`Cursor gives up in ~0:42`; empty where nobody waits."""
        if not self.who:
            return ""
        if self.until is None:
            return f"{self.who} {self.why}"
        left = self.until - now
        if left <= 0:
            return f"{self.who} has probably given up"
        return (
            f"{self.who} gives up in ~{left:.0f} s"
            if left < 600
            else f"{self.who} gives up in ~{left / 60:.0f} min"
        )

    def role(self, now: float) -> str:
        """How near that is, as a role of a sheet: `muted`, `warning`, `error`."""
        if self.until is None:
            return "muted"
        left = self.until - now
        return "error" if left <= SOON else "warning" if left <= NEAR else "muted"


def waiter(journal: Journal, row: int) -> Waiter:
    """Who waits while row `row` is held, and until when."""
    shape, towards_server = journal.shape(row), journal.direction(row) is Direction.C2S
    if shape is Shape.REQUEST:
        asked = row
    elif shape in _REPLIES and journal.peer(row) >= 0:
        asked = journal.peer(row)
    else:
        return Waiter()
    client_waits = towards_server == (shape is Shape.REQUEST)
    if not client_waits:
        return Waiter("the server", None, "waits, nobody knows how long")
    if journal.header.mode == "client":
        return Waiter("our own call", None, "waits: its clock stands still")
    info = client_info(journal, asked)
    known = program(info)
    if known is None:
        name = clip(visible(str(info.get("name", ""))[:80]), 30)
        return Waiter(name or "the client", None, "waits, nobody knows how long")
    opening = journal.method(asked) in _OPENING and known.opening is not None
    limit = known.opening if opening else known.call
    if limit is None:
        return Waiter(known.name, None, "waits without limit")
    return Waiter(known.name, journal.time(asked) + limit)


class Cancels:
    """Which requests their senders said to have given up (`notifications/cancelled`).

    Args:
        journal: Where that is looked up, each notice once.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._read = 0
        self._known: dict[tuple[int, Direction, str], int] = {}

    def at(self, row: int) -> float | None:
        """When whoever waits for what row `row` brings gave up; `None` where he did not say so."""
        journal = self._journal
        self._advance()
        asked = row if journal.shape(row) is Shape.REQUEST else journal.peer(row)
        if asked < 0 or not self._known or journal.size(asked) > _LARGEST:
            return None
        frame = journal.event(asked).frame
        key = (journal.conn(asked), journal.direction(asked), (frame.id or "") if frame is not None else "")
        notice = self._known.get(key, -1)
        return journal.time(notice) if notice > asked else None

    def _advance(self) -> None:
        journal = self._journal
        rows = journal.rows_with_method("notifications/cancelled")
        for row in rows[max(self._read, len(rows) - _MOST_CANCELS) :]:
            request = _params(journal, row).get("requestId")
            if isinstance(request, str | int) and not isinstance(request, bool):
                key = (journal.conn(row), journal.direction(row), encode(request).decode())
                self._known[key] = row
        self._read = len(rows)


def program(info: Mapping[str, Any]) -> Known | None:
    """What is known of the program that names itself so (`clientInfo`)."""
    name = info.get("name")
    if not isinstance(name, str):
        return None
    lower = name[:200].strip().lower()
    return next((known for pattern, known in _KNOWN if pattern.search(lower)), None)


def client_info(journal: Journal, row: int) -> Mapping[str, Any]:
    """What the client of row `row` called itself: in the request itself (2026-07-28), else when it began."""
    own = _params(journal, row).get("_meta")
    info = own.get(META_CLIENT_INFO) if isinstance(own, Mapping) else None
    if isinstance(info, Mapping):
        return info
    begun = journal.rows_with_method("initialize")
    first = next((each for each in reversed(begun) if each <= row and _begins(journal, each, row)), None)
    info = _params(journal, first).get("clientInfo") if first is not None else None
    return info if isinstance(info, Mapping) else {}


def _begins(journal: Journal, row: int, of: int) -> bool:
    return journal.shape(row) is Shape.REQUEST and journal.conn(row) == journal.conn(of)


def _params(journal: Journal, row: int) -> Mapping[str, Any]:
    if journal.size(row) > _LARGEST:
        return {}
    frame = journal.event(row).frame
    value = frame.value if frame is not None else None
    params = value.get("params") if isinstance(value, Mapping) else None
    return params if isinstance(params, Mapping) else {}
