"""The journal at size: events appended a second, memory an event, time to open and to filter.

    python benchmarks/journal.py [COUNT]

Prints a table. Each figure stands beside a baseline measured in the same run, as a ratio, because the
figures alone say more about the machine. Each part runs in a process of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

TEXT = "a line of text such as servers write, with a number at its end: "
NEEDLE = "needle-in-the-haystack"


def messages(count: int) -> list[tuple[str, bytes]]:
    """A mix as a busy session has it: calls, replies, progress, log lines. A few hold the needle."""
    from inspector.wire import jsonrpc

    made: list[tuple[str, bytes]] = []
    number = 0
    while len(made) < count:
        number += 1
        text = TEXT + str(number) + (f" {NEEDLE}" if number % 500 == 0 else "")
        params = {"name": "get-sum", "arguments": {"a": number, "b": 2}, "_meta": {"progressToken": number}}
        progress = {"progressToken": number, "progress": 1, "total": 2}
        made.append(("c2s", jsonrpc.request(number, "tools/call", params)))
        made.append(("s2c", jsonrpc.notification("notifications/progress", progress)))
        made.append(("s2c", jsonrpc.notification("notifications/message", {"level": "info", "data": text})))
        made.append(("stderr", text.encode()))
        made.append(("s2c", jsonrpc.response(number, {"content": [{"type": "text", "text": text}]})))
    return made[:count]


def resident() -> int:
    """Bytes of memory that this process has resident now; 0 where that cannot be told."""
    status = Path("/proc/self/statm")
    if not status.exists():
        return 0
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = action()
    return time.perf_counter() - start, found


def append(path: str, count: int) -> dict[str, float]:
    """Append `count` events, as the tap does: classified, written, paired."""
    from inspector.journal.journal import Journal
    from inspector.wire.event import Direction, Kind

    batch = messages(min(count, 10_000))
    journal = Journal.create(Path(path), target={"argv": ["python", "server.py"]})
    journal.append(Kind.CLIENT, data={"what": "connecting", "target": "server.py", "protocol": "auto"})
    events = [
        (Kind.STDERR, Direction.S2C, body)
        if way == "stderr"
        else (Kind.MESSAGE, Direction.C2S if way == "c2s" else Direction.S2C, body)
        for way, body in batch
    ]
    before = resident()

    def fill() -> None:
        left = count - 1
        while left > 0:
            for kind, direction, body in events[:left]:
                journal.append(kind, direction, body)
            left -= len(events)

    took, _ = timed(fill)
    grown = resident() - before
    journal.close()
    return {"seconds": took, "grown": grown, "columns": journal.memory}


def plain_write(path: str, count: int) -> dict[str, float]:
    """The baseline of appending: parse and write the same lines with nothing kept."""
    lines = [body + b"\n" for _, body in messages(min(count, 10_000))]
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)

    def fill() -> None:
        left = count
        while left > 0:
            for line in lines[:left]:
                if line[:1] == b"{":
                    json.loads(line)
                os.write(fd, line)
            left -= len(lines)

    took, _ = timed(fill)
    os.close(fd)
    return {"seconds": took}


def load(path: str, count: int) -> dict[str, float]:
    """Open a recording, and filter it by method and by text."""
    from inspector.journal.journal import Journal
    from inspector.journal.outline import outline
    from inspector.journal.view import View

    before = resident()
    took, journal = timed(lambda: Journal.open(Path(path)))
    grown = resident() - before
    by_method, rows = timed(lambda: journal.rows_with_method("tools/call"))

    def search(text: str) -> View:
        view = View(journal, text)
        while view.advance(0.02):
            pass
        return view

    rare, view = timed(lambda: search(NEEDLE))
    common, every = timed(lambda: search("text such"))
    some = range(0, len(journal), max(1, len(journal) // 1000))
    drawn, _ = timed(lambda: [outline(journal, seq) for seq in some])
    return {
        "open": took,
        "grown": grown,
        "events": len(journal),
        "method": by_method,
        "rows": len(rows),
        "rare": rare,
        "found": len(view),
        "common": common,
        "common_found": len(every),
        "row": drawn / len(some),
    }


def loads_each(path: str, count: int) -> dict[str, float]:
    """The baseline of opening: `json.loads` of each line, nothing kept."""

    def parse() -> None:
        with open(path, "rb") as file:
            for line in file:
                json.loads(line)

    def count_method() -> int:
        with open(path, "rb") as file:
            return sum(json.loads(line).get("method") == "tools/call" for line in file)

    return {"seconds": timed(parse)[0], "method": timed(count_method)[0]}


def part(name: str, path: Path, count: int) -> dict[str, float]:
    line = [sys.executable, __file__, "--part", name, str(path), str(count)]
    return dict(json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout))


def grep(path: Path, text: str) -> float:
    """Seconds that `grep -c` takes; not a number where there is none."""
    try:
        line = ["grep", "-ci", text, str(path)]
        return timed(lambda: subprocess.run(line, check=False, capture_output=True))[0]
    except FileNotFoundError:
        return float("nan")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path, plain = Path(folder) / "journal.jsonl", Path(folder) / "plain.jsonl"
        written, floor = part("append", path, count), part("plain_write", plain, count)
        loaded, parsed = part("load", path, count), part("loads_each", path, count)
        rare, common = grep(path, NEEDLE), grep(path, "text such")
        megabytes = path.stat().st_size / 1e6
    rows = [
        (
            "append",
            f"{count / written['seconds']:,.0f} events/s",
            "json.loads + os.write",
            written["seconds"] / floor["seconds"],
        ),
        (
            "memory, live",
            f"{written['grown'] / count:.1f} bytes/event",
            "its columns",
            written["grown"] / written["columns"],
        ),
        (
            "memory, opened",
            f"{loaded['grown'] / count:.1f} bytes/event",
            "its columns",
            loaded["grown"] / written["columns"],
        ),
        ("open", f"{loaded['open']:.2f} s", "json.loads of each line", loaded["open"] / parsed["seconds"]),
        (
            "filter by method",
            f"{loaded['method']:.3f} s, {loaded['rows']:,} rows",
            "json.loads of each line",
            loaded["method"] / parsed["method"],
        ),
        (
            "filter by rare text",
            f"{loaded['rare']:.3f} s, {loaded['found']:,} rows",
            "grep -ci",
            loaded["rare"] / rare,
        ),
        (
            "filter by common text",
            f"{loaded['common']:.3f} s, {loaded['common_found']:,} rows",
            "grep -ci",
            loaded["common"] / common,
        ),
        ("a row of the log", f"{loaded['row'] * 1e6:.0f} µs", "100 µs", loaded["row"] / 1e-4),
    ]
    print(f"{count:,} events, {megabytes:,.0f} MB, Python {sys.version.split()[0]}")
    for name, figure, baseline, ratio in rows:
        print(f"  {name:<22} {figure:>28}   {ratio:6.2f} × {baseline}")


PARTS: dict[str, Callable[[str, int], dict[str, float]]] = {
    "append": append,
    "plain_write": plain_write,
    "load": load,
    "loads_each": loads_each,
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        print(json.dumps(PARTS[sys.argv[2]](sys.argv[3], int(sys.argv[4]))))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
