"""A folder of recordings for the list of sessions: two that ended, one that is written now."""

from __future__ import annotations

from pathlib import Path

from inspector.journal.journal import Journal
from inspector.kept.sessions import Sessions
from inspector.wire.event import Direction, Event, Kind
from tests.journal.test_summary import ANSWER, ASK

CALL = b'{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"forecast","arguments":{}}}'
DONE = b'{"jsonrpc":"2.0","id":%d,"result":{"content":[{"type":"text","text":"sunny"}],"isError":%s}}'


class Writer:
    """Another program that records.

    Args:
        path: The recording.
        calls: How many calls it begins with.
    """

    def __init__(self, path: Path, calls: int = 0) -> None:
        self._now = 0.0
        self._calls = 0
        target = {"transport": "stdio", "argv": ["python", "weather.py"]}
        self.journal = Journal.create(path, target=target, mode="proxy", clock=self._tick)
        self.journal.append(Kind.CLIENT, data={"what": "connecting", "target": target})
        self._put(Direction.C2S, ASK)
        self._put(Direction.S2C, ANSWER)
        for _ in range(calls):
            self.call()

    def _tick(self) -> float:
        self._now += 0.25
        return self._now

    def _put(self, direction: Direction, body: bytes) -> Event:
        return self.journal.append(Kind.MESSAGE, direction, body)

    def call(self) -> None:
        """One more call; each fifth fails."""
        self._calls += 1
        self._put(Direction.C2S, CALL % self._calls)
        self._put(Direction.S2C, DONE % (self._calls, b"false" if self._calls % 5 else b"true"))

    def close(self) -> None:
        self.journal.close()


def began(path: Path, when: str) -> None:
    """Let a recording have begun at another time than it did."""
    raw = path.read_bytes()
    start = raw.index(b'"started":"') + 11
    with path.open("r+b") as file:  # in its place: whoever writes it goes on
        file.seek(start)
        file.write(when.encode())


def home(folder: Path) -> tuple[Sessions, Writer]:
    """The sessions of a folder, and the program that writes one of them."""
    past = {"2025-12-01T08-00-00-weather.py": 14, "before the upgrade": 3}
    for number, (name, calls) in enumerate(past.items()):
        path = folder / f"{name}.mcp.jsonl"
        Writer(path, calls).close()
        began(path, f"2025-12-0{2 - number}T08:00:00.000Z")
    live = folder / "2025-12-03T09-30-00-weather.py.mcp.jsonl"
    writer = Writer(live, 6)
    began(live, "2025-12-03T09:30:00.000Z")
    return Sessions(folder, folder.parent / "sessions.json"), writer
