"""A recording in which much happens at once: calls that overlap, fail, report progress, wait for ever."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inspector.journal.journal import Journal
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Event, Kind

Step = tuple[float, Callable[[], Event]]


class _Script:
    """Things to happen at given times, in any order of writing."""

    def __init__(self, target: dict[str, Any]) -> None:
        self._now = 0.0
        self.journal = Journal.create(target=target, clock=lambda: self._now)
        self._steps: list[Step] = []
        self.more: dict[str, Any] = {}

    def at(
        self, time: float, kind: Kind, way: Direction = Direction.NONE, body: bytes = b"", **data: Any
    ) -> None:
        more = dict(self.more)
        self._steps.append((time, lambda: self.journal.append(kind, way, body, data=data or None, **more)))

    def call(
        self, begin: float, end: float | None, id: int, tool: str, *, fails: bool = False, reports: int = 0
    ) -> None:
        params = {"name": tool, "arguments": {}, "_meta": {"progressToken": id}}
        self.at(begin, Kind.MESSAGE, Direction.C2S, jsonrpc.request(id, "tools/call", params))
        for number in range(1, reports + 1):
            told = {"progressToken": id, "progress": number, "total": reports}
            when = begin + ((end or 9) - begin) * number / (reports + 1)
            self.at(when, Kind.MESSAGE, Direction.S2C, jsonrpc.notification("notifications/progress", told))
        if end is not None:
            good = jsonrpc.response(id, {"content": []})
            answer = jsonrpc.error_response(id, -32000, "out of stock") if fails else good
            self.at(end, Kind.MESSAGE, Direction.S2C, answer)

    def played(self) -> Journal:
        for time, step in sorted(self._steps, key=lambda each: each[0]):
            self._now = time
            step()
        return self.journal


def shop(url: str = "") -> Journal:
    """Eight seconds of a shop's server: 49 rows, of which the last is its death."""
    script = _Script({"url": url} if url else {"argv": ["shop-server"]})
    who = {
        "protocolVersion": "2025-11-25",
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "shop", "version": "1"},
    }
    script.at(0, Kind.CLIENT, what="connecting", protocol="auto")
    script.at(0.01, Kind.PROCESS, what="started", argv=["shop-server"], pid=3)
    script.at(
        0.1, Kind.MESSAGE, Direction.C2S, jsonrpc.request(1, "initialize", {"protocolVersion": "2025-11-25"})
    )
    script.at(0.4, Kind.MESSAGE, Direction.S2C, jsonrpc.response(1, who))
    script.call(1, 1.2, 2, "search")
    script.call(1.1, 2.5, 3, "reindex", reports=4)
    script.call(1.5, 1.8, 4, "order", fails=True)
    script.call(2, 2.3, 5, "search")
    script.call(3, 3.4, 6, "order")
    script.call(3.1, None, 7, "wait-for-ever")
    for number in range(12):
        begin = 4 + number / 4
        script.call(begin, begin + 0.1 + 0.03 * number, 10 + number, "search", fails=number == 7)
    script.at(1.55, Kind.STDERR, Direction.S2C, b"warning: slow disk")
    script.at(1.56, Kind.STDERR, Direction.S2C, b"warning: slow disk")
    script.at(3.2, Kind.STDOUT, Direction.S2C, b"a stray line")
    script.at(
        2.1, Kind.MESSAGE, Direction.S2C, jsonrpc.request("s1", "sampling/createMessage", {"messages": []})
    )
    script.at(2.9, Kind.MESSAGE, Direction.C2S, jsonrpc.response("s1", {}))
    script.at(8, Kind.PROCESS, what="exited", code=3)
    return script.played()
