"""Printing a recording: rows a second, and the time to the first line, beside `cat` and `jq -c .`.

    python benchmarks/replay.py [COUNT] [RECORDING]

Makes a recording of COUNT messages (200,000 where nothing is said), or takes one. The ratios matter; the
figures say more about the machine.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.journal import append

RUN = (sys.executable, "-m", "inspector", "replay")


def whole(line: list[str]) -> float:
    """Seconds that a command takes whose output nobody keeps."""
    begun = time.perf_counter()
    subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def first(line: list[str]) -> float:
    """Seconds until a command has printed a line, and ends because nobody reads on."""
    begun = time.perf_counter()
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        process.stdout.readline()
        took = time.perf_counter() - begun
        process.stdout.close()
    return took


def main(count: int, path: Path) -> None:
    if not path.exists():
        append(str(path), count)
    with path.open("rb") as file:
        count = sum(1 for _ in file) - 1
    cat = whole(["cat", str(path)])
    rows = [("cat", cat, 0.0)]
    if shutil.which("jq"):
        rows.append(("jq -c .", whole(["jq", "-c", ".", str(path)]), 0.0))
    for name, *rest in (
        ("--json", "--json"),
        ("--text", "--text"),
        ("--json FILTER", "--json", "method:tools/call"),
        ("--text FILTER", "--text", "method:tools/call"),
    ):
        line = [*RUN, str(path), *rest]
        rows.append((name, whole(line), first(line)))
    print(f"{count:,} events, {path.stat().st_size / 1e6:,.0f} MB, Python {sys.version.split()[0]}")
    for name, took, begun in rows:
        line = f"  {name:<14} {took:7.2f} s {count / took:12,.0f} rows/s {took / cat:8.1f} × cat"
        print(line + (f"   first line after {begun:.2f} s" if begun else ""))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"  at most {peak:,.0f} MB of memory")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        named = sys.argv[2:3]
        main(int(sys.argv[1]) if sys.argv[1:] else 200_000, Path(named[0] if named else f"{folder}/r.jsonl"))
