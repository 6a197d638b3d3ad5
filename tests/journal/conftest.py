"""What the journal's tests share: a way to write a conversation down in a few words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inspector.journal.journal import Journal
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Event, Kind


class Scribe:
    """Writes a conversation into a journal."""

    def __init__(self, path: Path | None, clock: Callable[[], float]) -> None:
        self.journal = Journal.create(path, target={"argv": ["server"]}, clock=clock)
        self.path = path

    def sends(self, raw: bytes, exchange: int | None = None) -> Event:
        return self.journal.append(Kind.MESSAGE, Direction.C2S, raw, exchange=exchange)

    def answers(self, raw: bytes, exchange: int | None = None) -> Event:
        return self.journal.append(Kind.MESSAGE, Direction.S2C, raw, exchange=exchange)

    def asks(
        self, id: Any, method: str = "tools/call", params: Any = None, exchange: int | None = None
    ) -> Event:
        return self.sends(jsonrpc.request(id, method, params), exchange)

    def replies(self, id: Any, result: Any = None, exchange: int | None = None) -> Event:
        return self.answers(jsonrpc.response(id, {} if result is None else result), exchange)

    def fails(self, id: Any, code: int = -32601, message: str = "no") -> Event:
        return self.answers(jsonrpc.error_response(id, code, message))

    def step(self, kind: Kind, what: str, exchange: int | None = None, **data: Any) -> Event:
        return self.journal.append(kind, data={"what": what, **data}, exchange=exchange)

    def client(self, what: str, **data: Any) -> Event:
        return self.step(Kind.CLIENT, what, **data)

    def reopened(self) -> Journal:
        assert self.path is not None
        return Journal.open(self.path)


@pytest.fixture
def clock() -> Callable[[], float]:
    """A clock that goes on by a second each time it is read."""
    ticks = iter(range(1_000_000))
    return lambda: float(next(ticks))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "recordings" / "one.mcp.jsonl"


@pytest.fixture
def scribe(path: Path, clock: Callable[[], float]) -> Iterator[Scribe]:
    scribe = Scribe(path, clock)
    yield scribe
    scribe.journal.close()
