"""A call with a story, written down by hand: on a pipe, with progress, a gap, a question and stderr."""

from __future__ import annotations

from typing import Any

from inspector.journal.journal import Journal
from inspector.wire.event import Direction, Kind
from inspector.wire.jsonrpc import notification, request, response

ARGV = ["python", "-m", "weather"]


class Written:
    """A journal and a clock that goes on when it is told to."""

    def __init__(self, target: dict[str, Any] | None = None) -> None:
        self.now = 0.0
        self.journal = Journal.create(
            target=target or {"transport": "stdio", "argv": ARGV}, clock=lambda: self.now
        )

    def after(self, seconds: float) -> Written:
        """Later by so much."""
        self.now += seconds
        return self

    def sends(self, body: bytes, exchange: int | None = None) -> int:
        return self.journal.append(Kind.MESSAGE, Direction.C2S, body, exchange=exchange).seq

    def gets(self, body: bytes, exchange: int | None = None) -> int:
        return self.journal.append(Kind.MESSAGE, Direction.S2C, body, exchange=exchange).seq

    def prints(self, text: bytes, kind: Kind = Kind.STDERR) -> int:
        return self.journal.append(kind, Direction.S2C, text).seq

    def step(self, kind: Kind, what: str, exchange: int | None = None, **data: Any) -> int:
        ways = {"request": Direction.C2S, "response": Direction.S2C}
        way = ways.get(what, Direction.NONE) if kind is Kind.HTTP else Direction.NONE
        return self.journal.append(kind, way, data={"what": what, **data}, exchange=exchange).seq

    def progress(self, token: Any, value: Any, total: Any = None, message: str = "") -> int:
        params = {"progressToken": token, "progress": value}
        params |= {"total": total} if total is not None else {}
        return self.gets(
            notification("notifications/progress", params | ({"message": message} if message else {}))
        )


def connected(written: Written) -> None:
    """The beginning of every session: rows 0 to 5."""
    written.step(Kind.CLIENT, "connecting", protocol="auto", target={"argv": ARGV})
    written.step(Kind.PROCESS, "started", argv=ARGV, pid=4242)
    ours = {
        "protocolVersion": "2025-11-25",
        "clientInfo": {"name": "mcp-inspect", "version": "0"},
        "capabilities": {},
    }
    theirs = {"protocolVersion": "2025-11-25", "serverInfo": {"name": "weather", "version": "2.1.0"},
              "capabilities": {"tools": {}}}  # fmt: skip
    written.after(0.004).sends(request(0, "initialize", ours))
    written.after(0.061).gets(response(0, theirs))
    written.after(0.001).step(
        Kind.CLIENT, "negotiated", version="2025-11-25", reason="the server answered initialize"
    )
    written.sends(notification("notifications/initialized"))


def booking() -> Written:
    """A booking of 9 seconds: rows 6 to 33."""
    written = Written()
    connected(written)
    arguments = {"city": "Oslo", "nights": 2}
    call = {"name": "book_hotel", "arguments": arguments, "_meta": {"progressToken": "p-1"}}
    written.after(3).sends(request(1, "tools/call", call))
    written.after(0.012).prints(b"INFO  hotels: searching Oslo, 2 nights")
    written.after(0.14).progress("p-1", 1, 5, "asking 3 providers")
    for number in range(12):
        written.after(0.021).prints(f"DEBUG hotels: page {number + 1} of 12".encode())
    written.after(0.12).progress("p-1", 2, 5, "comparing prices")
    written.after(1.84).prints(b"WARN  hotels: provider fjord-hotels is slow", Kind.STDERR)
    written.after(0.03).progress("p-1", 3, 5)
    form = {"type": "object", "properties": {"sure": {"type": "boolean"}}}
    params = {"mode": "form", "message": "Book Grand Hotel for 2,480 NOK?", "requestedSchema": form}
    asked = written.after(0.2).gets(request("q-1", "elicitation/create", params))
    answered = {"state": "answered", "by": "user", "asked": "elicitation-form", "number": 1, "request": asked}
    written.after(4.26).step(Kind.CLIENT, "answered", **answered)
    written.sends(response("q-1", {"action": "accept", "content": {"sure": True}}))
    written.after(0.02).prints(b"booked: 7f3a", Kind.STDOUT)
    written.after(0.31).progress("p-1", 5, 5, "done")
    written.after(0.002).gets(
        response(1, {"content": [{"type": "text", "text": "Booked: Grand Hotel, 2 nights"}]})
    )
    written.after(0.4).prints(b"INFO  hotels: idle")
    written.after(1).sends(request(2, "ping"))
    written.after(0.001).gets(response(2, {}))
    return written
