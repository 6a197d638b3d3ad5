"""What it costs to stand between a host and a stdio server.

    python benchmarks/proxy.py [ROUNDS]

Prints a table, each line beside no proxy: the time from the start of the command to the first reply, what is
added to each round trip of a small message (median, and the 99th percentile of the whole), and what is added
to each megabyte of one reply. Beside `record` there is a copier in Python as one would write it (a thread a
direction, `tee` into a file), and mcp-rec and mcpdump where they are installed. The server answers each line
with as many bytes as the line asks for; all runs at once, so the figures depend on the number of cores.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STARTS = 15
MEGABYTES = 32
ROUNDS = 3000

SERVER = """
import os
rest = b""
while data := os.read(0, 65536):
    *lines, rest = (rest + data).split(b"\\n")
    for line in lines:
        size = int(line.split(b'"size":')[1].split(b"}")[0])
        os_write = memoryview(b'{"jsonrpc":"2.0","id":1,"result":"' + b"x" * size + b'"}\\n')
        while os_write:
            os_write = os_write[os.write(1, os_write):]
"""
TEE = """
import os, subprocess, sys, threading
log = open(sys.argv[1], "ab", buffering=0)
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
def copy(source, sink, close):
    while data := os.read(source, 65536):
        log.write(data)
        view = memoryview(data)
        while view:
            view = view[os.write(sink, view):]
    if close:
        child.stdin.close()
out, err = child.stdout.fileno(), child.stderr.fileno()
for each in ((0, child.stdin.fileno(), True), (out, 1, False), (err, 2, False)):
    threading.Thread(target=copy, args=each, daemon=each[2]).start()
sys.exit(child.wait())
"""


def ways(folder: Path, server: list[str]) -> dict[str, Callable[[], list[str]]]:
    """How each proxy is put in front of the server; every start records into a file of its own."""

    def fresh() -> str:
        return str(folder / f"{time.monotonic_ns()}.jsonl")

    found: dict[str, Callable[[], list[str]]] = {
        "no proxy": lambda: server,
        "record": lambda: [sys.executable, "-P", "-m", "inspector", "record", "-o", fresh(), "--", *server],
        "tee in Python": lambda: [sys.executable, "-c", TEE, fresh(), *server],
    }
    if shutil.which("mcp-rec"):
        found["mcp-rec"] = lambda: ["mcp-rec", "record", "-o", fresh(), "--", *server]
    if shutil.which("mcpdump"):
        found["mcpdump"] = lambda: ["mcpdump", "-o", fresh(), "--", *server]
    return found


class Host:
    """A program that talks to a server and times it."""

    def __init__(self, argv: list[str]) -> None:
        self.began = time.perf_counter()
        self._process = subprocess.Popen(
            argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()

    def ask(self, size: int) -> float:
        """Seconds until the whole of an answer of `size` bytes is there."""
        began = time.perf_counter()
        os.write(self._to, b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"size":%d}}\n' % size)
        data = b" "
        while not data.endswith(b"\n"):
            data = os.read(self._from, 1 << 20)
            if not data:
                raise SystemExit("the server is gone")
        return time.perf_counter() - began

    def end(self) -> None:
        self._process.communicate()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "server.py"
        script.write_text(SERVER)
        every = ways(folder, [sys.executable, "-S", "-E", str(script)])
        starts: dict[str, list[float]] = {each: [] for each in every}
        trips: dict[str, list[float]] = {each: [] for each in every}
        bulk: dict[str, list[float]] = {each: [] for each in every}
        for _ in range(STARTS):  # in turns, so that what else the machine does hits all alike
            for each, argv in every.items():
                host = Host(argv())
                host.ask(10)
                starts[each].append(time.perf_counter() - host.began)
                host.end()
        for _ in range(3):
            for each, argv in every.items():
                host = Host(argv())
                for _ in range(200):
                    host.ask(10)
                time.sleep(0.5)  # a recorder has started by then
                trips[each] += [host.ask(100) for _ in range(rounds)]
                bulk[each].append(host.ask(MEGABYTES << 20) / MEGABYTES)
                host.end()
        show(starts, trips, bulk)


def show(starts: dict[str, list[float]], trips: dict[str, list[float]], bulk: dict[str, list[float]]) -> None:
    first, trip, megabyte = (
        {each: statistics.median(values) * 1000 for each, values in table.items()}
        for table in (starts, trips, bulk)
    )
    base, heads = "no proxy", ("first reply", "added", "round trip", "added", "p99", "per MB", "added")
    print(f"{'milliseconds':15}" + "".join(f"{head:>12}" for head in heads))
    for each in starts:
        p99 = statistics.quantiles(trips[each], n=100)[98] * 1000
        cells = (
            f"{first[each]:.1f}",
            f"{first[each] - first[base]:.1f}",
            f"{trip[each]:.3f}",
            f"{trip[each] - trip[base]:.3f}",
            f"{p99:.3f}",
            f"{megabyte[each]:.2f}",
            f"{megabyte[each] - megabyte[base]:.2f}",
        )
        print(f"{each:15}" + "".join(f"{cell:>12}" for cell in cells))
    for other in list(starts)[2:]:
        ratios = ", ".join(
            f"{name} {_ratio(table, 'record', other, base)}"
            for name, table in (("start", first), ("round trip", trip), ("megabyte", megabyte))
        )
        print(f"record adds of what {other} adds: {ratios}")


def _ratio(table: dict[str, float], one: str, other: str, base: str) -> str:
    added = table[other] - table[base]
    return f"{(table[one] - table[base]) / added:.2f}" if added > 0 else "-"


if __name__ == "__main__":
    main()
