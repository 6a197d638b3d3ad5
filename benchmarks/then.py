"""The session at a row of a journal of a million: the first look, and each one after it.

    python benchmarks/then.py [COUNT]

A third of the rows are calls, each hundredth is polled as a task, each thousandth never answered. The first
look finds the rows that matter; tasks need the recording itself to be searched, which the app does under a
budget while the rest is shown.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from inspector.journal.journal import Journal
from inspector.journal.then import Past, Then
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind

TOOLS = [{"name": f"tool-{number}", "inputSchema": {"type": "object"}} for number in range(200)]


def write(journal: Journal, count: int) -> None:
    def asks(id: int, method: str, **params: object) -> None:
        journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(id, method, params))

    def replies(id: int, **result: object) -> None:
        journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(id, result))

    journal.append(Kind.CLIENT, data={"what": "connecting"})
    asks(1, "initialize", protocolVersion="2025-11-25", capabilities={})
    replies(1, protocolVersion="2025-11-25", capabilities={}, serverInfo={"name": "s", "version": "1"})
    journal.append(Kind.CLIENT, data={"what": "negotiated", "version": "2025-11-25", "era": "legacy"})
    asks(2, "tools/list")
    replies(2, tools=TOOLS)
    for id in itertools.count(3):
        if len(journal) >= count:
            return
        asks(id, "tools/call", name="get-sum", arguments={"a": id, "b": 2})
        journal.append(Kind.STDERR, Direction.S2C, b"adding numbers, as was asked for")
        if id % 100 == 0:
            replies(id, task={"taskId": f"task-{id % 1000}", "status": "working"})
        elif id % 1000 != 1:
            replies(id, content=[{"type": "text", "text": f"The sum of {id} and 2 is {id + 2}."}])


def took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def all_of(past: Past) -> None:
    while past.advance(1.0):
        pass


def until_known(past: Past, row: int) -> Then:
    while not past.knows(row):
        past.milestones.advance(0.02)
    return past.at(row)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.mcp.jsonl"
        journal = Journal.create(path)
        write(journal, count)
        last = len(journal) - 1
        past = Past(journal)
        rows = [
            ("first look, the last row", took(lambda: until_known(past, last))),
            ("all tasks found", took(lambda: all_of(past))),
            ("the last row once more", took(lambda: past.at(last))),
            ("the row before", took(lambda: past.at(last - 1))),
            ("half way", took(lambda: past.at(last // 2))),
            ("the first of it", took(lambda: past.at(10))),
        ]
        journal.close()
    print(f"{count:,} rows")
    for title, ms in rows:
        print(f"  {title:<28}{ms:8.1f} ms")


if __name__ == "__main__":
    main()
