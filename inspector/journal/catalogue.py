"""What the server offers, as far as the journal has seen it: a fold over a few of its rows.

It asks nothing and validates nothing; entries stand as the server sent them, in its order.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from inspector.wire.event import Direction, Event, Kind, Shape
from inspector.wire.jsonrpc import Frame, id_key
from inspector.wire.methods import LISTS
from inspector.wire.versions import META_CLIENT_CAPABILITIES, META_PROTOCOL_VERSION, META_SERVER_INFO

if TYPE_CHECKING:
    from inspector.journal.journal import Journal

_SECTIONS = {listed.method: (name, listed.key) for name, listed in LISTS.items()}
_ASKED = frozenset({"initialize", "server/discover", *_SECTIONS})
_NOTHING: Mapping[str, Any] = {}


class Catalogue:
    """What the server of one connection offers. A new connection begins it anew.

    Attributes:
        conn: Number of the connection; 0 before the first.
        era: `legacy` or `modern`, once known.
        protocol_version: The version spoken, once known.
        server_info: Name, version and title, as sent.
        capabilities: As sent.
        instructions: As sent.
        tools: Entries over all pages, as sent; likewise `resources`, `templates`, `prompts`.
        complete: For each section, whether its last page was seen.
        cursors: For each section, what the pages so far gave as `nextCursor`, where that is a string; a
            listing that is not complete goes on with the last one.
        pages: For each section, how many pages were seen.
        client_capabilities: What the client declared when it asked for the server's.
        exits: The data of the process's exit; `None` while it lives.
        revision: Raised by each change, never lowered.
    """

    def __init__(self) -> None:
        self.revision = 0
        self._begin(0)

    @classmethod
    def of(cls, journal: Journal, upto: int | None = None) -> Catalogue:
        """The catalogue as it was when the journal had `upto` events; as it is, where `None`."""
        made = cls()
        for seq in journal.landmarks:
            if upto is not None and seq >= upto:
                break
            made.see(journal.event(seq))
        return made

    def _begin(self, conn: int) -> None:
        self.conn = conn
        self.era: str | None = None
        self.protocol_version: str | None = None
        self.server_info: Mapping[str, Any] = _NOTHING
        self.capabilities: Mapping[str, Any] = _NOTHING
        self.instructions = ""
        self.client_capabilities: Mapping[str, Any] = _NOTHING
        self.tools: list[Any] = []
        self.resources: list[Any] = []
        self.templates: list[Any] = []
        self.prompts: list[Any] = []
        self.complete = dict.fromkeys(LISTS, False)
        self.cursors: dict[str, list[str]] = {name: [] for name in LISTS}
        self.pages = dict.fromkeys(LISTS, 0)
        self.exits: Mapping[str, Any] | None = None
        self._asked: dict[str, Frame] = {}

    def section(self, name: str) -> list[Any]:
        """The entries of `tools`, `resources`, `templates` or `prompts`."""
        found: list[Any] = getattr(self, name)
        return found

    def schema_of(self, tool: str) -> Any:
        """The `inputSchema` of the first tool of a name, empty where it has none; `None` for no such tool."""
        found = (each for each in self.tools if isinstance(each, Mapping) and each.get("name") == tool)
        entry = next(found, None)
        return None if entry is None else entry.get("inputSchema") or {}

    def goes_on(self, name: str) -> bool:
        """Whether a page after the last one can be asked for, and would be another one."""
        cursors = self.cursors[name]
        known = bool(cursors) and len(cursors) == self.pages[name]
        return known and not self.complete[name] and cursors[-1] not in cursors[:-1]

    def facts(self) -> dict[str, Any]:
        """All of it as one plain value, to compare and to print."""
        return {
            "conn": self.conn,
            "era": self.era,
            "protocolVersion": self.protocol_version,
            "serverInfo": dict(self.server_info),
            "capabilities": dict(self.capabilities),
            "instructions": self.instructions,
            "clientCapabilities": dict(self.client_capabilities),
            **{name: list(self.section(name)) for name in LISTS},
            "complete": dict(self.complete),
            "exits": self.exits,
        }

    def see(self, event: Event) -> None:
        """Take in the next event. Those that say nothing here are passed over."""
        if event.kind is Kind.CLIENT:
            self._decided(event)
        elif event.kind is Kind.PROCESS:
            if event.what == "exited":
                self.exits = event.data
                self.revision += 1
        elif event.frame is not None:
            for frame in event.frame.items:
                if event.direction is Direction.C2S:
                    self._request(frame)
                else:
                    self._reply(frame)

    def _decided(self, event: Event) -> None:
        if event.what == "connecting":
            self._begin(event.conn)
            self.revision += 1
        elif event.what == "negotiated":
            self.protocol_version = _text(event.data.get("version")) or self.protocol_version
            self.era = _text(event.data.get("era")) or self.era
            self.revision += 1

    def _request(self, frame: Frame) -> None:
        if frame.shape is Shape.REQUEST and frame.method in _ASKED and frame.id is not None:
            self._asked[id_key(frame.id)] = frame

    def _reply(self, frame: Frame) -> None:
        if frame.id is None or frame.shape not in (Shape.RESPONSE, Shape.ERROR):
            return
        request = self._asked.pop(id_key(frame.id), None)
        result = frame.result
        if request is None or frame.shape is Shape.ERROR or not isinstance(result, dict):
            return
        if request.method in _SECTIONS:
            self._page(*_SECTIONS[request.method], request.params.get("cursor"), result)
        elif request.method == "initialize":
            self._server(result, result.get("serverInfo"))
            self.client_capabilities = _object(request.params.get("capabilities"))
            self.protocol_version = _text(result.get("protocolVersion")) or self.protocol_version
            self.era = "legacy"
        else:
            self._server(result, _object(result.get("_meta")).get(META_SERVER_INFO))
            meta = _object(request.params.get("_meta"))
            self.client_capabilities = _object(meta.get(META_CLIENT_CAPABILITIES))
            spoken = _text(meta.get(META_PROTOCOL_VERSION))
            self.protocol_version = spoken or self.protocol_version
            self.era = "modern"
        self.revision += 1

    def _server(self, result: Mapping[str, Any], info: object) -> None:
        self.server_info = _object(info) or _object(result.get("serverInfo"))
        self.capabilities = _object(result.get("capabilities"))
        self.instructions = _text(result.get("instructions"))

    def _page(self, name: str, key: str, cursor: object, result: Mapping[str, Any]) -> None:
        entries = result.get(key)
        found = list(entries) if isinstance(entries, list) else []
        if cursor is None:
            setattr(self, name, found)
            self.cursors[name], self.pages[name] = [], 0
        else:
            self.section(name).extend(found)
        following = result.get("nextCursor")
        self.complete[name] = following is None
        self.pages[name] += 1
        if isinstance(following, str):
            self.cursors[name].append(following)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else _NOTHING


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
