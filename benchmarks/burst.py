"""The app under a burst: one call, 20,000 notifications, then the reply.

    python benchmarks/burst.py [COUNT]

Over stdio and over streamable HTTP, where they come as one event stream.
Prints a table: how long until the result shows, how late the event loop runs meanwhile, how much memory
the app's process takes at most, and whether every message is in the log. The app is the real one with a
real server, recording to a file, on 120 x 40 cells: once without a terminal, once in a pseudo-terminal
that is read as fast as it writes. Each run has a process of its own, measured from inside; the figures
are medians of the runs. The baseline reads and parses the same bytes, and keeps nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from inspector.app.app import InspectorApp
    from inspector.transport.target import StdioTarget, Target

SERVER = ROOT / "tests" / "servers" / "burst.py"
HTTP_SERVER = ROOT / "tests" / "servers" / "http_burst.py"
COLUMNS, ROWS = 120, 40
EVERY = 0.005
"""Seconds between two looks at how late the loop runs."""
RUNS = 3
PATIENCE = 60.0


class Lag:
    """How much later than asked for the event loop wakes a task, in seconds.

    While the loop is held up, the looks that it misses count as well: each would have been that late.

    Attributes:
        late: By the clock on the wall.
        work: The most of it that was this thread's own work; the rest was other programs on the machine.
    """

    def __init__(self) -> None:
        self.late: list[float] = []
        self.work = 0.0

    async def watch(self) -> None:
        while True:
            before, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(EVERY)
            late = time.perf_counter() - before - EVERY
            self.work = max(self.work, min(late, time.thread_time() - worked))
            self.late.append(late)
            while (late := late - EVERY) > 0:
                self.late.append(late)

    def at(self, share: float) -> float:
        ordered = sorted(self.late)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def peak() -> int:
    """Bytes of memory that this process had resident at most; 0 where that cannot be told."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


async def until(true: Any) -> None:
    """Wait, without taking much of the loop's time, until `true()`."""
    deadline = time.perf_counter() + PATIENCE
    while not true():
        if time.perf_counter() > deadline:
            raise TimeoutError
        await asyncio.sleep(EVERY)


async def measure(app: InspectorApp, count: int) -> dict[str, float]:
    """Open the tool `go` in the running `app` as a user does, run it, and look on."""
    from textual.widgets import Static

    from inspector.app.items import Item
    from inspector.app.panes.workbench import Workbench
    from inspector.app.widgets.log import MessageLog

    journal = app.journal
    await until(lambda: journal.catalogue.complete.get("tools"))
    bench, log = app.screen.query_one(Workbench), app.screen.query_one(MessageLog)
    await bench.open_item(Item("tools", journal.catalogue.tools[0]))
    await asyncio.sleep(0.5)  # what opening costs is not asked here
    before = peak()
    lag = Lag()
    watching = asyncio.create_task(lag.watch())
    start, start_clock, cpu = time.perf_counter(), time.monotonic(), time.process_time()
    bench.run_item()
    status = bench.query_one("#wb-status", Static)
    await until(lambda: bench.call is not None and bench.call.done and "ok" in str(status.content))
    painted = asyncio.Event()
    app.screen.call_after_refresh(painted.set)
    await painted.wait()
    shown = time.perf_counter() - start
    await until(lambda: log.cursor == len(journal) - 1)
    await asyncio.sleep(EVERY)
    cpu = time.process_time() - cpu
    watching.cancel()
    return {
        "shown": shown,
        "p50": lag.at(0.5),
        "p99": lag.at(0.99),
        "max": lag.at(1),
        "work": lag.work,
        "cpu": cpu,
        "peak": peak(),
        "before": before,
        "logged": len(journal.rows_with_method("notifications/message")) if log.cursor > count else 0,
        "start": start_clock,
    }


def headless(folder: Path, count: int) -> dict[str, float]:
    return watched(folder, count, started(count), headless=True)


def terminal(folder: Path, count: int) -> dict[str, float]:
    """In the pseudo-terminal that is this process's own."""
    return watched(folder, count, started(count), headless=False)


def started(count: int) -> StdioTarget:
    from inspector.transport.target import StdioTarget

    return StdioTarget((sys.executable, str(SERVER), str(count)))


def over_http(folder: Path, count: int) -> dict[str, float]:
    from inspector.transport.target import HttpTarget

    with subprocess.Popen(
        [sys.executable, str(HTTP_SERVER), str(count)], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            return watched(folder, count, HttpTarget(server.stdout.readline().strip()), headless=True)
        finally:
            server.kill()


def watched(folder: Path, count: int, target: Target, *, headless: bool) -> dict[str, float]:
    """The app as the command opens it, with one worker more that looks on."""
    from inspector.app import app
    from inspector.session.owner import Options

    found: dict[str, float] = {}

    class Watched(app.InspectorApp):
        CSS_PATH = ROOT / "inspector" / "app" / "app.tcss"

        def run(self, **given: Any) -> Any:
            return super().run(headless=headless, size=(COLUMNS, ROWS) if headless else None, **given)

        def on_ready(self) -> None:
            self.run_worker(self.look_on(), exit_on_error=True)

        async def look_on(self) -> None:
            found.update(await measure(self, count))
            self.run_worker(self.leave())

    app.InspectorApp = Watched  # type: ignore[misc]
    code = app.run_app(target, options=Options(protocol="2025-11-25"), record=folder / "burst.jsonl")
    if code:
        sys.exit(code)
    return found


def plain(folder: Path, count: int) -> dict[str, float]:
    """The baseline: the same server, its lines parsed as they come."""
    call = b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"go"}}\n'
    with subprocess.Popen(
        [sys.executable, str(SERVER), str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(call.replace(b"tools/call", b"ping"))
        server.stdin.flush()
        server.stdout.readline()
        start = time.perf_counter()
        server.stdin.write(call)
        server.stdin.flush()
        for line in server.stdout:
            if "id" in json.loads(line):
                break
        shown = time.perf_counter() - start
        server.stdin.close()
    return {"shown": shown}


def part(name: str, count: int) -> dict[str, float]:
    """One run in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        line = [sys.executable, __file__, "--part", name, folder, str(count)]
        seen = in_terminal(line, b"sent %d" % count) if name == "terminal" else in_silence(line)
        if not answer.exists():
            sys.exit(f"{name}: no result")
        found: dict[str, float] = json.loads(answer.read_text())
    if seen:
        found["shown"] = seen - found["start"]
    return found


def in_silence(line: list[str]) -> float:
    subprocess.run(line, check=True)
    return 0.0


def in_terminal(line: list[str], text: bytes) -> float:
    """Run `line` in a pseudo-terminal; returns when `text` first came out of it."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    seen, rest = 0.0, b""
    with subprocess.Popen(
        line, stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True
    ) as app:
        os.close(theirs)
        while True:
            try:
                data = os.read(ours, 65536)
            except OSError:  # Linux: the other side is closed
                break
            if not data:
                break
            rest = rest[-len(text) :] + data
            if not seen and text in rest:
                seen = time.monotonic()
        os.close(ours)
    if app.returncode:
        sys.exit(rest.decode("utf-8", "replace"))
    return seen


def main(count: int) -> None:
    floor = statistics.median(part("plain", count)["shown"] for _ in range(RUNS))
    print(f"{count:,} notifications in one call, Python {sys.version.split()[0]}, median of {RUNS} runs")
    names = ("headless", "http", "terminal") if hasattr(os, "openpty") else ("headless", "http")
    columns = [figures([part(name, count) for _ in range(RUNS)], floor) for name in names]
    print(f"  {'':<34}" + "".join(f"{name:>14}" for name in names))
    for title in columns[0]:
        print(f"  {title:<34}" + "".join(f"{column[title]:>14}" for column in columns))
    print(f"  baseline: {floor:.2f} s to read and parse the same bytes and keep nothing")


def figures(runs: list[dict[str, float]], floor: float) -> dict[str, str]:
    """The rows of the table."""
    of = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    return {
        "call until result shows": f"{of['shown']:.2f} s",
        "  as a multiple of the baseline": f"{of['shown'] / floor:.1f} ×",
        "  CPU of the app in it": f"{of['cpu']:.2f} s",
        "lag of the loop, p50": f"{of['p50'] * 1e3:.1f} ms",
        "lag of the loop, p99": f"{of['p99'] * 1e3:.1f} ms",
        "lag of the loop, max": f"{of['max'] * 1e3:.1f} ms",
        "  most of it own work": f"{of['work'] * 1e3:.1f} ms",
        "memory at most": f"{of['peak'] / 1e6:.0f} MB",
        "  more than before the call": f"{(of['peak'] - of['before']) / 1e6:.0f} MB",
        "notifications in the log": f"{min(run['logged'] for run in runs):,.0f}",
    }


PARTS = {"headless": headless, "http": over_http, "terminal": terminal, "plain": plain}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        answered = PARTS[sys.argv[2]](Path(sys.argv[3]), int(sys.argv[4]))
        (Path(sys.argv[3]) / "answer.json").write_text(json.dumps(answered))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 20_000)
