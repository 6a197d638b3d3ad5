"""What the tests of serving share: sessions that are recorded, what serves them, and both compared."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from inspector.journal.journal import Journal
from inspector.serving.eras import Spoken
from inspector.serving.said import Heard, Said, Ways
from inspector.serving.script import Script
from inspector.serving.serving import Serving
from inspector.session.answers import Answers, Policies
from inspector.session.answers import Script as Scripted
from inspector.session.outcome import Outcome, Replied
from inspector.session.owner import Options, open_session
from inspector.session.serving import ANSWERABLE
from inspector.transport.base import Transport
from inspector.transport.target import HttpTarget, StdioTarget, Target
from inspector.wire.event import Direction, Kind
from tests.conftest import SERVERS

ANSWERS = {"roots": ["file:///a"], "sampling": "Yes.", "elicitation": {"name": "Ada", "word": "so"}}
VISITS = Scripted(Answers({"elicitation": "accept"}))
Asked = tuple[str, Any]


def tool(name: str, /, **arguments: Any) -> Asked:
    """A call of a tool."""
    return "tools/call", {"name": name, "arguments": arguments}


def command(script: str, *words: str) -> StdioTarget:
    """One of the small servers."""
    return StdioTarget((sys.executable, str(SERVERS / script), *words))


def serving(file: Path, *words: str) -> StdioTarget:
    """The recording as a server."""
    return StdioTarget((sys.executable, "-P", "-m", "inspector", "serve", str(file), *words))


async def talk(
    target: Target | Transport,
    journal: Journal,
    asked: Sequence[Asked],
    protocol: str = "auto",
    timeout: float = 20,
) -> list[Any]:
    """A session that lists everything and asks for `asked`; what came of each, and how much progress."""
    options = Options(
        protocol=protocol,
        serves=ANSWERABLE,
        policies=replace(Policies.every(Scripted(Answers(ANSWERS))), url=VISITS),
        timeout=timeout,
    )
    found: list[Any] = []
    async with open_session(target, journal, options) as session:
        listings = await session.list_all()
        found.append({section: listing.entries for section, listing in listings.items()})
        for method, params in asked:
            progress: list[Any] = []
            outcome = await session.call(method, params, on_progress=progress.append)
            found.append((method, _result(outcome), len(progress)))
    return found


def _result(outcome: Outcome) -> Any:
    if not isinstance(outcome, Replied):
        return type(outcome).__name__
    return outcome.result if outcome.ok else dict(outcome.error)


async def recorded(
    file: Path, target: Target | Transport, asked: Sequence[Asked], protocol: str = "auto"
) -> list[Any]:
    """The same, kept in a file."""
    described = target.describe() if isinstance(target, StdioTarget | HttpTarget) else {}
    journal = Journal.create(file, target=described)
    try:
        return await talk(target, journal, asked, protocol)
    finally:
        journal.close()


def seen(journal: Journal) -> list[Any]:
    """What a client saw of its server, in order, but for ids and tokens."""
    found: list[Any] = []
    for row in range(len(journal)):
        kind = journal.kind(row)
        if kind is Kind.STDOUT:
            found.append(("stdout", journal.body(row)))
        elif kind is Kind.PROCESS and journal.data(row)["what"] == "exited":
            data = journal.data(row)
            found.append(("exited", data["code"], data["signal"], data["rung"]))
        elif kind is Kind.MESSAGE and journal.direction(row) is Direction.S2C:
            frame = journal.event(row).frame
            assert frame is not None
            found.append((frame.shape.word, frame.method, plain(frame.value), frame.faults))
    return found


def plain(value: Any) -> Any:
    """A message without what belongs to one session."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if not isinstance(value, dict):
        return repr(value)  # NaN is not equal to itself
    gone = ("id", "progressToken", "io.modelcontextprotocol/subscriptionId", "requestId")
    return {key: plain(each) for key, each in value.items() if key not in gone}


class Play:
    """A journal that a test writes by hand, and a client of the server that it makes."""

    def __init__(self, path: Path | None = None) -> None:
        self.now = 0.0
        self.journal = Journal.create(path, clock=lambda: self.now)
        self.heard = Heard()
        self._serving: Serving | None = None
        self.ways = Ways()

    def client(self, message: Any, at: float | None = None, **more: Any) -> int:
        return self._write(Direction.C2S, message, at, more)

    def server(self, message: Any, at: float | None = None, **more: Any) -> int:
        return self._write(Direction.S2C, message, at, more)

    def step(self, kind: Kind, what: str, **data: Any) -> int:
        return self.journal.append(kind, data={"what": what, **data}).seq

    def _write(self, way: Direction, message: Any, at: float | None, more: Mapping[str, Any]) -> int:
        self.now = self.now if at is None else at
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return self.journal.append(Kind.MESSAGE, way, body, **more).seq

    def call(self, id: int, method: str, params: Any, result: Any, at: float | None = None) -> None:
        """A request and its result."""
        self.client(request(id, method, params), at)
        self.server({"jsonrpc": "2.0", "id": id, "result": result}, at)

    @property
    def serving(self) -> Serving:
        if self._serving is None:
            self._serving = Serving(Script(self.journal), Spoken(self.journal), self.ways, self.heard)
        return self._serving

    def tell(self, message: Any, now: float = 0.0, via: int = 0) -> list[Any]:
        """Feed a message, and what is said to it at once."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.serving.feed(body, now, via)
        return said(self.serving.due(now))

    def ask(self, id: Any, method: str, params: Any = None, now: float = 0.0) -> list[Any]:
        return self.tell(request(id, method, params), now)


def request(id: Any, method: str, params: Any = None) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id, "method": method, **({} if params is None else {"params": params})}


def note(method: str, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params}


def said(found: Iterable[Said]) -> list[Any]:
    """Messages parsed, all else as its sort."""
    return [
        json.loads(each.body) if each.sort == "message" else (each.sort, each.body or dict(each.facts))
        for each in found
    ]


def results(messages: Iterable[Any]) -> list[Any]:
    return [each["result"] for each in messages if isinstance(each, dict) and "result" in each]
