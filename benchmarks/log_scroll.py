"""The message log at size: time to open, to turn a page, to follow; how long the loop was kept waiting.

    python benchmarks/log_scroll.py [COUNT]

Opens a recording of COUNT events (1,000,000) in an app of one log, turns 200 pages there and back, jumps
to both ends, then follows 10,000 events a second for three seconds. Lag is by how much a timer of 5 ms
came late: what a key would have waited. The last row is the same loop with nothing to do, for comparison.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from inspector.app.app import collect_seldom
from inspector.app.widgets.log import MessageLog
from inspector.journal.journal import Journal
from inspector.journal.view import View
from inspector.wire import jsonrpc
from inspector.wire.event import Direction, Kind

RATE = 10_000
SECONDS = 3


def append(journal: Journal, number: int) -> None:
    """One call, a line about it and its reply: three events."""
    name = {"name": "get-sum", "arguments": {"a": number, "b": 2}}
    text = {"content": [{"type": "text", "text": f"The sum of {number} and 2 is {number + 2}."}]}
    journal.append(Kind.MESSAGE, Direction.C2S, jsonrpc.request(number, "tools/call", name))
    journal.append(Kind.STDERR, Direction.S2C, b"adding numbers, as was asked for")
    journal.append(Kind.MESSAGE, Direction.S2C, jsonrpc.response(number, text))


def resident() -> float:
    """Megabytes that this process has resident now; 0 where that cannot be told."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if status.exists() else 0.0


class Log(App[None]):
    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self.journal = journal

    def compose(self) -> ComposeResult:
        yield MessageLog(self.journal, View(self.journal))

    def on_mount(self) -> None:
        log = self.query_one(MessageLog)
        log.focus()
        self.set_interval(0.1, lambda: log.advance(0.01))


async def lag_of(work: Callable[[], Awaitable[object]]) -> tuple[float, list[float]]:
    """Seconds that `work` took, and by how many a timer came late meanwhile."""
    late: list[float] = []

    async def watch() -> None:
        while True:
            due = time.perf_counter() + 0.005
            await asyncio.sleep(0.005)
            late.append(time.perf_counter() - due)

    watcher = asyncio.create_task(watch())
    start = time.perf_counter()
    await work()
    took = time.perf_counter() - start
    watcher.cancel()
    return took, late or [0.0]


def report(name: str, late: list[float], note: str) -> None:
    cuts = statistics.quantiles(late, n=100) if len(late) > 1 else late * 99
    p50, p99, most = (1000 * value for value in (cuts[49], cuts[98], max(late)))
    print(f"{name:<28}{p50:8.1f}{p99:8.1f}{most:8.1f}   {note}")


async def measure(journal: Journal) -> None:
    app = Log(journal)
    start = time.perf_counter()
    async with app.run_test(size=(200, 60)) as pilot:
        await pilot.pause()
        opened = time.perf_counter() - start
        print(f"{'':<28}{'p50':>8}{'p99':>8}{'max':>8}   lag in ms; {len(journal):,} rows, 200x60")
        print(f"{'open':<28}{'':24}   {opened:.2f} s, {resident():.0f} MB resident")
        log = app.query_one(MessageLog)
        await pages(pilot, log, "pageup")
        log.go_to(0)
        await pages(pilot, log, "pagedown")
        for key in ("home", "end"):
            took, late = await lag_of(lambda key=key: pilot.press(key))
            report(key, late, f"{1000 * took:.1f} ms")
        await follow(journal, log)
        _, late = await lag_of(lambda: asyncio.sleep(1))
        report("nothing to do", late, f"{resident():.0f} MB resident")


async def pages(pilot: Pilot[None], log: MessageLog, key: str) -> None:
    async def turn() -> None:
        for _ in range(200):
            log.action_page(-1 if key == "pageup" else 1)
            await pilot.pause()

    took, late = await lag_of(turn)
    report(f"200 x {key}", late, f"{1000 * took / 200:.1f} ms a page")


async def follow(journal: Journal, log: MessageLog) -> None:
    async def flow() -> None:
        begun, sent = time.perf_counter(), 0
        while (passed := time.perf_counter() - begun) < SECONDS:
            # In small batches, as a reader gets them: catching up in one go would be a lag of our own.
            for _ in range(min(10, int(RATE * passed - sent) // 3)):
                append(journal, sent)
                sent += 3
            await asyncio.sleep(0)

    before = len(journal)
    log.following = True
    took, late = await lag_of(flow)
    log.advance()
    behind = len(journal) - 1 - log.cursor
    report("follow", late, f"{(len(journal) - before) / took:,.0f} events/s, {behind} behind")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal.create(Path(folder) / "log.jsonl")
        start = time.perf_counter()
        for number in range(count // 3 + 1):
            append(journal, number)
        print(f"filled in {time.perf_counter() - start:.1f} s, {resident():.0f} MB resident before the app")
        collect_seldom()  # as the app does before it begins
        asyncio.run(measure(journal))
        journal.close()


if __name__ == "__main__":
    main()
